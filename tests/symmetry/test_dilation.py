"""Dilations by hand, and that they are what they say on smooth fields."""

import pytest
import torch

from symbreak.symmetry.dilation import STANDARD_DILATIONS, Dilation, cell_means


def test_twice_as_large_by_hand():
    """A row of 4 cells that grows twofold from its lower end shows its first two cells, each twice."""
    means = cell_means(torch.tensor(2.0), 4, 0.0)
    expected = [[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]
    assert means.tolist() == expected


def test_half_as_much_again_by_hand():
    """By 3/2: new cell 1 covers [2/3, 4/3] of the old row, half of it in cell 0 and half in cell 1."""
    means = cell_means(torch.tensor(1.5, dtype=torch.float64), 3, 0.0)
    torch.testing.assert_close(means[1], torch.tensor([0.5, 0.5, 0.0], dtype=torch.float64))


@pytest.mark.parametrize("dilation", STANDARD_DILATIONS, ids=str)
def test_constant_flow_grows_with_the_factor(dilation):
    wind = torch.tensor([1.0, -2.0])[:, None, None].expand(2, 6, 7)
    torch.testing.assert_close(dilation.vector(wind), dilation.factor * wind)


@pytest.mark.parametrize("dilation", STANDARD_DILATIONS, ids=str)
def test_pixels_follow_points(dilation):
    """A smooth bump is found, to the accuracy of one old cell, around the moved point."""
    x, y = torch.meshgrid(torch.arange(60) + 0.5, torch.arange(70) + 0.5, indexing="ij")
    center = torch.tensor([37.0, 21.0])
    bump = torch.exp(-((x - center[0]) ** 2 + (y - center[1]) ** 2) / 50)
    moved = dilation.scalar(bump)
    index = torch.tensor(divmod(moved.argmax().item(), 70)) + 0.5
    assert (index - dilation.point(center, (60, 70))).abs().max() <= dilation.factor


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("dilation", STANDARD_DILATIONS, ids=str)
def test_low_precision_rounds_the_result_alone(dilation, dtype):
    """As the fields are, and under autocast."""
    field = torch.rand(3, 64, 70).to(dtype)
    expected = dilation.scalar(field.float()).to(dtype)
    assert torch.equal(dilation.scalar(field), expected)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(dilation.scalar(field), expected)


def test_refuses_to_shrink_and_to_dilate_faces():
    with pytest.raises(ValueError, match=r"expected a dilation by a factor of at least 1, got 0.5"):
        Dilation(0.5)
    with pytest.raises(ValueError, match="expected velocity at the cell centres"):
        Dilation(2.0).faces((torch.zeros(6, 7), torch.zeros(5, 8)))
