"""Training: batches, best weights, interruption, divergence."""

import copy

import pytest
import torch

from symbreak.benchmark.analysis.trained import CONVERGENCE, convergence
from symbreak.benchmark.methods import METHODS, Plain
from symbreak.benchmark.methods.remul import equivariance_loss
from symbreak.benchmark.records.configuration import Training
from symbreak.benchmark.runs import training
from symbreak.benchmark.runs.rollout import Rollout
from symbreak.benchmark.runs.training import Diverged, TrainingState, shuffled_batches, train
from symbreak.benchmark.tables.markup import markdown
from symbreak.models import Forecaster, Task, build, count_parameters
from symbreak.symmetry import nontrivial_elements

from ..made_up import failed, made_up

CONFIG = Training(epochs=3, epoch_steps=2, batch=2, rollout=2)


@pytest.fixture
def rollout(data):
    torch.manual_seed(0)
    scale = data.increment_rms / data.velocity_rms
    task = Task(history=1, shape=(16, 16), group="C4", increment_scale=scale)
    return Rollout(build("convnet", task, width=4), task)


def fit(rollout, data, config=CONFIG, method=None, checkpoint=None):
    return train(
        rollout,
        train_windows=data.windows("train", history=1, horizon=config.rollout),
        valid_windows=data.windows("valid", history=1, horizon=config.rollout),
        scale=data.velocity_rms,
        config=config,
        seed=0,
        method=method or Plain(),
        elements=nontrivial_elements("C4", (16, 16)),
        checkpoint=checkpoint,
    )


def weights(rollout):
    return copy.deepcopy(rollout.state_dict())


def assert_same(ours, theirs):
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_each_index_once_around():
    batches = shuffled_batches(6, 4, torch.Generator().manual_seed(0))
    drawn = torch.cat([next(batches) for _ in range(3)])
    assert sorted(drawn[:6].tolist()) == sorted(drawn[6:].tolist()) == list(range(6))
    assert drawn[:6].tolist() != drawn[6:].tolist()


def test_training_lowers_the_error(rollout, data):
    curves = fit(rollout, data, Training(epochs=6, epoch_steps=20, batch=4, rollout=2, learning_rate=1e-2))
    assert curves.train_loss[-1] < 0.7 * curves.train_loss[0]


def test_the_same_seed_gives_the_same_weights(rollout, data):
    twin = copy.deepcopy(rollout)
    assert fit(rollout, data).train_loss == fit(twin, data).train_loss
    assert_same(weights(rollout), weights(twin))


def test_best_weights_are_a_copy_and_come_back(rollout, data, monkeypatch):
    """Validation says 1, 2, 3: the weights after the first epoch are kept, whatever training does to the live ones."""
    errors = iter([1.0, 2.0, 3.0])
    after = []

    def validation_error(rollout, windows, scale):
        after.append(weights(rollout))
        return next(errors)

    monkeypatch.setattr(training, "_validation_error", validation_error)
    curves = fit(rollout, data)
    assert curves.best_epoch == 0
    assert_same(weights(rollout), after[0])
    assert any(not torch.equal(after[0][name], after[2][name]) for name in after[0])


def test_patience_stops_training(rollout, data, monkeypatch):
    errors = iter([2.0, 1.0, 3.0, 3.0, 3.0])
    monkeypatch.setattr(training, "_validation_error", lambda *_: next(errors))
    curves = fit(rollout, data, Training(epochs=9, epoch_steps=1, batch=1, rollout=1, patience=2))
    assert curves.valid_rmse == [2.0, 1.0, 3.0, 3.0]


@pytest.mark.parametrize("name", METHODS)
def test_interrupted_training_ends_as_if_it_had_not_been(name, rollout, data, tmp_path, monkeypatch):
    """Methods draw random numbers while training, and some learn weights: these too go on where they stopped."""
    twin, checkpoint, record = copy.deepcopy(rollout), tmp_path / "checkpoint", TrainingState.record
    torch.manual_seed(1)
    uninterrupted = fit(rollout, data, method=METHODS[name]())

    def interrupt(state, *args):
        if len(state.curves.train_loss) == 1:
            raise KeyboardInterrupt
        record(state, *args)

    torch.manual_seed(1)
    monkeypatch.setattr(TrainingState, "record", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fit(copy.deepcopy(twin), data, method=METHODS[name](), checkpoint=checkpoint)
    monkeypatch.setattr(TrainingState, "record", record)
    torch.manual_seed(2)
    resumed = fit(twin, data, method=METHODS[name](), checkpoint=checkpoint)
    assert resumed.train_loss == uninterrupted.train_loss
    assert_same(weights(twin), weights(rollout))
    assert not checkpoint.exists()


DAMAGES = {
    "cut": lambda whole: whole[:-1],
    "empty": lambda whole: b"",
    "flipped": lambda whole: whole[:900] + bytes([whole[900] ^ 1]) + whole[901:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_checkpoint_is_not_continued(rollout, data, tmp_path, monkeypatch, damage):
    """Its training starts afresh and says so: zip archives of torch are read without a look at their checksums."""
    twin, checkpoint = copy.deepcopy(rollout), tmp_path / "run.checkpoint"
    uninterrupted = fit(rollout, data)
    record = TrainingState.record

    def interrupt(state, *args):
        if len(state.curves.train_loss) == 1:
            raise KeyboardInterrupt
        record(state, *args)

    monkeypatch.setattr(TrainingState, "record", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fit(copy.deepcopy(twin), data, checkpoint=checkpoint)
    monkeypatch.setattr(TrainingState, "record", record)
    checkpoint.write_bytes(damage(checkpoint.read_bytes()))
    with pytest.warns(UserWarning, match="run.checkpoint, got a damaged one: starting afresh"):
        assert fit(twin, data, checkpoint=checkpoint).train_loss == uninterrupted.train_loss
    assert_same(weights(twin), weights(rollout))


def test_nan_says_where(rollout, data):
    with torch.no_grad():
        next(rollout.parameters()).fill_(torch.nan)
    with pytest.raises(Diverged, match="expected a finite loss, got nan in epoch 1"):
        fit(rollout, data)


def test_augmentation_moves_whole_windows(data):
    """Every window of the batch comes back as one of its four turned versions."""
    elements = nontrivial_elements("C4", (16, 16))
    windows = data.windows("train", history=1, horizon=2).batch(torch.arange(8))
    moved = METHODS["augment"]().windows(windows, elements)
    versions = torch.stack([windows, *(element.vector(windows) for element in elements)])
    matches = (versions == moved).flatten(2).all(2)
    assert (matches.sum(0) == 1).all() and matches.any(1).sum() > 1


def test_remul_penalty_vanishes_for_a_strict_model_only():
    task = Task(history=1, shape=(16, 16), group="C4")
    history, elements = torch.randn(2, 1, 2, 16, 16), nontrivial_elements("C4", (16, 16))
    strict, plain = (build(name, task, width=2) for name in ("equiv-rotation", "convnet"))
    assert equivariance_loss(strict, history, elements) < 1e-10
    assert equivariance_loss(plain, history, elements) > 1e-4


def test_step_size():
    """A cosine from 1 to 0 over 4 x 10 steps; or a tenth after each epoch of 10 steps."""
    cosine = Training(epochs=4, epoch_steps=10)
    assert [cosine.step_size(step) for step in (0, 20, 40)] == pytest.approx([1, 0.5, 0])
    decay = Training(epochs=4, epoch_steps=10, decay=0.1)
    assert [decay.step_size(step) for step in (0, 9, 10, 39)] == pytest.approx([1, 1, 0.1, 1e-3])


class Constant(Forecaster):
    """Always predicts its one parameter, and asks for a penalty of 7."""

    def __init__(self, task):
        super().__init__(task)
        self.value = torch.nn.Parameter(torch.tensor(3.0))

    def forward(self, history):
        return self.value.expand(len(history), 2, *self.task.shape)

    def relaxation_penalty(self):
        return 7.0 + 0.0 * self.value


def test_loss_by_hand():
    """One frame of zeros in, two frames of zeros to predict, increments of 3 in units of s = 1/2: predictions 1.5 and
    3, mean square (2.25 + 9) / 2 = 5.625, over s^2 = 22.5, and half of the penalty of 7."""
    task = Task(history=1, shape=(5, 7), group="mirror", increment_scale=0.5)
    windows = torch.zeros(2, 3, 2, 5, 7)
    loss = training._loss(Rollout(Constant(task), task), Plain(), (), 0.5, windows, None)
    assert loss.item() == pytest.approx(22.5 + 3.5)


class Weighted(Forecaster):
    """Adds up its input frames with weights 1, 10, 100, oldest first."""

    def forward(self, history):
        return (history * torch.tensor([1.0, 10.0, 100.0])[:, None, None, None]).sum(1)


@pytest.mark.parametrize("predicts, expected", [("frame", [321.0, 32132.0]), ("increment", [3 + 0.5 * 321.0, None])])
def test_rollout_by_hand(predicts, expected):
    """From frames 1, 2, 3: the next is 1 + 20 + 300 = 321, then 2 + 30 + 32100 = 32132. As an increment of scale 1/2:
    3 + 321 / 2."""
    task = Task(history=3, shape=(5, 7), group="mirror", predicts=predicts, increment_scale=0.5)
    history = torch.arange(1.0, 4.0)[None, :, None, None, None].expand(1, 3, 2, 5, 7)
    frames = Rollout(Weighted(task), task)(history, 2)
    assert frames[0, 0].unique().tolist() == [expected[0]]
    if expected[1] is not None:
        assert frames[0, 1].unique().tolist() == [expected[1]]


def test_what_the_last_quarter_gained():
    """Best of six epochs out of eight 0.3, of all 0.25: a fifth more; the other seed had settled."""
    curves = [[1.0, 0.4, 0.3, 0.5, 0.5, 0.5, 0.25, 0.4], [1.0, 0.2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]]
    records = [
        made_up(model="a", curves={"train_loss": [], "valid_rmse": errors, "best_epoch": errors.index(min(errors))})
        for errors in curves
    ]
    untrained = made_up(model="persistence", curves={"train_loss": [], "valid_rmse": [], "best_epoch": 0})
    [row] = convergence([*records, untrained, failed()]).itertuples()
    assert (row.model, row.epochs, row.best_epoch) == ("a", 8, 4.5)
    assert row.last_quarter == pytest.approx(0.1)
    assert "| rotation-buoyancy | 1 | 24 | a | 8 | 4.5 | 10.0% |" in markdown(CONVERGENCE.format(convergence(records)))
    assert convergence([untrained]).empty


def test_complex_weights_are_trained(data):
    """And count as the two real numbers that they are."""

    class Spectral(Forecaster):
        def __init__(self, task):
            super().__init__(task)
            self.weight = torch.nn.Parameter(torch.ones(1, 2, 1, 1, dtype=torch.cfloat))

        def forward(self, history):
            return torch.fft.ifft2(self.weight * torch.fft.fft2(history[:, -1])).real

    task = Task(history=1, shape=(16, 16), group="C4", increment_scale=0.1)
    assert count_parameters(Spectral(task)) == 4
    for method in ("augment", "remul-gradnorm"):
        rollout = Rollout(Spectral(task), task)
        curves = fit(rollout, data, method=METHODS[method]())
        assert len(curves.valid_rmse) == 3 and rollout.model.weight.sub(1).abs().max() > 0
