"""Plumes on a finer grid than that on which they are stored."""

import pytest
import torch
from torch.nn.functional import avg_pool2d

from symbreak.simulators import Box, Plumes, divergence, simulate, stack_draws, still
from symbreak.simulators.physics.finer_grid import on_finer_grids, regridded
from symbreak.simulators.physics.state import one_draw
from symbreak.simulators.scenarios.scenario import law


def plume(box, steps=12):
    draws = one_draw((box.shape[0] * 0.4, box.shape[1] * 0.2), (0.6, 0.8), 0.05)
    return list(simulate(still(box, 1), law(box, draws), box, steps))[-1]


def test_twice_as_coarse_by_hand():
    """A coarse cell has the mean smoke of four; a coarse face the mean velocity of the two that lie on it, halved."""
    fine = plume(Box((20, 28)))
    coarse = regridded(fine, Box((10, 14)))
    x, y = fine.velocity_x[:, ::2], fine.velocity_y[..., ::2]
    expected = Plumes(avg_pool2d(fine.smoke, 2), (x[..., ::2] + x[..., 1::2]) / 4, (y[:, ::2] + y[:, 1::2]) / 4)
    for got, wanted in zip(coarse, expected, strict=True):
        torch.testing.assert_close(got, wanted)


@pytest.mark.parametrize("shape", [(11, 22), (10, 20), (13, 26)])
def test_nothing_is_lost_between_any_two_grids(shape):
    """Smoke per area of the box, and a flow without divergence."""
    state = plume(Box((10, 20)))
    moved = regridded(state, Box(shape))
    torch.testing.assert_close(moved.smoke.mean(), state.smoke.mean())
    assert divergence(moved.faces).abs().max() < 1e-14
    assert moved.velocity_y.abs().max() > 0.1


def test_the_same_grid_changes_no_bit():
    state = plume(Box((10, 20)))
    assert all(a.equal(b) for a, b in zip(regridded(state, Box((10, 20))), state, strict=True))


def test_each_plume_on_its_own_grid():
    """Scale 1 is as simulated on the given grid; at scale 2.04 all is larger, and the box has no more than whole cells:
    12 and 24 become 24 and 48."""
    box, fine = Box((12, 24)), Box((24, 48))
    small, large = one_draw((5.0, 4.0), (0.0, 1.0), 0.05), one_draw((10.2, 8.16), (0.0, 1.0), 0.102)
    draws = stack_draws([small, small._replace(scale=torch.tensor([2.04], dtype=torch.float64))])
    states = list(on_finer_grids(law, still(box, 2), draws, box, 6))
    assert len(states) == 6
    *_, alone = simulate(still(box, 1), law(box, small), box, 6)
    *_, twice = simulate(still(fine, 1), law(fine, large), fine, 6)
    for both, first, second in zip(states[-1], alone, regridded(twice, box), strict=True):
        assert both[:1].equal(first)
        torch.testing.assert_close(both[1:], second)
