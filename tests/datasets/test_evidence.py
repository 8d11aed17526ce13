"""The table of data sets: measured errors, divergence, CFL number."""

from dataclasses import replace

import pytest

from symbreak.datasets import DataSet, Recipe, evidence, measure, published_recipes
from symbreak.datasets.evidence import error_from_rest, extremes
from symbreak.datasets.published import published_error


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


def test_histories_from_rest(small):
    """At strength 0 they never come apart. Above, they differ after one step as the forces ``b (1 + 0.45 d)`` of the
    sides do, ``d = -1, -1/3, 1/3, 1``: the mean square difference of unlike sides is ``8/3 Var d = 40/27``, relative to
    a mean square of ``1 + 0.45^2 Var d`` with ``Var d = 5/9``; about, because each plume draws its ``b``."""
    assert error_from_rest(replace(small, strength=0.0)) < 1e-12
    expected = (0.45**2 * 40 / 27 / (1 + 0.45**2 * 5 / 9)) ** 0.5
    assert error_from_rest(small, steps=1) == pytest.approx(expected, rel=0.2)


def test_published_errors_belong_to_levels():
    recipes = published_recipes()
    assert [published_error(recipes[f"level-{level}"]) for level in (0, 1, 9)] == [0.0, 0.17, 0.896]
    assert published_error(recipes["rotation"]) is None
    assert published_error(Recipe(scenario="published-levels", strength=0.5)) is None
