"""A check that a model obeys the contract, and which symmetries it has."""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import Tensor

from ..symmetry import SYMMETRY_OF_GROUP
from .build import build, count_parameters
from .containment import contained, reason
from .forecaster import Forecaster
from .model_error import measurable_groups, model_error
from .probe_fields import probe_environment, probe_fields
from .registry import ModelEntry, get_model
from .task import Task

TASKS = {
    None: ("C4", ("closed", "closed")),
    "rotation": ("C4", ("closed", "closed")),
    "reflection": ("mirror", ("closed", "closed")),
    "translation": ("shift-x", ("periodic", "closed")),
    "scaling": ("dilation", ("closed", "closed")),
}
TOLERANCE = 1e-5
NOISE = 0.1
EQUIVARIANT = ("strict", "informed")
"""Families of networks that have their symmetry whatever their weights."""
SEED = 0
CELLS = 24
T = TypeVar("T")


@dataclass(frozen=True)
class CheckLine:
    """Holds the outcome of one check."""

    subject: str
    passed: bool
    expected: str
    got: str

    def __str__(self) -> str:
        if self.passed:
            return f"ok   {self.subject}: {self.expected}"
        return f"FAIL {self.subject}: expected {self.expected}, got {self.got}"


@dataclass
class CheckReport:
    """Holds what :func:`check_model` found.

    ``errors`` holds the equivariance error under each group that the task's box allows, at initialisation, relative to
    the size of the output.
    """

    name: str
    task: Task
    lines: list[CheckLine] = field(default_factory=list)
    errors: dict[str, float] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return all(line.passed for line in self.lines)

    def __str__(self) -> str:
        errors = [f"     equivariance error under {group}: {error:.1e}" for group, error in self.errors.items()]
        return "\n".join([self.name, *map(str, self.lines), *errors])


def default_task(entry: ModelEntry, *, history: int = 2, cells: int | None = None) -> Task:
    """Makes a small task with the group and the walls of the model's (first) symmetry.

    Args:
        cells: cells along each side; by default the least number from 24 on that the model's grids have.
    """
    group, boundary = TASKS[entry.symmetries[0] if entry.symmetries else None]
    if len(entry.symmetries) > 1:
        boundary = ("periodic", "periodic")
    side = -(-CELLS // entry.sides) * entry.sides if cells is None else cells
    return Task(history=history, shape=(side, side), group=group, boundary=boundary, has_environment=entry.cls.informed)


def check_model(name: str, task: Task | None = None, *, width: int | None = None) -> CheckReport:
    """Builds the model, runs it forwards and backwards on random smooth velocity, takes a step of Adam, saves and loads
    the weights, and measures the symmetries.

    A failing model raises nothing: the report says what was expected and what was got, and stops at the first thing
    without which the rest means nothing.

    Raises:
        ValueError: unknown name.
    """
    entry = get_model(name)
    task = task or default_task(entry)
    report = CheckReport(name, task)

    def make(seed: int = SEED) -> Forecaster:
        torch.manual_seed(seed)
        return build(name, task, width=width).eval()

    with torch.random.fork_rng(), suppress(Stopped):
        if not entry.fits(task.shape, task.has_environment):
            _require(report, "task", False, *_tasks(entry, task))
        model = _attempt(report, "constructor", f"{entry.cls.__name__}(task)", make)
        _check_instance(report, entry, model, make)
        _check_size(report, entry)
    return report


class Stopped(Exception):
    """Says that a check failed without which the rest means nothing."""


def _tasks(entry: ModelEntry, task: Task) -> tuple[str, str]:
    """Describes the tasks that the model is made for, and the one that it was given."""
    x, y = task.shape
    told = " and an environment" if entry.cls.informed else ""
    return (
        f"sides that are multiples of {entry.sides}{told}",
        f"{x} x {y} cells{told if task.has_environment else ''}",
    )


def _check_size(report: CheckReport, entry: ModelEntry) -> None:
    """Checks that the width matters: one that changes nothing cannot be chosen for a budget."""
    if not entry.has_width:
        return
    small, large = (factor * getattr(entry.cls, "smallest_width", 1) for factor in (1, 4))
    expected = f"more parameters at width {large} than at {small}"

    def count() -> list[int]:
        return [count_parameters(build(entry.name, report.task, width=width)) for width in (small, large)]

    missing = f"to be built at width {small}, or a class attribute smallest_width"
    counts = _attempt(report, "width", missing, count, silent=True)
    _add(report, "width", counts[0] < counts[1], expected, f"{counts[1]} and {counts[0]}")


def _check_instance(report: CheckReport, entry: ModelEntry, model: Forecaster, make: Callable[..., Forecaster]) -> None:
    history = probe_fields(3, report.task.history, report.task.shape, seed=SEED)
    given, told = history.clone(), probe_environment(model, len(history))
    with torch.no_grad():
        output = _attempt(report, "forward", "a prediction", lambda: model(given, *told))
    _check_output(report, output, history[:, -1])
    _add(report, "input", torch.equal(given, history), "history left as it was", "history changed in place")
    with torch.no_grad():
        single = (history[:1].clone(), *(each[:1] for each in told))
        alone = _attempt(report, "batch of one", "a prediction", lambda: model(*single))
    difference = _difference(alone, output[:1])
    together = difference <= 1e-4 * (1 + output.abs().max().item())
    _add(report, "samples", together, "independent of the batch", f"a difference of {difference:.1e}")
    perturbed = _attempt(report, "copy", "a copy.deepcopy of the model", lambda: _perturbed(model), silent=True)
    errors = _attempt(report, "symmetries", "errors to measure", lambda: _errors(report, model, history), silent=True)
    report.errors.update(errors)
    _check_claim(report, entry, perturbed, history)
    _check_weights(report, perturbed, make, (history, *told))
    _check_training(report, perturbed, history)


def _check_output(report: CheckReport, output: object, frames: Tensor) -> None:
    """Requires a prediction like ``frames``: dense real numbers, of that shape, on that device, and finite."""
    if not isinstance(output, Tensor):
        _require(report, "output", False, "a tensor", type(output).__name__)
        return
    plain = output.layout == torch.strided and output.device == frames.device and output.is_floating_point()
    got = f"{output.dtype}, {output.layout}, on {output.device}".replace("torch.", "")
    _require(report, "output", plain, f"dense floating-point numbers on {frames.device}", got)
    _require(report, "output shape", output.shape == frames.shape, str(list(frames.shape)), str(list(output.shape)))
    wrong = int((~output.isfinite()).sum())
    _require(report, "output values", wrong == 0, "finite numbers", f"{wrong} of {output.numel()} NaN or infinite")


def _difference(got: object, expected: Tensor) -> float:
    """Returns the largest difference; infinity for anything but a tensor of the same kind."""
    same = isinstance(got, Tensor) and got.layout == torch.strided and got.device == expected.device
    return (got - expected).abs().max().item() if same and got.shape == expected.shape else math.inf


def _check_training(report: CheckReport, model: Forecaster, history: Tensor) -> None:
    """Checks penalty and relaxation, gradients away from the start, where intended zeros could hide a parameter, and a
    step of the optimiser that runs use."""
    expected = "a finite number"
    penalty = _attempt(report, "penalty", expected, lambda: _number(model.relaxation_penalty()), silent=True)
    _require(report, "penalty", math.isfinite(penalty), expected, f"{penalty}")
    expected = "a number or None"
    _attempt(report, "learned relaxation", expected, lambda: _number(model.learned_relaxation() or 0.0), silent=True)
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if not trained:
        return

    def backward() -> list[str]:
        output = model(history.clone(), *probe_environment(model, len(history)))
        ((output - history[:, -1]).square().mean() + model.relaxation_penalty()).backward()
        gradients = {name: p.grad if p.grad is None else p.grad.to_dense() for name, p in trained.items()}
        return [name for name, g in gradients.items() if g is None or not g.isfinite().all() or not g.any()]

    def step() -> None:
        real = all(parameter.is_floating_point() for parameter in trained.values())
        torch.optim.Adam(trained.values(), fused=real).step()

    expected = "a finite gradient for each parameter"
    without = _attempt(report, "backward", expected, backward)
    _add(report, "gradients", not without, expected, f"none for {', '.join(without)}")
    _attempt(report, "optimiser", "a step of Adam", step)


def _check_weights(
    report: CheckReport, model: Forecaster, make: Callable[..., Forecaster], inputs: tuple[Tensor, ...]
) -> None:
    """Checks that a file that cannot execute code takes the weights to an instance of another seed, as when runs are
    stored and rescored."""
    expected = "a state_dict of dense tensors"
    weights = _attempt(report, "weights", expected, model.state_dict, silent=True)
    other = [name for name, value in weights.items() if not isinstance(value, Tensor) or value.layout != torch.strided]
    _require(report, "weights", not other, expected, f"something else in {', '.join(other)}")

    def restored() -> float:
        file, copied = io.BytesIO(), make(SEED + 1)
        torch.save(weights, file)
        file.seek(0)
        copied.load_state_dict(torch.load(file, weights_only=True))
        with torch.no_grad():
            return _difference(copied(*inputs), model(*inputs))

    expected = "the same prediction from weights that were saved and loaded"
    difference = _attempt(report, "saving", expected, restored, silent=True)
    _add(report, "saving", difference <= TOLERANCE, expected, f"a difference of {difference:.1e}")


def _number(value: object) -> float:
    """Reads a number or a tensor of one; raises an error for anything else."""
    return float(torch.as_tensor(value).item())


def _errors(report: CheckReport, model: Forecaster, history: Tensor) -> dict[str, float]:
    return {group: model_error(model, history, group) for group in measurable_groups(report.task)}


def _check_claim(report: CheckReport, entry: ModelEntry, perturbed: Forecaster, history: Tensor) -> None:
    """Checks that a strict model has its symmetry with any weights, not only with those it starts from.

    Scaling is left out: dilations interpolate, so that no network's error under them is near zero.
    """
    group = report.task.group
    if entry.family not in EQUIVARIANT or SYMMETRY_OF_GROUP[group] == "scaling" or group not in report.errors:
        return
    expected = f"an equivariance error under {group} of at most {TOLERANCE:.0e}, as of family {entry.family!r}"
    moved = _attempt(report, "symmetry", expected, lambda: model_error(perturbed, history, group), silent=True)
    error = max(report.errors[group], moved)
    _add(report, "symmetry", error <= TOLERANCE, expected, f"{error:.1e}")


def _perturbed(model: Forecaster) -> Forecaster:
    model = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(NOISE * torch.randn_like(parameter))
    return model


def _attempt(report: CheckReport, subject: str, expected: str, action: Callable[[], T], *, silent: bool = False) -> T:
    """Returns the action's result; where it raises, and a model may raise anything, adds a failed line and stops.

    Args:
        silent: adds no line where the action succeeds, because a check of its result follows.
    """
    try:
        with contained():
            result = action()
    except Exception as error:
        _add(report, subject, False, expected, reason(error))
        raise Stopped from error
    if not silent:
        _add(report, subject, True, expected, expected)
    return result


def _require(report: CheckReport, subject: str, passed: bool, expected: str, got: str) -> None:
    """Adds a line, and stops if the check failed."""
    _add(report, subject, passed, expected, got)
    if not passed:
        raise Stopped


def _add(report: CheckReport, subject: str, passed: bool, expected: str, got: str) -> None:
    report.lines.append(CheckLine(subject, bool(passed), expected, expected if passed else got))
