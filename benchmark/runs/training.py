"""Trains every model by one protocol."""

from __future__ import annotations

import copy
import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path

import torch
from torch import Tensor

from ...datasets import Windows
from ...datasets.store.files import read_sealed, write_sealed
from ...models import kernels_built_once
from ...symmetry import Element
from ..methods import Method, Plain
from ..records.configuration import Training
from ..records.records import as_bytes
from .random_state import random_state, restore_random_state
from .rollout import Rollout

VALIDATION_WINDOWS = 64
STATEFUL = ("rollout", "optimizer", "schedule", "method")


class Diverged(ArithmeticError):
    """Says that the loss or the validation error is no longer a finite number."""


@dataclass
class Curves:
    """Holds what a training recorded; the lists hold one value per epoch."""

    train_loss: list[float] = field(default_factory=list)
    valid_rmse: list[float] = field(default_factory=list)
    seconds: float = 0.0
    samples: int = 0

    @property
    def best_epoch(self) -> int:
        """The epoch with the smallest validation error, counted from 0."""
        return self.valid_rmse.index(min(self.valid_rmse)) if self.valid_rmse else 0


def train(
    rollout: Rollout,
    *,
    train_windows: Windows,
    valid_windows: Windows,
    scale: float,
    config: Training,
    seed: int,
    method: Method,
    elements: Sequence[Element],
    checkpoint: Path | None = None,
) -> Curves:
    """Minimises ``mean ||prediction - target||^2 / s^2 + r model.relaxation_penalty()`` over short rollouts, with ``r``
    the ``relaxation`` of ``config``.

    ``s`` is the task's increment scale, which makes the first term of order one for every data set. After each epoch
    the rollout's RMSE on validation windows decides whether its weights are the best so far; the best are copied, and
    put back at the end.

    Args:
        rollout: holds the model; its parameters are trained in place, on the device where they are.
        train_windows: windows of ``history + config.rollout`` frames.
        valid_windows: windows of the same length from other simulations.
        scale: rms velocity, which windows are divided by.
        config: the protocol.
        seed: seed of the shuffling alone; the initialisation has its own.
        method: what changes the windows and the loss; a new one, not used in a training before.
        elements: elements of the group that the method teaches.
        checkpoint: written after each epoch and removed at the end. If it is there, training goes on from it, with
            the same result as if it had never stopped, unless it is damaged.

    Raises:
        ValueError: a training method for an informed model, because the method would not move the environment.
        Diverged: the loss or the validation error is not finite; the message says when.
    """
    if rollout.model.informed and type(method) is not Plain:
        raise ValueError(f"expected no training method for a model that is given the environment, got {method}")
    if not any(parameter.requires_grad for parameter in rollout.parameters()):
        return Curves()
    state = TrainingState(rollout, config, seed, method)
    learn = partial(_loss, rollout, method, elements, config.relaxation)
    if checkpoint and checkpoint.exists():
        if whole := read_sealed(checkpoint):
            state.load(BytesIO(whole))
        else:
            warnings.warn(f"expected a checkpoint in {checkpoint}, got a damaged one: starting afresh", stacklevel=2)
    batches = state.batches(len(train_windows))
    while not state.finished:
        start = time.perf_counter()
        loss = state.epoch(
            lambda chosen: learn(train_windows.batch(chosen) / scale, train_windows.environments(chosen)), batches
        )
        state.record(loss, _validation_error(rollout, valid_windows, scale), time.perf_counter() - start)
        if checkpoint:
            write_sealed(checkpoint, as_bytes(state.save))
    rollout.load_state_dict(state.best)
    if checkpoint:
        checkpoint.unlink(missing_ok=True)
    return state.curves


class TrainingState:
    """Holds everything that the next epoch depends on."""

    def __init__(self, rollout: Rollout, config: Training, seed: int, method: Method):
        self.rollout = rollout
        self.method = method
        self.config = config
        parameters = [parameter for parameter in rollout.parameters() if parameter.requires_grad]
        real = all(parameter.is_floating_point() for parameter in parameters)
        self.optimizer = torch.optim.Adam(
            parameters, config.learning_rate, weight_decay=config.weight_decay, fused=real
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda step: config.step_size(step))
        self.seed = seed
        self.best = copy.deepcopy(rollout.state_dict())
        self.curves = Curves()

    @property
    def finished(self) -> bool:
        """Whether the last epoch is over, or validation has not improved for ``patience`` epochs."""
        epochs, patience = len(self.curves.train_loss), self.config.patience
        waited = epochs - 1 - self.curves.best_epoch
        return epochs >= self.config.epochs or (patience is not None and waited >= patience)

    def batches(self, count: int) -> Iterator[Tensor]:
        """Yields the batches of the epochs to come."""
        done = len(self.curves.train_loss) * self.config.epoch_steps
        batches = shuffled_batches(count, self.config.batch, torch.Generator().manual_seed(self.seed))
        for _ in range(done):
            next(batches)
        return batches

    def epoch(self, loss_of: Callable[[Tensor], Tensor], batches: Iterator[Tensor]) -> float:
        """Takes ``epoch_steps`` optimisation steps on the loss of batches; returns its mean."""
        self.rollout.train()
        losses = []
        for _ in range(self.config.epoch_steps):
            loss = loss_of(next(batches))
            losses.append(loss.item())
            if not math.isfinite(losses[-1]):
                raise Diverged(f"expected a finite loss, got {losses[-1]} in epoch {len(self.curves.train_loss) + 1}")
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.schedule.step()
        return sum(losses) / len(losses)

    def record(self, loss: float, error: float, seconds: float) -> None:
        """Closes an epoch; copies the weights if they are the best so far."""
        curves = self.curves
        curves.train_loss.append(loss)
        curves.valid_rmse.append(error)
        curves.seconds += seconds
        curves.samples += self.config.epoch_steps * self.config.batch
        if not math.isfinite(error):
            raise Diverged(f"expected a finite validation error, got {error} in epoch {len(curves.valid_rmse)}")
        if curves.best_epoch == len(curves.valid_rmse) - 1:
            self.best = copy.deepcopy(self.rollout.state_dict())

    def save(self, file: BytesIO) -> None:
        """Writes tensors and numbers only, so that loading cannot execute code."""
        parts = {name: getattr(self, name).state_dict() for name in STATEFUL}
        torch.save(parts | {"best": self.best, "curves": asdict(self.curves), "random": random_state()}, file)

    def load(self, file: BytesIO) -> None:
        parts = torch.load(file, weights_only=True, map_location="cpu")
        for name in STATEFUL:
            getattr(self, name).load_state_dict(parts[name])
        self.best, self.curves = parts["best"], Curves(**parts["curves"])
        restore_random_state(parts["random"])


def shuffled_batches(count: int, batch: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Yields batches of indices below ``count`` without end: every index once, in a new order each time around."""
    waiting = torch.empty(0, dtype=torch.long)
    while True:
        while len(waiting) < batch:
            waiting = torch.cat((waiting, torch.randperm(count, generator=generator)))
        yield waiting[:batch]
        waiting = waiting[batch:]


def _split(rollout: Rollout, windows: Tensor) -> tuple[Tensor, Tensor]:
    """Splits windows into history and target, on the device of the model."""
    windows = windows.to(next(rollout.parameters()).device)
    return windows[:, : rollout.task.history], windows[:, rollout.task.history :]


def _moved_to(history: Tensor, environment: Tensor | None) -> Tensor | None:
    """Puts the environment, if there is one, onto the device of the history."""
    return None if environment is None else environment.to(history.device)


def _loss(
    rollout: Rollout,
    method: Method,
    elements: Sequence[Element],
    relaxation: float,
    windows: Tensor,
    environment: Tensor | None,
) -> Tensor:
    history, target = _split(rollout, method.windows(windows, elements))
    with kernels_built_once(rollout.model):
        prediction = rollout(history, target.shape[1], _moved_to(history, environment))
        error = (prediction - target).square().mean() / rollout.task.increment_scale**2
        return method.loss(error + relaxation * rollout.model.relaxation_penalty(), rollout.model, history, elements)


@torch.no_grad()
def _validation_error(rollout: Rollout, windows: Windows, scale: float) -> float:
    """Computes the RMSE over up to 64 evenly spaced windows, in units of the rms velocity."""
    rollout.eval()
    chosen = torch.linspace(0, len(windows) - 1, min(VALIDATION_WINDOWS, len(windows))).long()
    history, target = _split(rollout, windows.batch(chosen) / scale)
    told = _moved_to(history, windows.environments(chosen))
    with kernels_built_once(rollout.model):
        return (rollout(history, target.shape[1], told) - target).square().mean().sqrt().item()
