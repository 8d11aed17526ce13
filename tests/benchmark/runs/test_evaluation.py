"""Scores of models whose predictions are known."""

import pytest
import torch

from symbreak.benchmark.records.configuration import Evaluation
from symbreak.benchmark.runs.evaluation import evaluate, histories
from symbreak.benchmark.runs.rollout import Rollout
from symbreak.benchmark.submissions.floor import SIMULATIONS
from symbreak.datasets import DataSet, generate
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


@pytest.fixture(scope="module")
def hidden(data_dir):
    return DataSet(generate(SIMULATIONS.recipe("rotation-buoyancy-onset", 1.0), data_dir))


def persistence_error(data, split, after, steps=4):
    """``||u_(t+k) - u_t|| / ||u_(t+k)||`` of each simulation, mean over ``k``, ``after`` frames after the onset."""
    frames = data.velocity(split).double()[:, data.recipe.onset + after :]
    last, target = frames[:, :1], frames[:, 1 : steps + 1]
    return ((target - last).flatten(2).norm(dim=2) / target.flatten(2).norm(dim=2)).mean(1)


def test_errors_by_element(hidden):
    """Those of the orbits' members, which stand one orbit after another."""
    task = Task(history=1, shape=hidden.recipe.shape, group="C4")
    found = evaluate(Rollout(build("persistence", task), task), hidden, Evaluation(steps=4), CPU)
    by_element = {row.split: row.value for row in found if row.split.startswith("orbit ")}
    expected = persistence_error(hidden, "orbit", 0).view(-1, 4).mean(0)
    assert list(by_element) == ["orbit 0°", "orbit 90°", "orbit 180°", "orbit 270°"]
    assert list(by_element.values()) == pytest.approx(expected.tolist(), rel=1e-4)
    assert max(by_element.values()) > 1.01 * min(by_element.values()), "walls differ"


def test_errors_since_the_onset(hidden):
    """As many as fit: these simulations end too early for ten frames."""
    task = Task(history=1, shape=hidden.recipe.shape, group="C4")
    fitting = [frames for frames in (1, 2, 3, 10) if hidden.recipe.onset + frames + 4 < hidden.recipe.frames]
    found = evaluate(Rollout(build("persistence", task), task), hidden, Evaluation(steps=4), CPU)
    since = {row.split: row.value for row in found if row.split.startswith("revealed ")}
    assert since == {
        f"revealed {frames}": pytest.approx(persistence_error(hidden, "domain", frames).mean().item(), rel=1e-4)
        for frames in fitting
    }


def test_a_model_sees_nothing_that_leads_to_the_targets(data):
    """The memory of its input holds histories alone, whichever way it is reached."""
    seen = []

    class Peeking(Forecaster):
        def forward(self, history):
            base = history if history._base is None else history._base
            seen.append((history.untyped_storage().nbytes(), base.numel()))
            return torch.zeros_like(history[:, -1])

    task = Task(history=2, shape=(16, 16), group="C4", increment_scale=0.1)
    evaluate(Rollout(Peeking(task), task), data, Evaluation(steps=4, stride=1), CPU)
    windows = data.windows("future", history=2, horizon=4)
    most = max(len(windows), len(data.windows("domain", history=2, horizon=4))) * 2 * 2 * 16 * 16
    assert max(base for _, base in seen) <= most and max(size for size, _ in seen) <= 4 * most


def test_a_model_that_spoils_its_input_changes_no_score_but_its_own(data):
    class Spoiling(Forecaster):
        def forward(self, history):
            output = torch.zeros_like(history[:, -1])
            history[:, 0] = 7.0
            return output

    task = Task(history=2, shape=(16, 16), group="C4", increment_scale=0.1, predicts="frame")
    found = evaluate(Rollout(Spoiling(task), task), data, Evaluation(steps=1, stride=1), CPU)
    (error,) = (row.value for row in found if (row.split, row.metric, row.step) == ("domain", "rmse", 1))
    assert error == pytest.approx(data.velocity("domain")[:, 2:].square().mean().sqrt().item(), rel=1e-4)


@pytest.mark.parametrize("shape", [(1, 2, 1, 1), (2, 16, 16), (1,)])
def test_an_output_of_another_shape_is_refused_by_name(data, shape):
    class Narrow(Forecaster):
        def forward(self, history):
            return history.new_zeros(shape)

    task = Task(history=1, shape=(16, 16), group="C4")
    with pytest.raises(ValueError, match=r"expected an output of shape \[\d+, 2, 16, 16\] from Narrow, got \[.*\d\]"):
        evaluate(Rollout(Narrow(task), task), data, Evaluation(steps=4), CPU)
