from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

import symbreak.benchmark.commands.results
from symbreak.benchmark.commands import CommandFailed
from symbreak.benchmark.commands.results import Tune
from symbreak.benchmark.grids.choices import CHOICE, read_choices
from symbreak.benchmark.grids.grid import run_grid
from symbreak.benchmark.grids.tuning import SEARCHED, Search, choose, tune
from symbreak.benchmark.grids.warnings import untuned

from ..conftest import QUIET

SEARCH = Search(learning_rates=(1e-5, 1e-2), epochs=(1, 2), slack=0.0)
FAILS = """
import torch
from symbreak.models import Forecaster, register

@register("always-fails", family="unconstrained")
class AlwaysFails(Forecaster):
    def __init__(self, task):
        raise RuntimeError("no")

    def forward(self, history):
        return history[:, -1]
"""
CANDIDATES = [
    ["a", 0.01, 12, 1.00],
    ["a", 0.03, 12, 0.80],
    ["a", 0.03, 24, 0.60],
    ["a", 0.03, 48, 0.57],
    ["b", 0.01, 12, 0.50],
    ["b", 0.03, 12, 0.70],
    ["b", 0.01, 24, 0.46],
    ["b", 0.01, 48, 0.10],
]


def candidates(rows) -> pd.DataFrame:
    rows = [["rotation-buoyancy", *row[:3], row[3], 0, 1.0, "0"] for row in rows]
    return pd.DataFrame(rows, columns=SEARCHED)


def test_the_choice_is_the_best_step_size_and_the_shortest_training_that_is_nearly_as_good_as_the_best():
    """a: 0.03 is best, and 0.60 at 24 epochs is within a tenth of 0.57 at 48, 0.80 at 12 is not. b: 0.01 is best at the
    shortest length, and nothing comes near 0.10 at 48."""
    chosen = choose(candidates(CANDIDATES), slack=0.1)
    assert chosen.columns.tolist() == CHOICE
    assert chosen.values.tolist() == [["rotation-buoyancy", "a", 0.03, 24], ["rotation-buoyancy", "b", 0.01, 48]]


def test_a_model_that_never_finished_has_no_choice_and_the_others_keep_theirs():
    rows = [["a", 0.01, 12, float("inf")], ["b", 0.01, 12, 0.5]]
    assert choose(candidates(rows), slack=0.1).model.tolist() == ["b"]
    assert choose(candidates(rows[:1]), slack=0.1).empty


def test_a_search_goes_on_without_a_model_that_fails(tiny, machine, tmp_path, monkeypatch):
    """Its candidates and the other model's choice are written, then the command fails and names it."""
    model_file = tmp_path / "models.py"
    model_file.write_text(FAILS)
    monkeypatch.setattr(symbreak.benchmark.commands.results, "CONSOLE", QUIET)
    preset = replace(tiny, models=("convnet",))
    with pytest.raises(CommandFailed, match=r"no choice, for always-fails \(rotation-buoyancy\)$"):
        Tune(preset=preset, search=SEARCH, model_file=model_file, out=tmp_path, machine=machine)()
    assert [model for _, model in read_choices(tmp_path / "choices.csv")] == ["convnet"]
    assert "always-fails" in (tmp_path / "search.md").read_text()


def test_a_search_looks_at_validation_alone_and_its_choices_can_be_run(tiny, machine, tmp_path, monkeypatch):
    preset = replace(tiny, models=("persistence", "convnet", "equiv-rotation"))
    chosen, failed = tune(preset, SEARCH, tmp_path, machine, QUIET)
    searched = pd.read_csv(tmp_path / "search.csv")
    assert chosen.model.tolist() == ["convnet", "equiv-rotation"] and not failed
    assert searched.groupby("epochs").size().to_dict() == {1: 4, 2: 2}
    assert set(searched.learning_rate) == set(SEARCH.learning_rates)
    assert "test" not in searched and "domain" not in (tmp_path / "search.md").read_text()

    tuned = replace(preset, tuned=tmp_path / "choices.csv")
    lengths = {config.model: config.training.epochs for config in tuned.runs()}
    assert lengths == {"persistence": 2, **dict(zip(chosen.model, chosen.epochs, strict=True))}


def test_a_second_search_keeps_what_the_first_chose_for_other_models(tiny, machine, tmp_path):
    for model in ("equiv-rotation", "convnet", "convnet"):
        chosen, _ = tune(replace(tiny, models=(model,)), SEARCH, tmp_path, machine, QUIET)
        assert chosen.model.tolist() == [model]
    assert [model for _, model in read_choices(tmp_path / "choices.csv")] == ["convnet", "equiv-rotation"]
    searched = pd.read_csv(tmp_path / "search.csv")
    assert searched.groupby("model").size().to_dict() == {"convnet": 3, "equiv-rotation": 3}


def test_a_search_that_is_done_is_not_repeated(tiny, machine, tmp_path):
    preset = replace(tiny, models=("convnet",))
    first, _ = tune(preset, SEARCH, tmp_path, machine, QUIET)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").iterdir()}
    assert tune(preset, SEARCH, tmp_path, machine, QUIET)[0].equals(first)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").iterdir()} == times


def test_choices_come_back_as_they_were_written(tmp_path):
    path = tmp_path / "choices.csv"
    pd.DataFrame([["rotation-buoyancy", "convnet", 0.003, 24]], columns=CHOICE).to_csv(path, index=False)
    assert read_choices(path) == {("rotation-buoyancy", "convnet"): {"learning_rate": 0.003, "epochs": 24}}


def choices_of(tmp_path, *models) -> Path:
    rows = [["rotation-buoyancy", model, 0.003, 24] for model in models]
    pd.DataFrame(rows, columns=CHOICE).to_csv(tmp_path / "choices.csv", index=False)
    return tmp_path / "choices.csv"


def test_models_that_learn_and_were_not_tuned_are_named(tiny, machine, tmp_path):
    tuned = choices_of(tmp_path, "convnet", "rgroup-rotation")
    with Console(file=(tmp_path / "log").open("w"), width=40) as console:
        run_grid(replace(tiny, models=("persistence",), tuned=tuned), tmp_path, machine, console)
    assert "no row" not in (tmp_path / "log").read_text(), "persistence learns nothing"
    line = f"no row in {tuned}, trained as the preset says: equiv-rotation (rotation-buoyancy)"
    assert untuned(replace(tiny, tuned=tuned).runs(), tuned) == line
    assert untuned(tiny.runs(), None) == ""


def test_choices_for_a_model_that_does_not_exist_are_refused(tiny, tmp_path):
    with pytest.raises(ValueError, match=r"expected names of models in .*choices\.csv, got convent$"):
        replace(tiny, tuned=choices_of(tmp_path, "convnet", "convent")).runs()


@pytest.mark.parametrize("content", ["", "model,epochs\nconvnet,3\n", ",".join(CHOICE) + "\na,b,fast,3\n"])
def test_a_file_without_choices_is_refused(tmp_path, content):
    path = tmp_path / "choices.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match="expected a table with scenario, model, learning_rate, epochs in"):
        read_choices(path)


@pytest.mark.parametrize(
    "values", [{"learning_rates": ()}, {"learning_rates": (0.1, 0.01)}, {"epochs": (2, 2)}, {"slack": 1.0}]
)
def test_a_search_without_candidates_is_refused(values):
    with pytest.raises(ValueError, match="expected"):
        Search(**values)
