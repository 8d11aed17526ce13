"""Hand-computed equivariance errors."""

import math

import pytest
import torch

from symbreak.symmetry import C4, MIRROR, PointElement, equivariance_error, probes


def error(evolve, state, elements):
    return equivariance_error(evolve, lambda g, x: g.vector(x), state, state, elements)


def test_wind_in_a_turning_box():
    """``F^n(x) = x + n (1, 0)``: the change has norm n, and turning it by 90, 180, 270 degrees misses the wind by
    sqrt(2) n, 2 n, sqrt(2) n; the root mean square of the three is sqrt(8/3) n, whatever n."""
    wind = torch.tensor([1.0, 0.0])[:, None, None].expand(2, 5, 5)
    errors = error(lambda x: torch.stack((x + wind, x + 2 * wind), 1), torch.randn(3, 2, 5, 5), probes("C4", (5, 5)))
    torch.testing.assert_close(errors, torch.full((2,), math.sqrt(8 / 3), dtype=torch.float64), rtol=1e-6, atol=0)


def test_wind_along_the_mirror_is_symmetric():
    wind = torch.tensor([0.0, 1.0])[:, None, None].expand(2, 5, 7)
    assert error(lambda x: (x + wind)[:, None], torch.randn(1, 2, 5, 7), MIRROR.elements[1:]).item() == 0


def test_damping_of_one_half_under_shifts():
    """``x`` is zero in the left half ever after. From a uniform field the change is 1 in half of the cells. A shift of
    a quarter box misplaces half of the change on each side: ratio 1; of half the box everything: ratio 2. Mean square
    over the shifts (1 + 2 + 1) / 3."""
    damping = torch.ones(8, 3)
    damping[:4] = 0
    errors = error(lambda x: (x * damping)[:, None], torch.ones(1, 2, 8, 3), probes("shift-x", (8, 3)))
    assert errors.item() == pytest.approx(math.sqrt(4 / 3), rel=1e-6)


def test_a_scalar_that_flows_to_the_right_under_the_mirror():
    """``s`` becomes ``s + x - mean x`` in a row of four cells: the change is odd, the mirror turns it around and misses
    it by twice its size."""
    ramp = torch.tensor([-1.5, -0.5, 0.5, 1.5])[:, None].expand(4, 3)
    errors = equivariance_error(
        lambda s: (s + ramp)[:, None],
        lambda element, s: element.scalar(s),
        torch.zeros(1, 4, 3),
        torch.zeros(1, 4, 3),
        MIRROR.elements[1:],
        act_on_output=lambda element, s: element.scalar(s),
    )
    assert errors.tolist() == [2.0]


def test_nothing_moves():
    with pytest.raises(ValueError, match="expected a flow that changes"):
        error(lambda x: x[:, None], torch.ones(1, 2, 5, 5), C4.elements[1:])


def test_probes_of_a_grid_of_unequal_sides_map_it_onto_itself():
    """No quarter turns: half a turn, and the mirrors along x and along y."""
    half_turn, mirrors = PointElement(2), (PointElement(0, True), PointElement(2, True))
    assert probes("C4", (5, 7)) == (half_turn,)
    assert probes("D4", (5, 7)) == (half_turn, *mirrors)
    assert len(probes("C4", (5, 5))) == 3 and len(probes("D4", (5, 5))) == 7


def test_probes_refuse_an_unknown_group():
    with pytest.raises(ValueError, match=r"expected one of the groups .*, got 'SO3'"):
        probes("SO3", (5, 5))
