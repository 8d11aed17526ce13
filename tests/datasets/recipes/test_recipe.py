"""Recipes: what they refuse, and that their hash is theirs."""

import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from symbreak.datasets import DataError, Recipe, published_recipes
from symbreak.datasets.recipes.plan import chunks, file_names
from symbreak.simulators import list_scenarios, stack_draws
from symbreak.simulators.scenarios.registry import SCENARIOS

strengths = st.floats(0, 1)
recipes = st.builds(
    Recipe,
    scenario=st.just("rotation-buoyancy"),
    strength=strengths,
    resolution=st.integers(8, 128),
    train=st.integers(1, 40),
    valid=st.integers(1, 20),
    test=st.integers(1, 20),
    train_frames=st.integers(2, 40),
    future_frames=st.integers(2, 40),
    first_frame=st.integers(1, 20),
    seed=st.integers(0, 2**32),
)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scenario": "steam"}, "expected one of the scenarios .*, got 'steam'"),
        ({"strength": 1.5}, r"expected a strength in \[0, 1\], got 1.5"),
        ({"strength": float("nan")}, "expected a finite number for strength, got nan"),
        ({"resolution": 7}, "expected resolution of at least 8, got 7"),
        ({"train": 0}, "expected train of at least 1, got 0"),
        ({"valid": 0}, "expected valid or valid_frames above 0, got 0 and 0"),
        ({"valid_frames": 3}, "expected valid or valid_frames above 0, got 6 and 3"),
        ({"scenario": "published-rotation", "train": 30}, r"expected train, .* at most 36 .*, got 44"),
        ({"train_frames": 1}, "expected train_frames of at least 2, got 1"),
        ({"future_frames": 200}, "expected frames up to 110 at most, got 249"),
        ({"buoyancy": 0.0}, r"expected a buoyancy in \[1e-06, 1\], got 0.0"),
        ({"buoyancy": 1e300}, r"expected a buoyancy in \[1e-06, 1\], got 1e\+300"),
        ({"seed": -1}, "expected seed of at least 0, got -1"),
        ({"seed": 2**63}, r"expected a seed of at most 2\^63 - 1, got 9223372036854775808"),
        ({"scenario": "scaling-drag", "as_published": True}, "expected as_published of .*, got scaling-drag, rendered"),
    ],
)
def test_refuses(wrong, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**{"scenario": "rotation-buoyancy"} | wrong)


@pytest.mark.parametrize("wrong", [{"strength": "0.5"}, {"resolution": 16.0}, {"seed": True}])
def test_refuses_other_types(wrong):
    """A ``ValueError``, or the ``TypeError`` of the type checker that runs with the tests."""
    with pytest.raises((ValueError, TypeError), match=r"(?i)expected"):
        Recipe(**{"scenario": "rotation-buoyancy"} | wrong)


def test_data_error_is_a_value_error():
    assert issubclass(DataError, ValueError)


def test_hash_does_not_depend_on_how_a_number_is_written():
    zero, negative = (Recipe(scenario="rotation-buoyancy", strength=strength) for strength in (0.0, -0.0))
    assert zero.hash == negative.hash


def test_hash_is_the_same_in_another_process():
    code = "from symbreak.datasets import Recipe; print(Recipe(scenario='rotation-buoyancy', strength=0.1).hash)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert other.strip() == Recipe(scenario="rotation-buoyancy", strength=0.1).hash


def test_a_revision_changes_the_hash_and_the_first_one_does_not(monkeypatch):
    """What was recorded before there were revisions stays valid."""
    recipe = Recipe(scenario="rotation-buoyancy")
    assert recipe.hash == recipe.hash_at(1) == "b17bf9e4a9fb"
    monkeypatch.setitem(SCENARIOS, recipe.scenario, replace(recipe.physics, revision=2))
    assert recipe.hash == recipe.hash_at(2) != recipe.hash_at(1)


def test_the_published_plumes_are_not_those_of_older_versions():
    for recipe in published_recipes().values():
        assert recipe.physics.revision == 2 and recipe.hash != recipe.hash_at(1)


@given(recipes, strengths)
def test_strengths_are_paired_and_hashes_tell_them_apart(recipe, strength):
    other = Recipe(**{**recipe.__dict__, "strength": strength})
    assert (other.hash == recipe.hash) == (strength == recipe.strength)
    for a, b in zip(chunks(recipe)[0].draws(recipe), chunks(other)[0].draws(other), strict=True):
        assert a.equal(b)


@given(recipes)
def test_draws_do_not_depend_on_the_number_of_simulations(recipe):
    more = Recipe(**{**recipe.__dict__, "train": recipe.train + 11})
    for a, b in zip(chunks(recipe)[0].draws(recipe), chunks(more)[0].draws(more), strict=True):
        assert a.equal(b[: len(a)])


@given(recipes)
def test_no_frame_is_a_target_of_one_split_and_an_input_of_another(recipe):
    """Each (simulation, frame) lies in exactly one file of one split, and windows never leave a file."""
    seen = [
        (chunk.simulations, index, frame)
        for chunk in chunks(recipe)
        for start, stop in chunk.files(recipe).values()
        for index in range(chunk.first, chunk.last)
        for frame in range(start, stop)
    ]
    assert len(seen) == len(set(seen)) == recipe.frames * (recipe.train + recipe.valid + recipe.test)
    names = [name for split in ("train", "valid", "future", "domain") for name in file_names(recipe, split)]
    assert sorted(names) == sorted(name for chunk in chunks(recipe) for name in chunk.files(recipe))
    assert len(names) == len(set(names))


@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.name)
def test_no_two_simulations_of_a_data_set_are_alike(scenario):
    """Not within a split, and not between training, validation and test; but for the study's levels and scales."""
    recipe = Recipe(scenario=scenario.name, strength=0.5, train=8, valid=8, test=8)
    center, direction, buoyancy, _ = stack_draws([chunk.draws(recipe) for chunk in chunks(recipe)])
    different = len(torch.cat((center, direction, buoyancy[:, None]), 1).unique(dim=0))
    assert different == {"published-levels": 4, "published-scaling": 1}.get(scenario.name, 24)
    if scenario.plumes is None and scenario.name != "published-levels":
        assert len(center.unique(dim=0)) == len(buoyancy.unique()) == 24
