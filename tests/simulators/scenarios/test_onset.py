"""Onset scenarios: exactly symmetric before the onset at any strength, broken after it by the law of their sibling."""

import math

import numpy as np
import pytest
import torch

from symbreak.simulators import get_scenario, list_scenarios, stack_draws, still
from symbreak.symmetry import PointElement, Shift, equivariance_error

SHAPE = (16, 16)
ONSETS = [scenario for scenario in list_scenarios() if scenario.onset]
SCENARIOS = pytest.mark.parametrize("scenario", ONSETS, ids=lambda scenario: scenario.name)


def draws_of(scenario, count=4):
    return stack_draws([scenario.draw(np.random.default_rng(i), i, SHAPE, 0.02) for i in range(count)])


def error(scenario, strength, start, steps):
    """Of ``steps`` steps from frame ``start``."""
    box, draws = scenario.box(16), draws_of(scenario)
    *_, state = scenario.evolve(still(box, 4), draws, strength, start)

    def evolve(pair):
        run = scenario.evolve(*pair, strength, steps, time=start)
        return torch.stack([plumes.velocity for plumes in run], 1)

    def act(element, pair):
        return scenario.act(element, *pair, SHAPE)

    return equivariance_error(evolve, act, (state, draws), state.velocity, scenario.probes(scenario.group, SHAPE))


@SCENARIOS
def test_symmetric_until_the_onset_and_broken_from_there_on(scenario):
    """Five steps that end at the onset keep the symmetry at every strength; five that begin there lose it the more the
    larger the strength, and keep it at 0."""
    assert error(scenario, 1.0, scenario.onset - 5, 5).max() < 1e-10
    errors = torch.stack([error(scenario, strength, scenario.onset, 5) for strength in (0.0, 0.25, 0.5, 1.0)])
    assert errors[0].max() < 1e-10 and (errors.diff(dim=0) > 0).all()


@SCENARIOS
def test_after_the_onset_it_is_its_sibling(scenario):
    sibling = get_scenario(scenario.name.removesuffix("-onset"))
    box, draws = scenario.box(16), draws_of(scenario)
    *_, state = scenario.evolve(still(box, 4), draws, 0.7, scenario.onset)
    *_, symmetric = sibling.evolve(still(box, 4), draws, 0.0, scenario.onset)
    assert torch.equal(state.velocity, symmetric.velocity)
    *_, later = scenario.evolve(state, draws, 0.7, 3, time=scenario.onset)
    *_, other = sibling.evolve(state, draws, 0.7, 3)
    *_, whole = scenario.evolve(still(box, 4), draws, 0.7, scenario.onset + 3)
    assert torch.equal(later.velocity, other.velocity) and torch.equal(later.velocity, whole.velocity)


def test_the_force_of_another_wall_by_hand():
    """At strength 1 a plume from the lower wall feels 0.1 of its buoyancy, one from the right wall 0.7: what the law
    adds is -0.9 up and -0.3 to the left."""
    scenario = get_scenario("rotation-buoyancy-onset")
    environment = scenario.environment(scenario.box(16), draws_of(scenario), 1.0)[:, :, 3, 5]
    expected = torch.tensor([[0, -0.9, 0, 0], [0.3, 0, 0, 0], [0, -0.3, 0, 0], [0.9, 0, 0, 0]], dtype=torch.float64)
    torch.testing.assert_close(environment, expected)


def test_drag_and_openness_by_hand():
    """A damping band of strength 1 takes ``0.3 cos^2(pi d / 4)`` at a distance of ``d`` cells from the seam: a cell
    there has faces at 0, 1 and, twice, 1/2. A closed wall at the seam takes one of the four faces of a cell beside it.
    """
    band = get_scenario("translation-boundary-band")
    drag = band.environment(band.box(16), draws_of(band), 1.0)[0, 2]
    expected = 0.3 * (1 + 1 / 2 + 2 * math.cos(math.pi / 8) ** 2) / 4
    torch.testing.assert_close(drag[0], torch.full((16,), expected, dtype=torch.float64))
    assert drag[8].max() < 1e-30
    wall = get_scenario("translation-boundary")
    openness = wall.environment(wall.box(16), draws_of(wall), 1.0)[0, 3]
    assert openness[0].unique().tolist() == openness[-1].unique().tolist() == [-0.25] and not openness[1:-1].any()


@SCENARIOS
def test_the_environment_is_that_of_the_place(scenario):
    """It differs from the moved one exactly where the symmetry is broken, and is zero at strength 0."""
    box, draws = scenario.box(16), draws_of(scenario)
    assert not scenario.environment(box, draws, 0.0).any()
    element = {"translation": Shift(4), "rotation": PointElement(1), "reflection": PointElement(0, True)}
    g = element[scenario.symmetry]
    field = scenario.environment(box, draws, 1.0)
    moved = torch.cat((g.vector(field[:, :2]), g.scalar(field[:, 2:])), 1)
    there = scenario.environment(box, draws.moved(g, SHAPE), 1.0)
    assert (there - moved).abs().max() > 0.01


def test_scenarios_say_what_is_hidden():
    for scenario in list_scenarios():
        assert scenario.hidden and scenario.reveals
        assert scenario.has_floor == scenario.name.endswith("-onset")
