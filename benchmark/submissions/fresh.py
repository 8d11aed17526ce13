"""Errors on simulations that nobody has seen, beside those on the simulations that a record names."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from scipy.stats import ttest_ind
from torch import Tensor

from ...datasets import DataSet, Recipe
from ..records.configuration import Evaluation
from ..runs.evaluation import predict, scored_windows
from ..runs.metrics import orbit_relative_l2, square_error
from ..runs.rollout import Rollout

TINY = 1e-12
CHANCE = 1e-3
LEAST_GAP, LARGEST_GAP = 1.1, 3.0
"""Errors on new simulations are too large if they are larger than those of the record by more than the first factor,
and chance hardly explains it; or by more than the second, where there are too few simulations to tell."""


@dataclass(frozen=True)
class FreshErrors:
    """Holds the relative L2 over all rollout steps, geometric means over simulations (or orbits, where there are some).

    Attributes:
        claimed: on the test simulations of the record's own seed.
        fresh: on those of a seed that was drawn when it was rescored.
        p: of the one-sided Welch test over simulations, of the logarithms, that the second is not larger.
    """

    claimed: float
    fresh: float
    p: float

    @property
    def agree(self) -> bool:
        """Whether the spread of simulations explains the error on new ones."""
        ratio = self.fresh / self.claimed
        return ratio <= LEAST_GAP or (self.p >= CHANCE and ratio <= LARGEST_GAP)

    def __str__(self) -> str:
        return (
            f"{self.fresh:.3g} on simulations drawn now, {self.claimed:.3g} on those of the record (p = {self.p:.2g})"
        )


def fresh_recipe(recipe: Recipe, seed: int) -> Recipe:
    """Returns the recipe of test simulations with another seed; of the simulations to train on, the fewest."""
    return replace(recipe, seed=seed, train=1, valid=min(recipe.valid, 1))


def fresh_errors(
    rollout: Rollout, claimed: DataSet, fresh: DataSet, config: Evaluation, device: torch.device
) -> FreshErrors:
    """Scores one model on both data sets, in the units of the one that it was trained in."""
    scale = claimed.velocity_rms
    errors = [_errors(rollout, data, scale, config, device).clamp_min(TINY) for data in (claimed, fresh)]
    before, now = (values.double().log() for values in errors)
    if min(len(before), len(now)) > 1 and before.var() + now.var() > 0:
        p = _p_larger(now, before)
    else:
        p = float(now.mean() <= before.mean())
    return FreshErrors(math.exp(before.mean().item()), math.exp(now.mean().item()), p)


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
        error, energy = (values.unflatten(0, (data.recipe.orbit, -1)) for values in (error, energy))
        return orbit_relative_l2(error, energy).mean(1)
    simulation = chosen.div(windows.per_simulation, rounding_mode="floor")
    sums = torch.zeros(2, len(windows.frames)).index_add(1, simulation, torch.stack((error.mean(1), energy.mean(1))))
    return (sums[0] / sums[1])[simulation.unique()].sqrt()


def _p_larger(now: Tensor, before: Tensor) -> float:
    """Computes ``p`` of the one-sided Welch test that the mean is not larger now."""
    result: Any = ttest_ind(now.numpy(), before.numpy(), equal_var=False, alternative="greater")
    return float(result.pvalue)
