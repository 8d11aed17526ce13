"""Errors on simulations that nobody has seen, beside those on the simulations that a record names."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from ...datasets import DataSet, Recipe
from ..records.configuration import Evaluation
from ..runs.evaluation import predict, scored_windows
from ..runs.metrics import orbit_relative_l2, square_error
from ..runs.rollout import Rollout

STANDARD_ERRORS = 4.0
LEAST_GAP = 1.1
"""An error on new simulations that is larger by more than this factor, and by more standard errors than the line above
says, is not the spread of simulations."""


@dataclass(frozen=True)
class FreshErrors:
    """Holds the relative L2 over all rollout steps, geometric means over simulations (or orbits, where there are some).

    Attributes:
        claimed: on the test simulations of the record's own seed.
        fresh: on those of a seed that was drawn when it was rescored.
        standard_errors: ``ln(fresh / claimed)`` in units of its standard error over simulations.
    """

    claimed: float
    fresh: float
    standard_errors: float

    @property
    def agree(self) -> bool:
        """Whether the error on new simulations is not larger than their spread explains."""
        return not (self.standard_errors > STANDARD_ERRORS and self.fresh > LEAST_GAP * self.claimed)

    def __str__(self) -> str:
        apart = f"{abs(self.standard_errors):.1f} standard errors {'more' if self.standard_errors > 0 else 'less'}"
        return f"{self.fresh:.3g} on simulations drawn now, {apart} than {self.claimed:.3g}"


def fresh_recipe(recipe: Recipe, seed: int) -> Recipe:
    """Returns the recipe of test simulations with another seed; of the simulations to train on, the fewest."""
    return replace(recipe, seed=seed, train=1, valid=min(recipe.valid, 1))


def fresh_errors(
    rollout: Rollout, claimed: DataSet, fresh: DataSet, config: Evaluation, device: torch.device
) -> FreshErrors:
    """Scores one model on both data sets, in the units of the one that it was trained in."""
    errors = [
        _errors(rollout, data, claimed.velocity_rms, config, device).clamp_min(1e-12) for data in (claimed, fresh)
    ]
    logs = [values.double().log() for values in errors]
    gap = (logs[1].mean() - logs[0].mean()).item()
    variance = sum(values.var().item() / len(values) if len(values) > 1 else 0.0 for values in logs)
    standard_errors = gap / math.sqrt(variance) if variance else math.copysign(math.inf, gap) if gap else 0.0
    return FreshErrors(*(math.exp(values.mean().item()) for values in logs), standard_errors)


def _errors(
    rollout: Rollout, data: DataSet, scale: float, config: Evaluation, device: torch.device
) -> Float[Tensor, " S"]:
    """Computes the error of each orbit, or of each simulation."""
    split = "orbit" if data.floor else "domain"
    windows, stride = scored_windows(data, rollout.task.history, config)[split]
    chosen = torch.arange(0, len(windows), stride)
    frames, told = (windows.batch(chosen) / scale).to(device), windows.environments(chosen)
    prediction = predict(rollout, frames, windows.horizon, None if told is None else told.to(device)).cpu()
    target = frames[:, rollout.task.history :].cpu()
    error, energy = square_error(prediction, target), target.square().mean((-3, -2, -1))
    if split == "orbit":
        members = len(error) // data.recipe.orbit
        return orbit_relative_l2(
            error.view(-1, members, error.shape[1]), energy.view(-1, members, error.shape[1])
        ).mean(1)
    simulation = chosen.div(windows.per_simulation, rounding_mode="floor")
    sums = [
        values.mean(1).new_zeros(len(windows.frames)).index_add(0, simulation, values.mean(1))
        for values in (error, energy)
    ]
    return (sums[0] / sums[1])[simulation.unique()].sqrt()
