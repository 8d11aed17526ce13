"""Benchmark of training speed, against a bare stack of convolutions in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .build import count_parameters
from .check import default_task
from .conv_stack import HIDDEN_LAYERS
from .forecaster import Forecaster
from .layers import FieldConv2d, Fields, PlainConv2d, RelaxedTranslationConv2d, kernels_built_once
from .probe_fields import probe_fields
from .registry import ModelEntry, get_model
from .task import Task

if TYPE_CHECKING:
    import pandas

BARE = "bare convolutions"
PLAIN = "convnet"
Builder = PlainConv2d | FieldConv2d | RelaxedTranslationConv2d
"""A layer that builds its kernel."""


@dataclass(frozen=True, kw_only=True)
class BenchSettings:
    """Describes what is timed: optimisation steps of fused Adam on an autoregressive rollout.

    Batch and rollout are those of the preset ``paper``, which trains at this resolution. Weights for each place are
    read once a frame and updated once a step, whatever the batch: the smaller both, the more such models take.

    Models that count in regular fields get ``channels`` divided by the size of such a field, so that all have the same
    number of channels.

    Raises:
        ValueError: batch or rollout below 1.
    """

    cells: int = 64
    channels: int = 64
    batch: int = 8
    history: int = 1
    rollout: int = 6
    repeats: int = 5
    device: torch.device | None = None

    def __post_init__(self):
        for name in ("batch", "rollout"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected at least 1, got {getattr(self, name)}")


def bench_train(
    names: list[str], settings: BenchSettings | None = None, progress: Callable[[str], None] | None = None
) -> pandas.DataFrame:
    """Times training: one row per model, the bare stack and the plain network first.

    Models take turns, so that a busy machine slows all of them; of each the fastest step counts. Each is compared with
    the plain network on the same box: circular padding, where the box is periodic, takes its time in both.

    Returns:
        columns ``model, parameters, device, threads, batch, rollout, steps_per_second, time_vs_convnet, kernel_share``
        (share of the step spent on building kernels, measured by building and differentiating them alone) and
        ``flops_share`` (convolution and matrix FLOP/s as a share of the bare stack's).

    Raises:
        ValueError: unknown model.
    """
    settings = settings or BenchSettings()
    runs = _runs(names, settings)
    for run in runs:
        run.prepare(settings)
    for _ in range(settings.repeats):
        for run in runs:
            run.measure(settings)
            if progress:
                progress(run.name)
    return _table(runs, settings)


def _runs(names: list[str], settings: BenchSettings) -> list[Run]:
    """Prepares the models to time; those without parameters are left out."""
    size = {"cells": settings.cells, "history": settings.history}
    tasks = {name: default_task(get_model(name), **size) for name in dict.fromkeys([PLAIN, *names])}
    plain = {_plain_on(task): replace(tasks[PLAIN], boundary=task.boundary) for task in tasks.values()}
    models = {name: _model(get_model(PLAIN), task, settings.channels) for name, task in plain.items()}
    models |= {name: _model(get_model(name), tasks[name], settings.channels) for name in tasks if name != PLAIN}
    bare = Run(BARE, BareStack(settings.history, settings.channels), tasks[PLAIN])
    return [bare, *(Run(name, model, model.task) for name, model in models.items() if count_parameters(model))]


def _plain_on(task: Task) -> str:
    """Names the plain network for the box of a task."""
    periodic = [axis for axis, kind in zip("xy", task.boundary, strict=True) if kind == "periodic"]
    return f"{PLAIN}, periodic {' '.join(periodic)}" if periodic else PLAIN


class Run:
    """Holds one model on its way through the bench."""

    def __init__(self, name: str, model: nn.Module, task: Task):
        self.name, self.model, self.task = name, model, task
        self.step_seconds, self.kernel_seconds = float("inf"), float("inf")

    def prepare(self, settings: BenchSettings) -> None:
        """Moves the model, counts its operations and warms it up."""
        from torch.utils.flop_counter import FlopCounterMode

        self.model.to(settings.device)
        self.history = probe_fields(settings.batch, settings.history, self.task.shape).to(settings.device)
        self.optimiser = torch.optim.Adam(self.model.parameters(), 1e-4, fused=True)
        with FlopCounterMode(display=False) as counter:
            self._step(settings.rollout)
        self.flops = counter.get_total_flops()
        self._kernels()

    def measure(self, settings: BenchSettings) -> None:
        self.step_seconds = min(self.step_seconds, _seconds(lambda: self._step(settings.rollout)))
        self.kernel_seconds = min(self.kernel_seconds, _seconds(self._kernels))

    def _step(self, rollout: int) -> None:
        self.optimiser.zero_grad()
        with kernels_built_once(self.model):
            history, losses = self.history, []
            for _ in range(rollout):
                frame = history[:, -1] + 0.1 * self.model(history)
                losses.append(frame.square().mean())
                history = torch.cat((history[:, 1:], frame[:, None]), 1)
            penalty = self.model.relaxation_penalty() if isinstance(self.model, Forecaster) else 0
            (sum(losses) / rollout + penalty).backward()
        self.optimiser.step()

    def _kernels(self) -> None:
        """Builds every kernel and runs back through it; free kernels cost nothing."""
        self.optimiser.zero_grad()
        for layer in builders(self.model):
            kernel, _ = layer.build()
            if kernel.grad_fn is not None:
                kernel.backward(torch.ones_like(kernel))


def builders(model: nn.Module) -> list[Builder]:
    """Lists the layers that build a kernel, without the banks of others, which are built with them."""
    layers = [layer for layer in model.modules() if isinstance(layer, Builder)]
    banks = {part for layer in layers for part in layer.modules() if part is not layer}
    return [layer for layer in layers if layer not in banks]


class BareStack(nn.Module):
    """Runs the convolutions of the plain network and nothing else."""

    def __init__(self, frames: int, channels: int):
        super().__init__()
        widths = [2 * frames, *(HIDDEN_LAYERS + 1) * [channels], 2]
        self.layers = nn.Sequential(*(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(widths)))

    def forward(self, history: Tensor) -> Tensor:
        return self.layers(history.flatten(1, 2))


def _model(entry: ModelEntry, task: Task, channels: int) -> Forecaster:
    """Builds a model with about as many channels as asked for, as near as the size of its fields allows."""
    if not entry.has_width:
        return entry.cls(task)
    fields = [value for layer in entry.cls(task, width=1).modules() for value in vars(layer).values()]
    size = max((value.size for value in fields if isinstance(value, Fields)), default=1)
    return entry.cls(task, width=max(1, round(channels / size)))


def _seconds(action: Callable[[], None]) -> float:
    _synchronise()
    start = time.perf_counter()
    action()
    _synchronise()
    return time.perf_counter() - start


def _synchronise() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _table(runs: list[Run], settings: BenchSettings) -> pandas.DataFrame:
    import pandas

    by_name = {run.name: run for run in runs}
    bare = by_name[BARE].flops / by_name[BARE].step_seconds
    rows = [
        {
            "model": run.name,
            "parameters": count_parameters(run.model),
            "device": run.history.device.type,
            "threads": torch.get_num_threads(),
            "batch": settings.batch,
            "rollout": settings.rollout,
            "steps_per_second": 1 / run.step_seconds,
            "time_vs_convnet": run.step_seconds / by_name[_plain_on(run.task)].step_seconds,
            "kernel_share": run.kernel_seconds / run.step_seconds,
            "flops_share": run.flops / run.step_seconds / bare,
        }
        for run in runs
    ]
    return pandas.DataFrame(rows)
