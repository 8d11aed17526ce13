"""The action on the channels of a layer."""

import pytest
import torch

from symbreak.models.layers import Fields
from symbreak.models.layers.fields.fields import representation
from symbreak.symmetry import C4, D4, MIRROR


@pytest.mark.parametrize("group", [C4, D4, MIRROR], ids=lambda group: group.name)
@pytest.mark.parametrize("kind", ["scalar", "vector", "regular"])
def test_representations_multiply_as_the_group_does(group, kind):
    rho = representation(group, kind)
    assert torch.equal(rho[0], torch.eye(rho.shape[1], dtype=torch.float64))
    for g in range(len(group)):
        for h in range(len(group)):
            assert torch.equal(rho[g] @ rho[h], rho[group.product[g, h]])


def test_vector_fields_move_as_velocity_does():
    velocity = torch.randn(2, 3, 2, 5, 7)
    for element in D4.elements:
        acted = Fields(D4, "vector", 3).act(element, velocity.flatten(1, 2))
        assert torch.equal(acted.unflatten(1, (3, 2)), element.vector(velocity))


def test_regular_fields_are_functions_of_element_and_place():
    """``(g f)(h, p) = f(g^-1 h, g^-1 p)``, written out."""
    field = torch.randn(1, 8, 5, 7)
    for g, element in enumerate(D4.elements):
        acted = Fields(D4, "regular", 1).act(element, field)
        for h in range(8):
            origin = D4.product[D4.inverse[g], h]
            assert torch.equal(acted[0, h], element.scalar(field[0, origin]))


def test_bad_fields_are_named():
    with pytest.raises(ValueError, match="expected one of scalar, vector, regular, got 'spinor'"):
        Fields(C4, "spinor", 1)
    with pytest.raises(ValueError, match="width: expected at least 1 regular field, got 0"):
        Fields(C4, "regular", 0)
