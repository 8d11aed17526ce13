"""Example rollouts that runs have stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from ..aggregation.long_table import Setting, setting_of
from ..records.records import RunRecord, load_rollout
from ..style.shades import brightest

Flow = Float[np.ndarray, "N 2 X Y"]


@dataclass(frozen=True)
class Example:
    """Holds one unseen simulation in cells per frame: the true frames, and those that each model predicted; NaN where a
    number was not finite."""

    setting: Setting
    strength: float
    seed: int
    target: Flow
    predictions: dict[str, Flow]


def examples(folder: Path, records: Iterable[RunRecord], order: Iterable[str]) -> list[Example]:
    """Loads the example of each setting: that of the first seed at its strongest symmetry breaking.

    Args:
        folder: results folder of the records.
        order: names of the models, in order.
    """
    groups: dict[Setting, list[RunRecord]] = {}
    for record in records:
        if record.done and (folder / "runs" / f"{record.hash}.npz").exists():
            groups.setdefault(setting_of(record), []).append(record)
    return [_example(folder, setting, group, list(order)) for setting, group in sorted(groups.items())]


def _example(folder: Path, setting: Setting, group: list[RunRecord], order: list[str]) -> Example:
    strength = max(record.strength for record in group)
    seed = min(record.seed for record in group if record.strength == strength)
    chosen = {r.model: r.hash for r in group if (r.strength, r.seed) == (strength, seed)}
    stored = {model: load_rollout(folder, chosen[model]) for model in order if model in chosen}
    rollouts = {model: rollout for model, rollout in stored.items() if rollout is not None}
    predictions = {model: _finite(rollout["prediction"]) for model, rollout in rollouts.items()}
    target = _finite(next(iter(rollouts.values()))["target"])
    return Example(setting, strength, seed, target, predictions)


def _finite(flow: Float[np.ndarray, "N 2 X Y"]) -> Flow:
    return np.where(np.isfinite(flow), flow.astype(float), np.nan)


def speed(velocity: Float[np.ndarray, "*N 2 X Y"]) -> Float[np.ndarray, "*N X Y"]:
    """Computes ``|v|``."""
    return np.hypot(velocity[..., 0, :, :], velocity[..., 1, :, :])


def top_speed(example: Example) -> float:
    """Returns the speed of the brightest shade in pictures of an example: few cells of the truth are faster."""
    return brightest(speed(example.target))
