"""The table of data sets: measured errors, divergence, CFL number."""

from dataclasses import replace

import pytest

from symbreak.datasets import DataSet, Recipe, evidence, measure, published_recipes
from symbreak.datasets.evidence import extremes, rendered_errors
from symbreak.datasets.recipes.published import level_error, published_error


def test_a_row_by_hand(folder):
    row, dataset = evidence(folder), DataSet(folder)
    assert [row["scenario"], row["strength"], row["hash"]] == ["rotation-buoyancy", 0.5, dataset.recipe.hash]
    assert {1: row["EE_1"], 5: row["EE_5"]} == measure(folder) and row["published"] is None
    assert row["largest_divergence"] < 1e-12
    frames = [dataset.velocity(split).abs().max().item() for split in ("train", "future", "valid", "domain")]
    assert row["largest_cfl"] >= max(frames) == pytest.approx(dataset.manifest.largest_velocity)


def test_the_cfl_number_is_that_of_the_fastest_plume(small):
    """More force, faster plumes."""
    assert extremes(replace(small, buoyancy=0.02))[1] > 1.2 * extremes(small)[1]


@pytest.mark.parametrize("name", [f"level-{level}" for level in range(10)])
def test_levels_are_those_of_the_study(name):
    """Measured as its notebook does, each level has the error that the study prints."""
    recipe = published_recipes()[name]
    assert level_error(recipe) == pytest.approx(published_error(recipe), abs=0.002)


def test_only_levels_have_the_studys_error(small):
    assert level_error(small) is None


def test_rendered_scaling_at_strength_0():
    """Nothing but interpolation: a quarter of the change in ten steps, a fifteenth of the velocity. Over one step the
    change is small, and the same interpolation is twice as large."""
    errors = rendered_errors(Recipe(scenario="scaling-drag", strength=0.0))
    assert errors["rendered_EE_1"] == pytest.approx(2.16, abs=0.01)
    assert errors["rendered_EE_10"] == pytest.approx(0.267, abs=0.002)
    assert errors["rendered_of_velocity"] == pytest.approx(0.0668, abs=0.0005)


def test_other_data_are_measured_as_they_are_stored(small):
    assert set(rendered_errors(small).values()) == {None}
    too_short = replace(small, scenario="scaling-drag", train_frames=6, future_frames=4)
    assert set(rendered_errors(too_short).values()) == {None}


def test_published_errors_belong_to_levels():
    recipes = published_recipes()
    assert [published_error(recipes[f"level-{level}"]) for level in (0, 1, 9)] == [0.0, 0.17, 0.896]
    assert published_error(recipes["rotation"]) is None
    assert published_error(Recipe(scenario="published-levels", strength=0.5)) is None
