"""The split of whole orbits, and the floor of every strict network on it."""

import json
import math
import shutil
from dataclasses import replace

import pytest
import torch

from symbreak.datasets import DataError, DataSet, Recipe, floor_of, generate, measure, verify
from symbreak.datasets.recipes.plan import orbit_elements
from symbreak.symmetry import C4, PointElement, probes

SMALL = {"resolution": 16, "train": 1, "valid": 1, "test": 2, "train_frames": 20, "future_frames": 10}
NAMES = ("rotation-buoyancy-onset", "translation-buoyancy-onset", "reflection-tilt-onset", "translation-rise-onset")


@pytest.fixture(scope="module", params=NAMES)
def orbit(request, tmp_path_factory):
    recipe = Recipe(scenario=request.param, strength=1.0, first_frame=15, **SMALL)
    return DataSet(generate(recipe, tmp_path_factory.mktemp("data")))


def members(data):
    """Velocity by orbit and member, and the elements."""
    elements = orbit_elements(data.recipe)
    return data.velocity("orbit").unflatten(0, (-1, len(elements))).double(), elements


def test_every_state_is_there_in_every_place(orbit):
    """Until the onset the members of an orbit are moved copies of the first, bit for bit; after it they are not."""
    velocity, elements = members(orbit)
    onset = orbit.recipe.onset
    assert onset == 5 and velocity.shape[:2] == (2, len(elements)) and str(elements[0]) in ("0°", "0 cells")
    for index, element in enumerate(elements):
        moved = element.vector(velocity[:, 0])
        assert torch.equal(moved[:, : onset + 1], velocity[:, index, : onset + 1])
        if index:
            assert not torch.allclose(moved[:, onset + 1 :], velocity[:, index, onset + 1 :], rtol=1e-2)


def test_floor_equals_a_slow_twin(orbit):
    """Turned back one by one and compared with their mean, in loops."""
    velocity, elements = members(orbit)
    onset = orbit.recipe.onset
    for n in (1, 7, 15):
        total, relative = 0.0, 0.0
        for each in velocity:
            back = [g.inverse().vector(each[i, onset + n]) for i, g in enumerate(elements)]
            mean = sum(back) / len(back)
            spread = sum(((field - mean) ** 2).mean().item() for field in back)
            total += spread / len(back)
            relative += math.sqrt(spread / sum((field**2).mean().item() for field in back))
        assert orbit.floor["rmse"][n - 1] == pytest.approx(math.sqrt(total / len(velocity)), rel=1e-9)
        assert orbit.floor["relative_l2"][n - 1] == pytest.approx(relative / len(velocity), rel=1e-9)


def test_floor_is_the_equivariance_error_in_other_units(orbit):
    """``floor_n = EE_n sqrt((|G| - 1) / (2 |G|)) change_n`` with ``EE_n`` over all ordered pairs of an orbit."""
    velocity, elements = members(orbit)
    onset, count = orbit.recipe.onset, len(elements)
    back = torch.stack([g.inverse().vector(velocity[:, i]) for i, g in enumerate(elements)], 1)
    for n in (1, 5, 15):
        pairs = [
            (back[:, i, onset + n] - back[:, j, onset + n]).square().mean()
            for i in range(count)
            for j in range(count)
            if i != j
        ]
        change = (back[:, :, onset + n] - back[:, :, onset]).square().mean().sqrt()
        error = (sum(pairs) / len(pairs)).sqrt() / change
        assert orbit.floor["change"][n - 1] == pytest.approx(change.item(), rel=1e-9)
        expected = error * math.sqrt((count - 1) / (2 * count)) * change
        assert orbit.floor["rmse"][n - 1] == pytest.approx(expected.item(), rel=1e-6)


def test_no_strict_prediction_is_below_the_floor(orbit):
    """Random fields, predicted for each orbit and moved with it, as any strict network must; and the best one."""
    velocity, elements = members(orbit)
    onset, generator = orbit.recipe.onset, torch.Generator().manual_seed(0)
    after = velocity[:, :, onset + 1 : onset + 16]
    floor = torch.tensor(orbit.floor["rmse"][:15], dtype=torch.float64)
    best = torch.stack([g.inverse().vector(after[:, i]) for i, g in enumerate(elements)], 1).mean(1)
    noise = torch.randn(best.shape, generator=generator, dtype=torch.float64) * best.std()
    for guess, equal in ((best, True), (best + 0.1 * noise, False), (velocity[:, 0, onset, None], False)):
        predicted = torch.stack([g.vector(guess.expand_as(best)) for g in elements], 1)
        rmse = (predicted - after).square().mean((0, 1, 3, 4, 5)).sqrt()
        assert (rmse >= floor * (1 - 1e-9)).all()
        assert torch.allclose(rmse, floor) == equal


def test_symmetric_data_have_a_floor_of_zero_to_rounding(tmp_path):
    recipe = Recipe(scenario="rotation-boundary-onset", strength=0.0, first_frame=15, **SMALL)
    data = DataSet(generate(recipe, tmp_path))
    assert max(data.floor["rmse"]) < 1e-6 * min(data.floor["change"])


def test_a_subgroup_has_a_lower_floor():
    """Four plumes that differ by 0, 1, 2, 3 in speed: under C4 the variance is 1.25; under C2 that of pairs, 1."""
    speeds = torch.tensor([0.0, 1.0, 2.0, 3.0]).view(1, 4, 1, 1, 1, 1)
    field = torch.zeros(4, 2, 4, 4)
    for index, element in enumerate(C4.elements):
        field[index] = element.vector(torch.stack((torch.ones(4, 4), torch.zeros(4, 4))))
    after, start = speeds * field[None, :, None], torch.zeros(1, 4, 2, 4, 4)
    assert floor_of(after, start, C4.elements).rmse[0] ** 2 == pytest.approx(1.25 / 2)
    half_turns = (PointElement(0), PointElement(2))
    assert floor_of(after[:, ::2], start[:, ::2], half_turns).rmse[0] ** 2 == pytest.approx(1.0 / 2)


def test_windows_that_end_at_the_onset_and_later(orbit):
    hidden = orbit.windows("orbit", history=2, horizon=15, after_onset=range(1))
    velocity, onset = orbit.velocity("orbit"), orbit.recipe.onset
    assert len(hidden) == len(velocity) and torch.equal(hidden[3], velocity[3, onset - 1 : onset + 16])
    revealed = orbit.windows("domain", history=2, horizon=3, after_onset=range(5, 6))
    assert torch.equal(revealed[1], orbit.velocity("domain")[1, onset + 4 : onset + 9])
    trained = orbit.windows("train", history=1, horizon=2, after_onset=range(10))
    assert len(trained) == 10 and torch.equal(trained[9], orbit.velocity("train")[0, onset + 9 : onset + 12])
    with pytest.raises(ValueError, match="expected histories that end at frames"):
        orbit.windows("train", history=1, horizon=15, after_onset=range(15))


def test_the_environment_of_stored_simulations(orbit):
    fields = orbit.environment("orbit")
    assert fields.shape == (len(orbit.velocity("orbit")), 4, 16, 16) and fields.abs().max() > 0.05


def test_measured_at_the_onset_and_verified(orbit):
    errors = measure(orbit.path)
    assert errors == pytest.approx(orbit.equivariance_error) and min(errors.values()) > 0.1
    verify(orbit.path)


def test_a_floor_that_does_not_follow_from_the_data_is_noticed(orbit, tmp_path):
    folder = tmp_path / orbit.path.name
    shutil.copytree(orbit.path, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["floor"]["rmse"][3] *= 0.99
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match=r"expected the floor that follows from the split orbit in .*, got another"):
        verify(folder)


def test_data_from_rest_have_no_orbit(folder):
    data = DataSet(folder)
    assert data.floor is None and data.recipe.orbit == 0 and data.recipe.onset is None
    with pytest.raises(ValueError, match="expected data with an onset to count frames from, got rotation-buoyancy"):
        data.windows("domain", history=1, horizon=1, after_onset=range(1))


def test_frames_must_hold_the_onset():
    with pytest.raises(ValueError, match=r"expected frames that hold 20 to 40 for .*, got 21 to 50"):
        Recipe(scenario="rotation-buoyancy-onset", first_frame=21, **SMALL)
    recipe = Recipe(scenario="rotation-buoyancy-onset")
    assert recipe.onset == 10 and recipe.orbit == 8 and replace(recipe, test=40).orbit == 24
    assert len(probes("C4", recipe.shape)) + 1 == len(orbit_elements(recipe))
