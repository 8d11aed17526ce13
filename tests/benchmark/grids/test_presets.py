"""The axes of a grid."""

from dataclasses import replace

import pytest

from symbreak.benchmark.cli import parse
from symbreak.benchmark.grids.presets import PRESETS
from symbreak.benchmark.methods import base_model
from symbreak.models import get_model

from ..conftest import complaint


def test_sizes_of_the_training_set_are_an_axis(tiny):
    swept = replace(tiny, train_simulations=(1, 2), models=("convnet",))
    assert [(recipe.train, recipe.strength) for recipe in swept.recipes()] == [(1, 0.0), (1, 1.0), (2, 0.0), (2, 1.0)]
    assert [config.recipe for config in swept.runs()] == swept.recipes()
    assert swept.recipes()[2:] == tiny.recipes(), "2 is the preset's own size: the same data, the same runs"


def test_sizes_of_the_training_set_on_the_command_line():
    preset = parse(["run", "core", "--train-simulations", "6", "12", "24"]).preset
    assert preset.train_simulations == (6, 12, 24)
    assert len(preset.runs()) == 3 * len(PRESETS["core"]().runs())


def test_refuses_sizes(tiny):
    with pytest.raises(ValueError, match=r"expected train_simulations without repetition, got \['2', '2'\]"):
        replace(tiny, train_simulations=(2, 2))
    with pytest.raises(ValueError, match="expected train of at least 1, got 0"):
        replace(tiny, train_simulations=(0,)).runs()


def test_refuses_simulations_too_short_to_measure_their_error(tiny):
    """Ten steps: eleven frames, of which ``tiny`` has more."""
    short = replace(tiny.simulations, train_frames=6, future_frames=4)
    evaluation = replace(tiny.evaluation, steps=3)
    with pytest.raises(ValueError, match=r"expected simulations of more than 10 frames, .* got 10"):
        replace(tiny, simulations=short, evaluation=evaluation)
    assert replace(tiny, simulations=replace(short, future_frames=5), evaluation=evaluation)


def test_a_seed_is_a_replicate_of_everything(tiny):
    """Each seed has simulations of its own, and those of seed 0 are the data that there were before; where the data are
    fixed all seeds share these."""
    several = replace(tiny, seeds=(0, 1, 2))
    assert [config.recipe.seed - config.seed for config in several.runs()] == [0] * len(several.runs())
    assert replace(several, simulations=replace(tiny.simulations, data_seed=5)).runs()[-1].recipe.seed == 7
    fixed = replace(several, fixed_data=True)
    assert {config.recipe for config in fixed.runs()} == set(tiny.recipes()) <= set(several.recipes())
    assert len(several.recipes()) == 3 * len(fixed.recipes())


@pytest.mark.parametrize("name", ["quick", "core", "full"])
def test_the_presets_hide_the_asymmetry_and_score_enough_plumes(name):
    preset = PRESETS[name]()
    recipes = preset.recipes()
    assert all(recipe.physics.has_floor and recipe.test >= 32 for recipe in recipes)
    assert {0.0, 0.25, 0.5, 1.0} <= set(preset.strengths)
    for scenario in preset.scenarios:
        recipe = next(recipe for recipe in recipes if recipe.scenario == scenario)
        families = {get_model(base_model(model)).family for model in preset.models_for(recipe)}
        assert {"strict", "relaxed", "informed", "unconstrained"} <= families


@pytest.mark.parametrize(
    "options, said",
    [
        (("--history", "12", "--simulations.future-frames", "40"), "a history of at most 11 frames"),
        (("--simulations.train-frames", "26"), "at least 27 train_frames"),
        (
            ("--simulations.train-frames", "27", "--simulations.future-frames", "20", "--evaluation.steps", "40"),
            "steps",
        ),
    ],
)
def test_windows_that_miss_the_onset_are_refused_before_anything_is_computed(capsys, options, said):
    assert said in complaint(capsys, "run", "quick", "--dry-run", *options)
