"""Every scenario that draws its plumes: symmetric at strength 0, less and less so above it, and reproducible draws."""

import numpy as np
import pytest
import torch

from symbreak.simulators import get_scenario, list_scenarios, simulate, stack_draws, still
from symbreak.symmetry import equivariance_error
from symbreak.symmetry.dilation import STANDARD_DILATIONS

SHAPE = (16, 16)
DRAWN = [scenario for scenario in list_scenarios() if scenario.plumes is None]
SCENARIOS = pytest.mark.parametrize("scenario", DRAWN, ids=lambda scenario: scenario.name)


def draws_of(scenario, count=4, buoyancy=0.02):
    return stack_draws([scenario.draw(np.random.default_rng(i), i, SHAPE, buoyancy) for i in range(count)])


def error(scenario, strength, warm_up=8, steps=10):
    box, draws = scenario.box(SHAPE[0]), draws_of(scenario)
    *_, state = scenario.evolve(still(box, len(draws.center)), draws, strength, warm_up)

    def evolve(pair):
        run = scenario.evolve(*pair, strength, steps)
        return torch.stack([scenario.observed(plumes, pair[1]) for plumes in run], 1)

    def act(element, pair):
        return scenario.act(element, *pair, SHAPE)

    start = scenario.observed(state, draws)
    return equivariance_error(evolve, act, (state, draws), start, scenario.probes(scenario.group, SHAPE))


@SCENARIOS
def test_symmetric_at_zero_and_error_rises_with_strength(scenario):
    errors = torch.stack([error(scenario, strength) for strength in (0.0, 0.25, 0.5, 1.0)])
    assert errors[0].max() < 1e-10
    assert (errors.diff(dim=0) > 0).all(), f"{scenario.name}: errors by strength and step\n{errors}"


@SCENARIOS
def test_draws_differ_and_scale_with_the_box(scenario):
    draws = draws_of(scenario, 8)
    assert len(draws.center.unique(dim=0)) == (4 if scenario.name == "published-levels" else 8)
    assert ((draws.center > 0) & (draws.center < SHAPE[0])).all()
    torch.testing.assert_close(draws.direction.norm(dim=1), torch.ones(8, dtype=torch.float64))


def test_rotation_buoyancy_by_hand():
    """Force ``b (1 + 0.9 eps d)``, ``d = -1, -1/3, 1/3, 1`` for plumes that rise up, left, down, right."""
    scenario = get_scenario("rotation-buoyancy")
    draws = draws_of(scenario)._replace(buoyancy=torch.ones(4, dtype=torch.float64))
    force = scenario.law(scenario.box(16), draws, 0.5).force[:, :, 0, 0]
    expected = torch.tensor([[0, 0.55], [-0.85, 0], [0, -1.15], [1.45, 0]], dtype=torch.float64)
    torch.testing.assert_close(force, expected)


def test_the_four_plumes_of_a_published_round_are_symmetric_where_their_forces_are_equal():
    assert error(get_scenario("published-rotation"), 0.0).max() < 1e-10


def test_published_scaling_is_broken_by_resolution_alone():
    """Whatever the strength."""
    errors = error(get_scenario("published-scaling"), 0.0)
    assert errors.equal(error(get_scenario("published-scaling"), 1.0)) and errors.max() > 1e-3


def test_unknown_scenario():
    with pytest.raises(ValueError, match=r"expected one of the scenarios .*rotation-buoyancy.*, got 'steam'"):
        get_scenario("steam")


def test_scaling_interpolates():
    """Dilating a rendered frame is rendering at the larger scale, to the accuracy of the interpolation."""
    scenario = get_scenario("scaling-drag")
    rows = [scenario.draw(np.random.default_rng(i), i, (64, 64), 0.01) for i in range(4)]
    box, draws = scenario.box(64), stack_draws(rows)
    *_, state = simulate(still(box, 4), scenario.law(box, draws, 0.0), box, 30)
    for dilation in STANDARD_DILATIONS:
        dilated = dilation.vector(scenario.render(state, draws)[0])
        larger = scenario.render(state, draws._replace(scale=draws.scale * dilation.factor))[0]
        assert (dilated - larger).norm() < 0.1 * larger.norm()
    unit = draws._replace(scale=torch.ones(4, dtype=torch.float64))
    assert torch.equal(scenario.render(state, unit)[0], state.velocity)


def test_porous_wall_of_strength_one_is_closed():
    scenario = get_scenario("translation-boundary")
    box, draws = scenario.box(16), draws_of(get_scenario("translation-boundary"))
    *_, state = simulate(still(box, 4), scenario.law(box, draws, 1.0), box, 10)
    assert state.velocity_x[:, [0, -1]].abs().max() == 0


def test_tilt_by_hand():
    scenario = get_scenario("reflection-tilt")
    draws = draws_of(scenario)._replace(buoyancy=torch.ones(4, dtype=torch.float64))
    assert scenario.law(scenario.box(16), draws, 0.5).force[:, :, 3, 5].tolist() == [[0.125, 1.0]] * 4
