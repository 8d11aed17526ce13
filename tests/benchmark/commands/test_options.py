"""No option is ignored: each changes the name of a run, or is refused."""

from dataclasses import fields, is_dataclass, replace

import pytest

from symbreak.benchmark.grids import tuning
from symbreak.benchmark.grids.presets import Preset, quick
from symbreak.benchmark.grids.tuning import Search

from ..conftest import QUIET, complaint

SEARCH = Search()
GRID = replace(quick(), scenarios=("rotation-buoyancy",), models=("convnet",), seeds=(0, 1))
CHANGED = {
    "scenarios": ("rotation-boundary",),
    "strengths": (0.125,),
    "models": ("mlp",),
    "seeds": (7,),
    "fixed_data": True,
    "history": (2,),
    "train_simulations": (3,),
    "predicts": "frame",
    "budget": 900,
    "simulations.valid": 0,
    "simulations.valid_frames": 9,
    "training.decay": 0.5,
    "training.patience": 3,
}
"""Other values, where one more or half as much would be none."""
TOGETHER = {"simulations.valid": {"valid_frames": 9}, "simulations.valid_frames": {"valid": 0}}
"""What must change with an option: validation is on other simulations or on later frames."""
FROM_FILES = {"name", "imported", "tuned"}
"""Options whose values are files, which tests of imports and of tuning change; the name is not one."""
REFUSED = {"strengths", "seeds", "training.epochs", "training.learning_rate"}
"""What a search chooses or sets itself."""


def options(instance, prefix=""):
    for each in fields(instance):
        value, name = getattr(instance, each.name), f"{prefix}{each.name}"
        if is_dataclass(value):
            yield from options(value, f"{name}.")
        elif name not in FROM_FILES:
            yield name, value


OPTIONS = dict(options(GRID))


def changed(preset, option):
    """The preset with another value of the option."""
    value = OPTIONS[option]
    other = CHANGED.get(option, value * 0.5 + 0.1 if isinstance(value, float) else value)
    other = value + 1 if type(value) is int and option not in CHANGED else other
    group, _, name = option.rpartition(".")
    if not group:
        return replace(preset, **{name: other})
    return replace(preset, **{group: replace(getattr(preset, group), **{name: other}, **TOGETHER.get(option, {}))})


def hashes(preset):
    return {config.hash for config in preset.runs()}


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_of_a_preset_changes_its_runs(option):
    assert hashes(changed(GRID, option)) != hashes(GRID)


class Asked(Exception):
    """Ends a search once it is known what it would run."""


def searched(monkeypatch, tmp_path, preset, search=SEARCH):
    """The names of the first runs of a search."""

    def ask(candidates, *_, **__):
        raise Asked(*sorted(config.hash for config in candidates))

    monkeypatch.setattr(tuning, "run_missing", ask)
    with pytest.raises(Asked) as asked:
        tuning.tune(preset, search, tmp_path, console=QUIET)
    return asked.value.args


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_of_a_search_changes_its_runs_or_is_refused(capsys, monkeypatch, tmp_path, option):
    if option in REFUSED:
        value = {"strengths": "0.125", "seeds": "7", "training.epochs": "3"}.get(option, "0.5")
        said = complaint(capsys, "tune", "quick", f"--{option.replace('_', '-')}", value)
        assert "in a search, got --" in said and "which it ignores" in said
        return
    before = searched(monkeypatch, tmp_path, GRID)
    assert searched(monkeypatch, tmp_path, changed(GRID, option)) != before


@pytest.mark.parametrize(
    "change",
    [{"learning_rates": (0.5,)}, {"epochs": (3,)}, {"strengths": (0.125,)}, {"seeds": (7,)}],
    ids=str,
)
def test_each_option_of_the_search_itself_changes_its_runs(monkeypatch, tmp_path, change):
    before = searched(monkeypatch, tmp_path, GRID)
    assert searched(monkeypatch, tmp_path, GRID, Search(**change)) != before


def test_the_options_of_presets_are_all_here():
    assert {each.name for each in fields(Preset)} - FROM_FILES == {name.partition(".")[0] for name in OPTIONS}
