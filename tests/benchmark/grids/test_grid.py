"""A grid of runs: what it leaves behind, and what happens when something goes wrong on the way."""

import json
import shutil
import sys
from contextlib import nullcontext
from dataclasses import replace

import pandas as pd
import pytest
import torch
from rich.console import Console

from symbreak.benchmark.aggregation.long_table import COLUMNS, load_results, select
from symbreak.benchmark.aggregation.scores import gains, scores
from symbreak.benchmark.analysis.leaderboard import error_texts
from symbreak.benchmark.figures.folder import plot_folder
from symbreak.benchmark.grids import grid
from symbreak.benchmark.grids.grid import run_grid, set_aside_superseded
from symbreak.benchmark.grids.presets import PRESETS
from symbreak.benchmark.records.records import DataErrors, load_rollout, load_run, load_runs, save_run
from symbreak.benchmark.runs import execute as run
from symbreak.benchmark.runs import reproduced
from symbreak.benchmark.runs.execute import execute, identity
from symbreak.benchmark.runs.fingerprint import code_digest
from symbreak.benchmark.runs.memory import forget_peak, peak_memory
from symbreak.benchmark.runs.training import Curves, TrainingState
from symbreak.benchmark.tables.leaderboard import write_leaderboard

from ..conftest import QUIET

MINE = """
import torch
from symbreak.models import Forecaster, register

@register("mine", family="unconstrained")
class Mine(Forecaster):
    def __init__(self, task):
        super().__init__(task)
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, history):
        return history[:, -1] * self.weight * {factor}
"""
BROKEN_MODEL = """
import torch
from symbreak.models import Forecaster, register

@register("raises", family="unconstrained")
class Raises(Forecaster):
    def __init__(self, task, *, width=4):
        super().__init__(task)
        self.weight = torch.nn.Parameter(torch.ones(width))

    def forward(self, history):
        raise RuntimeError("out of ideas [/at] least")

@register("nan", family="unconstrained")
class NaN(Raises):
    def forward(self, history):
        return history[:, -1] * self.weight.sum() * float("nan")
"""
GREEDY_MODELS = """
import os, resource, signal
import torch
from symbreak.models import Forecaster, register

class Greedy(Forecaster):
    def __init__(self, task, *, width=4):
        super().__init__(task)
        self.weight = torch.nn.Parameter(torch.ones(width))
        self.calls = 0

    def forward(self, history):
        self.calls += 1
        if self.calls > 40:
            self.take()
        return history[:, -1] * self.weight.mean()

@register("raises-memory-error", family="unconstrained")
class RaisesMemoryError(Greedy):
    def take(self):
        raise MemoryError("cannot allocate 1 TiB")

@register("hits-the-limit", family="unconstrained")
class HitsTheLimit(Greedy):
    def take(self):
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 2**28, resource.getrlimit(resource.RLIMIT_AS)[1]))
        try:
            torch.ones(2**28)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

@register("is-killed", family="unconstrained")
class IsKilled(Greedy):
    def take(self):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def metrics(table):
    return table.drop(columns=["train_seconds"])


def test_long_table(results_folder, tiny, tmp_path):
    table = load_results(results_folder)
    assert tuple(table.columns[: len(COLUMNS)]) == COLUMNS
    assert set(table.model) == set(tiny.models) and set(table.strength) == {0.0, 1.0}
    strict = table[(table.model == "equiv-rotation") & (table.metric == "equivariance_error")]
    assert (strict.value < 1e-5).all(), "strict models stay equivariant when they are trained"
    assert table[table.strength == 0].data_error.max() < 1e-5 < 0.3 < table[table.strength == 1].data_error.min()
    write_leaderboard(results_folder, tmp_path)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "results.csv", dtype={"step": str}), table)


def test_each_run_is_recorded_with_all_it_depends_on(results_folder, tiny):
    for record in load_runs(results_folder):
        assert record.config.training.epochs == 2 and torch.__version__.startswith(record.versions["torch"])
        assert record.model == "persistence" or abs(record.n_parameters - tiny.budget) < 250
        assert record.model == "persistence" or len(record.curves.train_loss) == 2


def test_nothing_is_done_twice(results_folder, tiny, machine):
    before = {path: path.stat().st_mtime_ns for path in results_folder.rglob("*.json")}
    assert run_grid(tiny, results_folder, machine, QUIET) == []
    assert {path: path.stat().st_mtime_ns for path in results_folder.rglob("*.json")} == before


def test_runs_of_other_code_are_named_and_kept(results_folder, tiny, machine, monkeypatch):
    """As if ``rgroup-rotation`` had been edited since; two models at two strengths are none of its business."""
    said = Console(record=True, width=200)
    edited = {"rgroup-rotation": "0123456789ab"}
    monkeypatch.setattr(reproduced, "code_digest", lambda model: edited.get(model) or code_digest(model))
    assert run_grid(tiny, results_folder, machine, said) == []
    assert "other code than this; repeat with --overwrite: rgroup-rotation\n" in said.export_text()


def test_interrupted_and_repeated_gives_the_same_table(results_folder, tiny, machine, tmp_path, monkeypatch):
    """The grid is stopped in its fourth run, and one finished record is damaged before it is repeated."""
    count = 0

    def interrupted(*args, **options):
        nonlocal count
        count += 1
        if count == 4:
            raise KeyboardInterrupt
        return execute(*args, **options)

    monkeypatch.setattr(grid, "execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_grid(tiny, tmp_path, machine, QUIET)
    monkeypatch.setattr(grid, "execute", execute)
    finished = sorted((tmp_path / "runs").glob("*.json"))
    assert len(finished) == 3
    finished[0].write_text(finished[0].read_text()[:100])
    assert len(run_grid(tiny, tmp_path, machine, QUIET)) == 8 - 2
    ours, theirs = load_results(tmp_path), load_results(results_folder)
    pd.testing.assert_frame_equal(metrics(ours), metrics(theirs), check_exact=True)


def test_an_interrupted_repetition_goes_on_without_overwrite(results_folder, tiny, machine, tmp_path, monkeypatch):
    """Two runs are to be repeated, the second of which is interrupted: what was there before does not pass for done."""
    some = replace(tiny, models=("persistence",))
    shutil.copytree(results_folder / "runs", tmp_path / "runs")
    steps = iter([execute, interrupt])
    monkeypatch.setattr(grid, "execute", lambda *args: next(steps)(*args))
    with pytest.raises(KeyboardInterrupt):
        run_grid(some, tmp_path, machine, QUIET, overwrite=True)
    monkeypatch.setattr(grid, "execute", execute)
    assert len(run_grid(some, tmp_path, machine, QUIET)) == 1
    assert len(list((tmp_path / "runs" / "superseded").glob("*.json"))) == 2
    assert len(load_runs(tmp_path)) == 8


def interrupt(*args):
    raise KeyboardInterrupt


def test_two_workers_give_the_same_table(results_folder, tiny, machine, tmp_path):
    some = replace(tiny, models=("convnet", "rgroup-rotation"))
    run_grid(some, tmp_path, replace(machine, workers=2), QUIET)
    ours, theirs = load_results(tmp_path), load_results(results_folder)
    theirs = theirs[theirs.model.isin(some.models)].reset_index(drop=True)
    pd.testing.assert_frame_equal(metrics(ours), metrics(theirs), check_exact=True)


def test_a_failing_model_leaves_the_others_alone(tiny, machine, tmp_path):
    model_file = tmp_path / "broken.py"
    model_file.write_text(BROKEN_MODEL)
    some = replace(tiny, models=("convnet",), strengths=(1.0,))
    with Console(file=(tmp_path / "log").open("w"), width=200) as console:
        records = {record.model: record for record in run_grid(some, tmp_path, machine, console, model_file)}
    line = "failed: raises on rotation-buoyancy at 1, history 1, seed 0: RuntimeError: out of ideas [/at] least"
    assert line in (tmp_path / "log").read_text()
    assert records["convnet"].status == "done"
    assert records["raises"].reason.startswith("RuntimeError: out of ideas [/at] least (broken.py, line ")
    assert "expected a finite loss, got nan in epoch 1" in records["nan"].reason
    table = load_results(tmp_path)
    assert set(table.model) == {"convnet", "nan", "raises"}, "a model that failed in training counts"
    assert table[table.model == "nan"].value.isna().all()
    assert scores(gains(table))["mean"].to_dict() == {"convnet": 1.0, "nan": 0.0, "raises": 0.0}
    write_leaderboard(tmp_path)
    plot_folder(tmp_path, tmp_path / "figures")
    assert error_texts(select(table, "nrmse")).loc["nan"].item() == "diverged"
    assert len(run_grid(some, tmp_path, machine, QUIET, model_file)) == 2, "what failed is tried again"


@pytest.mark.slow
def test_running_out_of_memory_is_reported_and_leaves_the_others_alone(tiny, machine, tmp_path):
    """In the middle of a training: an exception, a refused allocation, and the kernel's signal, which takes the pool of
    workers with it. All keep their checkpoints."""
    model_file = tmp_path / "greedy.py"
    model_file.write_text(GREEDY_MODELS)
    training = replace(tiny.training, epochs=12)
    some = replace(tiny, models=("convnet", "equiv-rotation"), strengths=(1.0,), training=training)
    found = run_grid(some, tmp_path, replace(machine, workers=2), QUIET, model_file)
    records = {record.model: record for record in found}
    assert records["convnet"].status == records["equiv-rotation"].status == "done"
    assert records["raises-memory-error"].reason.startswith("MemoryError: cannot allocate 1 TiB (greedy.py, line ")
    assert "memory" in records["hits-the-limit"].reason
    assert records["is-killed"].reason == "the process was lost: killed, or out of memory"
    assert set(load_results(tmp_path).model) == {"convnet", "equiv-rotation"}
    left = {path.name.split(".")[0] for path in tmp_path.rglob("*.checkpoint")}
    assert left == {record.hash for record in found if record.status == "failed"}


@pytest.mark.parametrize("error, left", [(TypeError, 0), (MemoryError, 1), (OSError, 1), (KeyboardInterrupt, 1)])
def test_a_failed_run_leaves_no_checkpoint_an_interrupted_one_does(error, left, tiny, data, tmp_path, monkeypatch):
    """Nor does the machine take it, when memory or disk do not suffice. All stop in the second epoch, after the
    checkpoint of the first; repeated with other code, a run starts afresh, and its checkpoints go with its end."""

    def stop(state, *args, record=TrainingState.record):
        record(state, *args)
        if len(state.curves.train_loss) == 2:
            raise error("enough")

    config = replace(tiny, models=("convnet",), strengths=(1.0,)).runs()[0]
    with monkeypatch.context() as patch:
        patch.setattr(TrainingState, "record", stop)
        with pytest.raises(KeyboardInterrupt) if error is KeyboardInterrupt else nullcontext():
            assert f"{error.__name__}: enough" in execute(config, data.path, tmp_path).reason
    assert len(list(tmp_path.rglob("*.checkpoint"))) == left
    loaded = []
    monkeypatch.setattr(TrainingState, "load", lambda state, path: loaded.append(path))
    monkeypatch.setattr(run, "code_digest", lambda model: "other")
    assert execute(config, data.path, tmp_path).done
    assert not loaded and not list(tmp_path.rglob("*.checkpoint"))


@pytest.mark.skipif(sys.platform != "linux", reason="the system cannot forget")
def test_peak_memory_is_that_of_the_run():
    """A worker executes many runs: what an earlier one took does not count."""
    held = torch.zeros(2**26)
    before = peak_memory(torch.device("cpu"))
    del held
    forget_peak(torch.device("cpu"))
    assert peak_memory(torch.device("cpu")) < before - 2**27


def test_runs_of_an_edited_model_file_are_set_aside(tiny, machine, tmp_path):
    """The table holds one run per model, setting, strength and seed; what it replaces is kept."""
    model_file = tmp_path / "mine.py"
    some = replace(tiny, models=("mine",), strengths=(1.0,))
    records = []
    for factor in (1.0, 2.0):
        model_file.write_text(MINE.format(factor=factor))
        records += run_grid(some, tmp_path, machine, QUIET, model_file)
    before, after = (record.hash for record in records)
    assert [record.hash for record in load_runs(tmp_path)] == [after] != [before]
    kept = {path.suffix for path in (tmp_path / "runs" / "superseded").glob(f"{before}.*")}
    assert kept == {".json", ".pt", ".npz"}


def test_another_configuration_of_the_same_runs_is_refused(tiny, machine, tmp_path):
    """In one table both would be one model; nothing is moved and nothing is computed."""
    some = replace(tiny, models=("convnet",), strengths=(1.0,))
    (before,) = run_grid(some, tmp_path, machine, QUIET)
    edited = replace(some, budget=600, training=replace(some.training, learning_rate=1e-3))
    for other in (edited, replace(edited, seeds=(7,)), replace(edited, strengths=(0.0,))):
        with pytest.raises(
            ValueError, match=r"differs from the grid's in budget, training\.learning_rate: name another"
        ):
            run_grid(other, tmp_path, machine, QUIET)
    with pytest.raises(ValueError, match=r"of convnet differs from the grid's in budget: name another"):
        run_grid(replace(edited, models=("equiv-rotation",)), tmp_path, machine, QUIET)
    assert [record.hash for record in load_runs(tmp_path)] == [before.hash]


def test_a_diverged_run_is_a_result_and_one_that_failed_is_none(tiny, data, tmp_path):
    """A model cannot be saved from its score of 0 by a smaller learning rate of its own; what failed is set aside."""
    (config,) = replace(tiny, models=("convnet",), strengths=(1.0,)).runs()
    record = replace(identity(config), reason="no", diverged=True, family="unconstrained", n_parameters=1)
    record = replace(record, data=DataErrors(hash=config.recipe.hash, equivariance_error={"10": 0.5}))
    save_run(tmp_path, record, {}, {})
    smaller = replace(config, training=replace(config.training, learning_rate=1e-4))
    with pytest.raises(ValueError, match=r"differs from the grid's in training\.learning_rate"):
        set_aside_superseded([smaller], tmp_path)
    save_run(tmp_path, replace(record, diverged=False), {}, {})
    assert set_aside_superseded([smaller], tmp_path) == 1


READ = [
    *(("model",), ("data",), ("family",), ("data", "equivariance_error", "10"), ("config", "history")),
    *(("config", "recipe", "train"), ("curves", "best_epoch"), ("metrics", 0, "split"), ("metrics", 0, "step")),
]


def without(record, *keys):
    """A copy that lacks one entry."""
    part = record = json.loads(json.dumps(record))
    for key in keys[:-1]:
        part = part[key]
    del part[keys[-1]]
    return record


def test_damaged_record_is_named(results_folder, tmp_path):
    path = tmp_path / "0123456789abcdef.json"
    path.write_text("{")
    with pytest.raises(ValueError, match=r"expected a run record in .*0123456789abcdef\.json"):
        load_run(path)
    whole = load_runs(results_folder)[0]
    path = tmp_path / f"{whole.hash}.json"
    path.write_text(json.dumps(whole.as_json()))
    assert load_run(path) == whole
    for keys in READ:
        path.write_text(json.dumps(without(whole.as_json(), *keys)))
        with pytest.raises(ValueError, match=rf"{path.name}, got other content: expected .*{keys[-1]}"):
            load_run(path)
    path.write_text(json.dumps(whole.as_json() | {"hash": "other"}))
    with pytest.raises(ValueError, match=f"expected a run record of {path.stem} in .*, got that of 'other'"):
        load_run(path)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_grids_of_distinct_runs(name):
    hashes = [config.hash for config in PRESETS[name]().runs()]
    assert len(set(hashes)) == len(hashes) > 0


def test_preset_refuses_models_of_another_symmetry(tiny):
    with pytest.raises(ValueError, match="expected models for rotation-buoyancy, got equiv-reflection"):
        replace(tiny, models=("equiv-reflection",)).runs()
    with pytest.raises(
        ValueError, match=r"expected one of the methods augment, remul, remul-gradnorm after the \+, got 'magic'"
    ):
        replace(tiny, models=("convnet+magic",)).runs()


def test_validation_simulations_choose_the_weights(data, tiny, tmp_path, monkeypatch):
    """The windows that training sees are those of the training and of the validation simulations, in this order, and
    the seeds of the initialisation and of the shuffling differ."""
    seen = {}

    def spy(rollout, *, train_windows, valid_windows, seed, **rest):
        seen.update(train=train_windows.frames, valid=valid_windows.frames, seed=seed)
        return Curves()

    monkeypatch.setattr(run, "train", spy)
    config = replace(tiny, models=("convnet",), strengths=(1.0,)).runs()[0]
    execute(config, data.path, tmp_path)
    assert torch.equal(seen["train"], data.velocity("train")) and torch.equal(seen["valid"], data.velocity("valid"))
    assert seen["seed"] == run.seeds(config.seed)[1] and len(set(run.seeds(config.seed))) == 3


def test_damaged_files_of_runs_are_named(results_folder, tmp_path):
    copy = shutil.copytree(results_folder, tmp_path / "copy")
    record = next((copy / "runs").glob("*.json"))
    whole = json.loads(record.read_text())
    for content in (
        {key: value for key, value in whole.items() if key != "metrics"},
        whole | {"metrics": [{"value": "x"}]},
    ):
        record.write_text(json.dumps(content))
        with pytest.raises(ValueError, match=rf"expected a run record in .*{record.name}, got other content: expected"):
            load_runs(copy)
    rollout = next((copy / "runs").glob("*.npz"))
    rollout.write_bytes(rollout.read_bytes()[:200])
    with pytest.raises(ValueError, match=f"expected a stored rollout in .*{rollout.name}"):
        load_rollout(copy, rollout.stem)
