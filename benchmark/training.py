"""One training protocol for every model."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..datasets import Windows
from ..models import kernels_built_once
from .configuration import Training
from .rollout import Rollout

VALIDATION_WINDOWS = 64


class Diverged(ArithmeticError):
    """The loss or the validation error is no longer a finite number."""


@dataclass
class Curves:
    """What a training recorded, one value per epoch."""

    train_loss: list[float] = field(default_factory=list)
    valid_rmse: list[float] = field(default_factory=list)
    best_epoch: int = 0
    seconds: float = 0.0
    samples_per_second: float = 0.0


def shuffled_batches(count: int, batch: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Batches of indices below ``count`` without end: every index once, in a new order each time around."""
    waiting = torch.empty(0, dtype=torch.long)
    while True:
        while len(waiting) < batch:
            waiting = torch.cat((waiting, torch.randperm(count, generator=generator)))
        yield waiting[:batch]
        waiting = waiting[batch:]


def train(rollout: Rollout, train_windows: Windows, valid_windows: Windows, scale: float, config: Training, seed: int):
    """Minimises ``mean ||prediction - target||^2 / s^2 + model.relaxation_penalty()`` over short rollouts.

    ``s`` is the rollout's increment scale, which makes the first term of order one for every data set. After each epoch
    the rollout's RMSE on validation windows decides whether its weights are the best so far; the best are copied, and
    put back at the end.

    Args:
        rollout: holds the model; its parameters are trained in place, on the device where they are.
        train_windows: windows of ``history + config.rollout`` frames.
        valid_windows: windows of the same length from other simulations.
        scale: rms velocity by which windows are divided.
        config: the protocol.
        seed: of the shuffling alone; the initialisation has its own.

    Returns:
        :class:`Curves`.

    Raises:
        Diverged: the loss or the validation error is not finite; it says when.
    """
    model, curves = rollout.model, Curves()
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters:
        return curves
    optimizer = torch.optim.Adam(parameters, config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.epochs * config.epoch_steps)
    batches = shuffled_batches(len(train_windows), config.batch, torch.Generator().manual_seed(seed))
    best = copy.deepcopy(model.state_dict())
    start = time.perf_counter()
    for epoch in range(config.epochs):
        model.train()
        losses = []
        for _ in range(config.epoch_steps):
            loss = _loss(rollout, train_windows.batch(next(batches)) / scale)
            if not math.isfinite(loss.item()):
                raise Diverged(f"expected a finite loss, got {loss.item()} in epoch {epoch + 1}")
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        curves.train_loss.append(sum(losses) / len(losses))
        curves.valid_rmse.append(_validate(rollout, valid_windows, scale, epoch))
        if curves.valid_rmse[-1] < min(curves.valid_rmse[:-1], default=math.inf):
            curves.best_epoch = epoch
            best = copy.deepcopy(model.state_dict())
        if epoch - curves.best_epoch >= config.patience:
            break
    model.load_state_dict(best)
    curves.seconds = time.perf_counter() - start
    samples = len(curves.train_loss) * config.epoch_steps * config.batch
    curves.samples_per_second = samples / curves.seconds
    return curves


def _device_of(rollout: Rollout) -> torch.device:
    return next(rollout.model.parameters()).device


def _loss(rollout: Rollout, windows: Tensor) -> Tensor:
    windows = windows.to(_device_of(rollout))
    history, target = windows[:, : rollout.task.history], windows[:, rollout.task.history :]
    with kernels_built_once(rollout.model):
        prediction = rollout(history, target.shape[1])
        error = (prediction - target).square().mean() / rollout.increment_scale**2
        return error + rollout.model.relaxation_penalty()


@torch.no_grad()
def _validate(rollout: Rollout, windows: Windows, scale: float, epoch: int) -> float:
    """RMSE over up to 64 evenly spaced windows, in units of the rms velocity."""
    rollout.model.eval()
    chosen = torch.linspace(0, len(windows) - 1, min(VALIDATION_WINDOWS, len(windows))).long()
    frames = (windows.batch(chosen) / scale).to(_device_of(rollout))
    history, target = frames[:, : rollout.task.history], frames[:, rollout.task.history :]
    with kernels_built_once(rollout.model):
        error = (rollout(history, target.shape[1]) - target).square().mean().sqrt().item()
    if not math.isfinite(error):
        raise Diverged(f"expected a finite validation error, got {error} in epoch {epoch + 1}")
    return error
