"""Whole runs on a GPU: the same numbers each time, in full precision, and near those of a CPU."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
import torch

from symbreak.benchmark.grids.grid import run_grid
from symbreak.benchmark.grids.presets import revealed
from symbreak.benchmark.records.records import load_run
from symbreak.benchmark.runs import training
from symbreak.benchmark.runs.execute import execute
from symbreak.benchmark.runs.machine import Machine
from symbreak.benchmark.submissions.agreement import compare
from symbreak.benchmark.submissions.repeat import repeat
from symbreak.benchmark.submissions.submission import rescore, submit
from symbreak.datasets import DataSet, generate

from .conftest import QUIET

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]
NAMES = (*revealed().models, "convnet+augment", "convnet+remul", "convnet+remul-gradnorm")
RUNS = (("first", "cuda"), ("again", "cuda"), ("on CPU", "cpu"))
STRICT = ("equiv-rotation", "equiv8-rotation")


def config_of(tiny, name):
    """A run of a model on the scenario of the tiny preset, or on the first of the study that it is made for."""
    for scenario in revealed().scenarios:
        with suppress(ValueError):
            return replace(tiny, scenarios=(scenario,), strengths=(0.5,), models=(name,)).runs()[0]
    raise AssertionError(name)


@pytest.fixture
def run(tiny, data_dir, tmp_path):
    """Runs a configuration in a new folder; the record."""

    def execute_in(folder, config, device="cuda"):
        path = generate(config.recipe, data_dir)
        record = execute(config, path, tmp_path / folder, device)
        assert record.done, record.reason
        return record

    return execute_in


@pytest.mark.parametrize("name", NAMES)
def test_same_numbers_again_and_near_those_of_the_cpu(name, tiny, run):
    config = config_of(tiny, name)
    first, again, on_cpu = (run(folder, config, device) for folder, device in RUNS)
    assert first.device == "cuda" and compare(first, again).difference == 0
    assert compare(first, on_cpu).difference < 1e-2, str(compare(first, on_cpu))


@pytest.mark.parametrize("name", STRICT)
def test_strict_models_are_strict_to_single_precision(name, tiny, run):
    rows = run("a", config_of(tiny, name)).metrics
    errors = [row.value for row in rows if "equivariance" in row.metric]
    assert errors and max(errors) < 1e-5


def test_an_interrupted_training_goes_on_to_the_same_end(tiny, run, monkeypatch):
    config = config_of(tiny, "rgroup-rotation")
    whole, record = run("whole", config), training.TrainingState.record

    def interrupt(state, *numbers):
        record(state, *numbers)
        if len(state.curves.train_loss) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(training.TrainingState, "record", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run("parts", config)
    monkeypatch.undo()
    assert compare(whole, run("parts", config)).difference == 0


def test_grid_repeat_and_rescore(tiny, data_dir, tmp_path):
    """Two processes on one GPU; a record says on what it was run; a CPU finds the scores of a GPU."""
    out, tiny = tmp_path / "results", replace(tiny, strengths=(1.0,))
    run_grid(tiny, out, Machine(workers=2, device="auto", data_dir=data_dir), QUIET)
    paths = sorted((out / "runs").glob("*.json"))
    assert len(paths) == 4 and {json.loads(path.read_text())["device"] for path in paths} == {"cuda"}
    for path in paths:
        again = repeat(path, tmp_path / "again", Machine(workers=1, data_dir=data_dir), QUIET)
        assert again.device == "cuda" and compare(load_run(path), again).difference == 0
    submit(out, list(tiny.models), tmp_path / "archive.tar.gz")
    for device in ("cpu", "cuda"):
        machine = Machine(workers=1, device=device, data_dir=data_dir)
        verdicts = list(rescore(tmp_path / "archive.tar.gz", machine, QUIET))
        assert len(verdicts) == 4 and all(verdict.holds(1e-3) for verdict in verdicts), verdicts


def test_files_do_not_depend_on_the_number_of_workers(tiny, tmp_path):
    recipe = tiny.simulations.recipe("rotation-buoyancy", 0.5)
    recipe = replace(recipe, train=9)
    one, two = (generate(recipe, tmp_path / name, workers=n, device="cuda") for name, n in (("one", 1), ("two", 2)))
    for split in ("train", "domain"):
        assert torch.equal(DataSet(one).velocity(split), DataSet(two).velocity(split))
