"""The axes of a grid."""

from dataclasses import replace

import pytest

from symbreak.benchmark.cli import parse
from symbreak.benchmark.grids.presets import PRESETS


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
