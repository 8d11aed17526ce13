"""Estimates how long a grid will take, from a short measurement of each kind of training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from rich.table import Table

from ...datasets import Windows
from ...models import count_parameters
from ...models.containment import contained
from ...symmetry import nontrivial_elements
from ..methods import method_of
from ..records.configuration import RunConfig
from ..records.records import finished
from ..runs.execute import choose_device, reproducible, untrained
from ..runs.machine import Machine
from ..runs.training import train
from .presets import Preset

TIMED_STEPS = 3


def estimate(
    preset: Preset, machine: Machine, out: str | Path, model_file: str | Path | None = None, overwrite: bool = False
) -> Table:
    """Makes a table, one row per model: its runs, those that are still to do, parameters (the most it has), and seconds
    of training per run, at full length.

    The last line adds up the runs to do, spread over the workers; on a Ray cluster, whose other machines may have other
    devices, it is the time of this one alone. Simulation and evaluation are not counted: they are short. Nor is a model
    that cannot be trained: the record of its run will say why.

    Args:
        overwrite: counts runs that are done as runs to do.

    Raises:
        ValueError: a preset that names unknown scenarios or models.
    """
    configs, out = preset.runs(None if model_file is None else Path(model_file)), Path(out)
    missing = [config for config in configs if overwrite or not finished(out, config.hash)]
    runs, to_do = (Counter(config.model for config in some) for some in (configs, missing))
    table = Table("model", "runs", "to do", "parameters", "training s per run", title=f"{preset.name}: {size(configs)}")
    total, device = 0.0, choose_device(machine.device if machine.backend == "loky" else "auto")
    measured = {_kind(config): _attempt(config, device) for config in {_kind(c): c for c in configs}.values()}
    for model in runs:
        parameters = max(count for (name, *_), (count, _) in measured.items() if name == model)
        seconds = sum(measured[_kind(config)][1] for config in configs if config.model == model) / runs[model]
        total += sum(measured[_kind(config)][1] for config in missing if config.model == model)
        size_and_time = (f"{parameters:,}", f"{seconds:.0f}") if parameters >= 0 else ("?", "?")
        table.add_row(model, f"{runs[model]}", f"{to_do[model]}", *size_and_time)
    workers = machine.workers if machine.backend == "loky" else 1
    hours = f"{total / workers / 3600:.1f} h on {workers} worker{'s' * (workers > 1)}"
    table.add_row("all", f"{len(configs)}", f"{to_do.total()}", "", hours)
    return table


def _kind(config: RunConfig) -> tuple[object, ...]:
    """Returns what the time of a training depends on."""
    return config.model, config.recipe.scenario, config.history, config.training


def size(configs: Sequence[RunConfig]) -> str:
    """Describes the number of runs, their scenarios, strengths, seeds, histories and sizes of the training set."""
    axes = {
        "scenarios": [config.recipe.scenario for config in configs],
        "strengths": [f"{config.recipe.strength:g}" for config in configs],
        "seeds": [f"{config.seed}" for config in configs],
        "histories": [f"{config.history}" for config in configs],
        "training simulations": [f"{config.recipe.train}" for config in configs],
    }
    named = [f"{name} {', '.join(dict.fromkeys(values))}" for name, values in axes.items()]
    return "; ".join((f"{len(configs)} runs", *named))


def _attempt(config: RunConfig, device: torch.device) -> tuple[int, float]:
    try:
        with contained():
            return training_time(config, device)
    except Exception:
        return -1, 0.0


def training_time(config: RunConfig, device: torch.device) -> tuple[int, float]:
    """Measures parameters, and seconds of a training of full length, from a few steps on random frames on one
    thread."""
    with reproducible():
        rollout, method = untrained(config, 0.1, 0).to(device), method_of(config.model)
        task = rollout.task
        training = replace(config.training, epochs=1, epoch_steps=TIMED_STEPS)
        frames = torch.randn(1, task.history + training.rollout, 2, *task.shape)
        windows = Windows(frames, history=task.history, horizon=training.rollout)
        elements = nontrivial_elements(task.group, task.shape)
        for _ in ("warm up", "measure"):
            curves = train(
                rollout,
                train_windows=windows,
                valid_windows=windows,
                scale=1.0,
                config=training,
                seed=0,
                method=method,
                elements=elements,
            )
        seconds = curves.seconds / TIMED_STEPS * config.training.epochs * config.training.epoch_steps
        return count_parameters(rollout), seconds
