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

SEARCH = Search(learning_rates=(1e-5, 1e-2), epochs=(1, 2), seeds=(100,), slack=0.0)
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


def searched(rows, **columns) -> pd.DataFrame:
    """Makes up what was found: model, learning rate, epochs and error, in one run each."""
    rows = [["rotation-buoyancy", *row[:3], 1.0, 0.5, 100, row[3], 0, 1.0, "0"] for row in rows]
    return pd.DataFrame(rows, columns=SEARCHED).assign(**columns)


def test_the_choice_is_the_best_step_size_and_the_shortest_training_that_is_nearly_as_good_as_the_best():
    """a: 0.03 is best, and 0.60 at 24 epochs is within a tenth of 0.57 at 48, 0.80 at 12 is not. b: 0.01 is best at the
    shortest length, and nothing comes near 0.10 at 48."""
    chosen = choose(searched(CANDIDATES), slack=0.1)
    assert chosen.columns.tolist() == CHOICE
    assert chosen.values.tolist() == [
        ["rotation-buoyancy", "a", 0.03, 24, 1.0],
        ["rotation-buoyancy", "b", 0.01, 48, 1.0],
    ]


def test_candidates_are_compared_over_all_strengths_and_seeds():
    """Errors 1 and 4 are 2 together, less than 2.1 and 2.1; a candidate with a failed run is none."""
    rows = [["a", rate, 12, error] for rate, errors in ((0.01, (2.1, 2.1)), (0.03, (1, 4))) for error in errors]
    assert choose(searched(rows), slack=0.1).learning_rate.tolist() == [0.03]
    rows[-1][-1] = float("inf")
    assert choose(searched(rows), slack=0.1).learning_rate.tolist() == [0.01]


def test_the_factor_on_penalties_comes_last():
    """0.03 and 24 epochs were chosen at factor 1; of the factors tried with these, 10 is best."""
    better = searched([["a", 0.03, 24, error] for error in (0.5, 0.7)]).assign(relaxation=[10.0, 0.1])
    other = searched([["a", 0.01, 12, 0.1]]).assign(relaxation=10.0)
    chosen = choose(pd.concat([searched(CANDIDATES[:4]), better, other]), slack=0.1)
    assert chosen.values.tolist() == [["rotation-buoyancy", "a", 0.03, 24, 10.0]]


def test_choices_of_earlier_versions_have_no_factor(tmp_path):
    path = tmp_path / "choices.csv"
    path.write_text("scenario,model,learning_rate,epochs\nrotation-buoyancy,convnet,0.003,24\n")
    assert read_choices(path)["rotation-buoyancy", "convnet"]["relaxation"] == 1


def test_factors_are_tried_where_there_are_penalties(tiny, machine, tmp_path):
    """Two replicates of each candidate; a factor changes the training, and is what runs are then made with."""
    search = Search(learning_rates=(1e-2,), epochs=(1,), relaxations=(0.0, 100.0), strengths=(0.0, 1.0), seeds=(7, 8))
    preset = replace(tiny, models=("convnet", "rgroup-rotation"))
    tune(preset, search, tmp_path, machine, QUIET)
    table = pd.read_csv(tmp_path / "search.csv")
    tried = table.groupby("model").relaxation.unique().map(sorted).to_dict()
    assert tried == {"convnet": [1.0], "rgroup-rotation": [0.0, 1.0, 100.0]}
    assert (table.groupby(["model", "relaxation"]).size() == 2 * 2).all()
    assert table.groupby("strength").seed.unique().map(list).tolist() == [[7, 8]] * 2
    assert table[table.model == "rgroup-rotation"].valid_rmse.nunique() > 2 * 2, "a factor changes what is learned"
    tuned = replace(preset, tuned=tmp_path / "choices.csv").runs()
    best = choose(table, search.slack).set_index("model").relaxation
    assert {config.model: config.training.relaxation for config in tuned} == best.to_dict()


def test_a_model_that_never_finished_has_no_choice_and_the_others_keep_theirs():
    rows = [["a", 0.01, 12, float("inf")], ["b", 0.01, 12, 0.5]]
    assert choose(searched(rows), slack=0.1).model.tolist() == ["b"]
    assert choose(searched(rows[:1]), slack=0.1).empty


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
    table = pd.read_csv(tmp_path / "search.csv")
    assert chosen.model.tolist() == ["convnet", "equiv-rotation"] and not failed
    assert table.groupby("epochs").size().to_dict() == {1: 4, 2: 2}
    assert set(table.learning_rate) == set(SEARCH.learning_rates)
    assert "test" not in table and "domain" not in (tmp_path / "search.md").read_text()

    tuned = replace(preset, tuned=tmp_path / "choices.csv")
    lengths = {config.model: config.training.epochs for config in tuned.runs()}
    assert lengths == {"persistence": 2, **dict(zip(chosen.model, chosen.epochs, strict=True))}


def test_a_second_search_keeps_what_the_first_chose_for_other_models(tiny, machine, tmp_path):
    for model in ("equiv-rotation", "convnet", "convnet"):
        chosen, _ = tune(replace(tiny, models=(model,)), SEARCH, tmp_path, machine, QUIET)
        assert chosen.model.tolist() == [model]
    assert [model for _, model in read_choices(tmp_path / "choices.csv")] == ["convnet", "equiv-rotation"]
    table = pd.read_csv(tmp_path / "search.csv")
    assert table.groupby("model").size().to_dict() == {"convnet": 3, "equiv-rotation": 3}


def test_a_search_that_is_done_is_not_repeated(tiny, machine, tmp_path):
    preset = replace(tiny, models=("convnet",))
    first, _ = tune(preset, SEARCH, tmp_path, machine, QUIET)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").iterdir()}
    assert tune(preset, SEARCH, tmp_path, machine, QUIET)[0].equals(first)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "runs").iterdir()} == times


def test_choices_come_back_as_they_were_written(tmp_path):
    path = tmp_path / "choices.csv"
    pd.DataFrame([["rotation-buoyancy", "convnet", 0.003, 24, 0.1]], columns=CHOICE).to_csv(path, index=False)
    assert read_choices(path) == {
        ("rotation-buoyancy", "convnet"): {"learning_rate": 0.003, "epochs": 24, "relaxation": 0.1}
    }


def choices_of(tmp_path, *models) -> Path:
    rows = [["rotation-buoyancy", model, 0.003, 24, 1.0] for model in models]
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
    with pytest.raises(ValueError, match="expected a table with scenario, model, learning_rate, epochs, relaxation in"):
        read_choices(path)


@pytest.mark.parametrize(
    "values", [{"learning_rates": ()}, {"learning_rates": (0.1, 0.01)}, {"epochs": (2, 2)}, {"slack": 1.0}]
)
def test_a_search_without_candidates_is_refused(values):
    with pytest.raises(ValueError, match="expected"):
        Search(**values)
