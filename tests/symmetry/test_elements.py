"""The action is a group action, it is the geometric one, and staggered and centred fields move alike."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from symbreak.symmetry import C4, D4, MIRROR, PointElement, Shift

ELEMENTS = [*D4.elements, Shift(2)]
point_elements = st.builds(PointElement, st.integers(-4, 7), st.booleans())


def vector_field(shape=(5, 7)):
    return torch.randn(2, *shape, generator=torch.Generator().manual_seed(0))


def centred(faces):
    x, y = faces
    return torch.stack(((x[1:] + x[:-1]) / 2, (y[:, 1:] + y[:, :-1]) / 2))


def test_quarter_turn_by_hand():
    """On 2 x 1 cells a flow to the right in the left cell becomes, on 1 x 2 cells, a flow up in the lower cell."""
    field = torch.zeros(2, 2, 1)
    field[0, 0, 0] = 1.0
    expected = torch.zeros(2, 1, 2)
    expected[1, 0, 0] = 1.0
    assert torch.equal(PointElement(1).vector(field), expected)


def test_mirror_by_hand():
    """A flow to the right in the left cell becomes a flow to the left in the right cell."""
    field = torch.zeros(2, 2, 1)
    field[0, 0, 0] = 1.0
    expected = torch.zeros(2, 2, 1)
    expected[0, 1, 0] = -1.0
    assert torch.equal(PointElement(0, True).vector(field), expected)


@given(point_elements, point_elements)
def test_acts_as_a_group_on_fields_points_and_directions(g, h):
    field, point = vector_field(), torch.tensor([1.5, 6.5])
    assert torch.equal((g @ h).vector(field), g.vector(h.vector(field)))
    assert torch.equal((g @ h).point(point, (5, 7)), g.point(h.point(point, (5, 7)), h.shape((5, 7))))
    assert torch.equal((g @ h).matrix(), g.matrix() @ h.matrix())


@given(point_elements)
def test_inverse_undoes(g):
    assert torch.equal(g.inverse().vector(g.vector(vector_field())), vector_field())


@pytest.mark.parametrize("g", ELEMENTS, ids=str)
def test_pixels_follow_points(g):
    """The value in the cell around a point is found, after the operation, in the cell around the moved point."""
    field = torch.arange(35.0).reshape(5, 7)
    moved = g.scalar(field)
    for x in range(5):
        for y in range(7):
            i, j = g.point(torch.tensor([x + 0.5, y + 0.5]), (5, 7)).floor().int().tolist()
            assert moved[i, j] == field[x, y]


@pytest.mark.parametrize("g", ELEMENTS, ids=str)
def test_staggered_and_centred_fields_move_alike(g):
    generator = torch.Generator().manual_seed(1)
    x, y = torch.randn(6, 7, generator=generator), torch.randn(5, 8, generator=generator)
    x[-1] = x[0]
    assert torch.allclose(centred(g.faces((x, y))), g.vector(centred((x, y))))


@pytest.mark.parametrize("group", [C4, D4, MIRROR], ids=lambda group: group.name)
def test_tables(group):
    for i, g in enumerate(group.elements):
        assert group.elements[group.inverse[i]] @ g == group.elements[0] == PointElement()
        for j, h in enumerate(group.elements):
            assert group.elements[group.product[i, j]] == g @ h
