"""How far weights are from their symmetry, by hand."""

import math

import pytest
import torch

from symbreak.models import Task, build
from symbreak.models.layers import (
    DensePathwayConv2d,
    Fields,
    PlainConv2d,
    RelaxedGroupConv2d,
    RelaxedSteerableConv2d,
    RelaxedTranslationConv2d,
    ResidualPathwayConv2d,
    SmoothLocalConv2d,
    TurnedLocalConv2d,
)
from symbreak.models.layers.relaxed_layer import variation
from symbreak.symmetry import MIRROR

FIELDS = Fields(MIRROR, "regular", 2)


def test_variation():
    """(3, 1) is 2 with a deviation of (1, -1): sqrt(2) / sqrt(10). Constant: 0. Mean zero: 1."""
    weights = torch.tensor([3.0, 1.0])
    assert variation(weights, (-1,)).item() == pytest.approx(math.sqrt(0.2))
    assert variation(torch.full((2, 5, 7), 0.3), (-2, -1)).item() == pytest.approx(0, abs=1e-6)
    assert variation(torch.tensor([[1.0, -1.0]]), (-1,)).item() == 1


def test_weights_by_group_element():
    layer = RelaxedGroupConv2d(FIELDS, FIELDS, banks=1)
    assert layer.learned_relaxation().item() == 0
    layer.relaxation.data = torch.tensor([[3.0, 1.0]])
    assert layer.learned_relaxation().item() == pytest.approx(math.sqrt(0.2))


def test_share_of_a_free_kernel():
    """All of the kernel is free where the strict weights are zero, none where the free ones are."""
    layer = ResidualPathwayConv2d(FIELDS, FIELDS)
    assert layer.learned_relaxation().item() == 0
    layer.free_weight.data.fill_(0.5)
    layer.weight.data.zero_()
    assert layer.learned_relaxation().item() == 1


@pytest.mark.parametrize("name", ["rgroup-rotation", "rsteer-reflection", "rpp-scaling", "rgroup-translation"])
def test_relaxed_models_start_at_the_constraint(name):
    """0 at the start; larger once the weights are others."""
    symmetry = name.split("-")[1]
    group, boundary = {
        "rotation": ("C4", ("closed", "closed")),
        "reflection": ("mirror", ("closed", "closed")),
        "scaling": ("dilation", ("closed", "closed")),
        "translation": ("shift-x", ("periodic", "closed")),
    }[symmetry]
    model = build(name, Task(history=1, shape=(8, 8), group=group, boundary=boundary), width=2)
    assert model.learned_relaxation() == pytest.approx(0, abs=1e-6)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    assert model.learned_relaxation() > 0.1


@pytest.mark.parametrize("name", ["convnet", "equiv-rotation", "lift-rotation"])
def test_other_models_have_no_such_number(name):
    assert build(name, Task(history=1, shape=(8, 8), group="C4"), width=2).learned_relaxation() is None


LAYERS = {
    "group": lambda n: RelaxedGroupConv2d(Fields(MIRROR, "regular", n), Fields(MIRROR, "regular", n), banks=16 * n),
    "steerable": lambda n: RelaxedSteerableConv2d(Fields(MIRROR, "regular", n), Fields(MIRROR, "regular", n)),
    "pathway": lambda n: ResidualPathwayConv2d(Fields(MIRROR, "regular", n), Fields(MIRROR, "regular", n)),
    "dense": lambda n: DensePathwayConv2d(n, n, (16, 16)),
    "places": lambda n: RelaxedTranslationConv2d(*(PlainConv2d(n, n) for _ in range(2)), shape=(4 * n, 8)),
    "smooth": lambda n: SmoothLocalConv2d(n, n, (16, 16)),
    "turned": lambda n: TurnedLocalConv2d(Fields(MIRROR, "regular", n), Fields(MIRROR, "regular", n), (8, 8)),
}


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_weights_that_are_alike_cost_alike_at_any_width(make):
    """So that a weight of the penalty that was chosen at one width holds at another: means, not sums."""
    penalties = []
    for width in (8, 32):
        torch.manual_seed(0)
        layer = make(width)
        for parameter in layer.parameters():
            torch.nn.init.normal_(parameter)
        penalties.append(layer.relaxation_penalty().item())
    assert penalties[1] == pytest.approx(penalties[0], rel=0.25)
