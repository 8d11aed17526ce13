"""Whichever way a model fails, the record of its run says so, and counts if it was being trained or scored."""

import os
import re
from dataclasses import replace

import pytest
import torch

from symbreak.benchmark.grids.grid import run_grid
from symbreak.benchmark.grids.warnings import off_budget, slow_widths
from symbreak.benchmark.records.records import load_run
from symbreak.benchmark.runs import metrics
from symbreak.benchmark.runs.execute import execute
from symbreak.datasets import DataError
from symbreak.models import Forecaster, register
from symbreak.models.registry import MODELS

from ..conftest import QUIET


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no text")


def mine(forward, construct=lambda: None):
    """Registers a model whose ``forward`` gets the module and what an honest one would return."""

    @register("mine", family="unconstrained")
    class Mine(Forecaster):
        def __init__(self, task):
            super().__init__(task)
            self.weight = torch.nn.Parameter(torch.ones(1))
            construct()

        def forward(self, history):
            return forward(self, self.weight * history[:, -1])


def raised(error):
    def forward(*_):
        raise error

    return forward


def when_scored(self, out):
    if not self.training and not torch.is_grad_enabled() and out.shape[0] != 1:
        raise ValueError("expected no NaN, got some")
    return out * float("nan") if not self.training else out


@pytest.fixture
def run(tiny, data, tmp_path):
    """Executes a run of the registered model, and reads its record from the folder."""
    config = replace(tiny, models=("mine",), strengths=(1.0,))

    def record():
        (each,) = config.runs()
        execute(each, data.path, tmp_path)
        return load_run(tmp_path / "runs" / f"{each.hash}.json")

    return record


COUNTS = {
    "ValueError": (raised(ValueError("why")), r"ValueError: why \(test_failures\.py, line \d+\)"),
    "sys.exit": (raised(SystemExit(0)), r"Ended: SystemExit: 0 \(test_failures\.py, line \d+\)"),
    "GeneratorExit": (raised(GeneratorExit()), r"Ended: GeneratorExit: \(test_failures\.py"),
    "os._exit": (lambda *_: os._exit(0), r"Ended: os\._exit\(0\) \("),
    "no text": (raised(Unprintable()), r"Unprintable: no message, because its text ended in RuntimeError"),
    "surrogate": (raised(ValueError("\ud800")), r"ValueError: \\ud800"),
    "long": (raised(ValueError("x" * 10**6)), r"ValueError: x{280,300}\.\.\. \(test_failures"),
    "NaN": (lambda _, out: out * float("nan"), "Diverged: expected a finite loss, got nan"),
    "check for NaN": (when_scored, "expected no NaN, got some"),
    "another shape": (lambda _, out: out.mean(), r"expected an output of shape .* from Mine, got \[\]"),
    "meta": (lambda _, out: out.to("meta"), "RuntimeError|NotImplementedError"),
}


@pytest.mark.parametrize("forward, said", COUNTS.values(), ids=COUNTS)
def test_a_model_that_fails_counts_as_one_that_diverged(run, forward, said):
    """Else a model could raise an error where it would predict NaN, and score better for it."""
    mine(forward)
    record = run()
    assert record.status == "failed" and record.diverged and record.counts and record.rows
    assert all(row.value is None for row in record.rows)
    assert re.search(said, record.reason), record.reason


@pytest.mark.parametrize(
    "error, said",
    [(SystemExit(0), "Ended: SystemExit: 0"), (ValueError("no"), "ValueError: no"), (GeneratorExit(), "Ended: Gener")],
)
def test_a_model_that_cannot_be_built_does_not_count(run, error, said):
    mine(lambda _, out: out, construct=raised(error))
    record = run()
    assert record.status == "failed" and not record.counts and said in record.reason


@pytest.mark.parametrize("error", [MemoryError(), DataError("cut"), RuntimeError("DefaultCPUAllocator: not enough")])
def test_what_the_machine_lacks_does_not_count(run, error):
    mine(raised(error))
    record = run()
    assert record.status == "failed" and not record.counts


def test_ctrl_c_is_not_recorded(run):
    mine(raised(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run()


@pytest.mark.parametrize("error", [SystemExit(0), GeneratorExit(), Unprintable()])
def test_warnings_before_a_grid_survive_its_models(tiny, error):
    mine(raised(error), construct=raised(error))
    configs = replace(tiny, models=("mine",)).runs()
    assert (off_budget(configs), slow_widths(configs)) == ("", "")


def test_an_informed_model_is_refused_with_a_method(tiny):
    onset = {"first_frame": 15, "train_frames": 27, "future_frames": 10, "resolution": 16}
    preset = replace(
        tiny,
        scenarios=("rotation-buoyancy-onset",),
        models=("oracle-rotation+augment",),
        simulations=replace(tiny.simulations, **onset),
        evaluation=replace(tiny.evaluation, steps=3),
    )
    with pytest.raises(ValueError, match=r"expected oracle-rotation without a method, .* got oracle-rotation\+augment"):
        preset.runs()


def test_a_model_file_that_patches_the_evaluation_changes_no_row_but_its_own(tiny, machine, tmp_path, monkeypatch):
    """Also with one worker: the models of symbreak run in processes that have not loaded it."""
    model_file = tmp_path / "patching.py"
    model_file.write_text(PATCHING)
    preset = replace(tiny, models=("persistence",), strengths=(1.0,))
    (expected,) = run_grid(preset, tmp_path / "clean", machine, QUIET)
    monkeypatch.setattr(metrics, "square_error", metrics.square_error)
    try:
        records = {each.model: each for each in run_grid(preset, tmp_path / "out", machine, QUIET, model_file)}
    finally:
        MODELS.pop("patching", None)
    assert records["persistence"].metrics == expected.metrics
    assert {row.value for row in records["patching"].rows if row.metric == "rmse"} == {0.0}


PATCHING = """
import torch
from symbreak.models import Forecaster, register
from symbreak.benchmark.runs import metrics

metrics.square_error = lambda prediction, target: torch.zeros(prediction.shape[:2])

@register("patching", family="unconstrained")
class Patching(Forecaster):
    def forward(self, history):
        return torch.ones_like(history[:, -1])
"""
