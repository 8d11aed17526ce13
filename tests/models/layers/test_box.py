"""Layers with weights for each place say so when they are given another grid."""

import pytest
import torch

from symbreak.models.layers import DenseBranch, PlainConv2d, RelaxedTranslationConv2d, SmoothLocalConv2d


@pytest.mark.parametrize(
    "layer",
    [
        RelaxedTranslationConv2d(PlainConv2d(2, 3), shape=(5, 7)),
        SmoothLocalConv2d(2, 3, (5, 7)),
        DenseBranch(2, 3, (5, 7)),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_another_grid_is_an_error(layer):
    assert layer(torch.zeros(1, 2, 5, 7)).shape == (1, 3, 5, 7)
    with pytest.raises(ValueError, match="fields: expected a grid of 5 x 7 cells, got 7 x 5"):
        layer(torch.zeros(1, 2, 7, 5))
