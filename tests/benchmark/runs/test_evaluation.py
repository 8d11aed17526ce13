"""Scores of models whose predictions are known."""

import pytest
import torch

from symbreak.benchmark.records.configuration import Evaluation
from symbreak.benchmark.runs.evaluation import evaluate, histories
from symbreak.benchmark.runs.rollout import Rollout
from symbreak.datasets.measure import STEPS
from symbreak.models import Forecaster, Task, build

CPU = torch.device("cpu")


def rows(data, model, predicts="increment", history=1, **width):
    scale = data.increment_rms / data.velocity_rms
    task = Task(history=history, shape=(16, 16), group="C4", predicts=predicts, increment_scale=scale)
    torch.manual_seed(0)
    rollout = Rollout(build(model, task, **width), task)
    found = evaluate(rollout, data, Evaluation(steps=4, stride=1), CPU)
    return {(row.split, row.metric, row.step): row.value for row in found}


@pytest.mark.parametrize("predicts", ["increment", "frame"])
def test_persistence(data, predicts):
    """Its RMSE at step k is the rms change over k frames, its skill is 0, and it has no equivariance error."""
    found = rows(data, "persistence", predicts)
    frames = data.velocity("domain")
    for step in (1, 2, 3, 4):
        windows = frames.shape[1] - 4
        change = frames[:, step : step + windows] - frames[:, :windows]
        assert found["domain", "rmse", step] == pytest.approx(change.square().mean().sqrt().item(), rel=1e-4)
        assert found["future", "skill", step] == pytest.approx(0, abs=1e-6)
    assert not any(metric == "equivariance_error" for _, metric, _ in found)


def test_equivariance_error_of_strict_and_plain_models(data):
    """Measured over as many steps as that of the data: rounding for the strict model, more for the other."""
    strict, plain = rows(data, "equiv-rotation", width=2), rows(data, "convnet", width=4)
    for n in STEPS:
        assert strict["domain", "equivariance_error", n] < 1e-5
        assert plain["domain", "equivariance_error", n] > 0.1


def test_relaxation_of_the_weights(data):
    """0 before training, and nothing for a model whose weights do not tell."""
    key = ("weights", "relaxation", "mean")
    assert rows(data, "rgroup-rotation", width=2)[key] == pytest.approx(0, abs=1e-6)
    assert key not in rows(data, "convnet", width=4)


def test_a_model_that_explodes_has_no_value(data):
    class Exploding(Forecaster):
        def forward(self, history):
            return 1e30 * history[:, -1] ** 2

    task = Task(history=1, shape=(16, 16), group="C4")
    found = evaluate(Rollout(Exploding(task), task), data, Evaluation(steps=4, stride=4), CPU)
    assert [row.value for row in found if row.metric == "rmse" and row.step == "mean"] == [None, None]


def test_a_model_that_becomes_nan_keeps_its_other_numbers(data):
    class Bursting(Forecaster):
        def forward(self, history):
            last = 1e20 * history[:, -1]
            return last**2 - last**2 + 0.1

    task = Task(history=1, shape=(16, 16), group="C4", increment_scale=0.1)
    found = evaluate(Rollout(Bursting(task), task), data, Evaluation(steps=4, stride=4), CPU)
    errors = {row.step: row.value for row in found if row.metric == "equivariance_error"}
    assert errors[20] is None
    assert len([row for row in found if row.metric == "rmse"]) == 2 * 5


def test_dropout_is_off(data):
    class Dropping(Forecaster):
        def forward(self, history):
            return torch.nn.functional.dropout(history[:, -1], 0.5, self.training)

    task = Task(history=1, shape=(16, 16), group="C4", increment_scale=0.1)
    rollout = Rollout(Dropping(task), task).train()
    first, second = (evaluate(rollout, data, Evaluation(steps=4, stride=4), CPU) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("length", [1, 2])
def test_states_are_those_of_the_data_error(data, length):
    """Histories end at the frames from which the data are measured (0 in this short set), or where they first fit."""
    (history,) = histories(data, length)
    assert torch.equal(history, data.velocity("domain")[:, :length])
