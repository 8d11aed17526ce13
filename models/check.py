"""A check that a model obeys the contract, and which symmetries it has."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..symmetry import SYMMETRY_OF_GROUP
from .build import build, count_parameters
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


def default_task(entry: ModelEntry, *, history: int = 2, cells: int = 24) -> Task:
    """Makes a small task with the group and the walls of the model's (first) symmetry."""
    group, boundary = TASKS[entry.symmetries[0] if entry.symmetries else None]
    if len(entry.symmetries) > 1:
        boundary = ("periodic", "periodic")
    shape, told = (cells, cells), entry.cls.informed
    return Task(history=history, shape=shape, group=group, boundary=boundary, has_environment=told)


def check_model(name: str, task: Task | None = None, *, width: int | None = None) -> CheckReport:
    """Builds the model, runs it forwards and backwards on random smooth velocity, and measures its symmetries.

    A failing model raises nothing: the report says what was expected and what was got, and stops at the first thing
    without which the rest means nothing.

    Raises:
        ValueError: unknown name.
    """
    entry = get_model(name)
    task = task or default_task(entry)
    report = CheckReport(name, task)
    with torch.random.fork_rng():
        torch.manual_seed(SEED)
        model = _attempt(report, "constructor", f"{entry.cls.__name__}(task)", lambda: build(name, task, width=width))
        if model is not None:
            _check_size(report, entry)
            _check_instance(report, entry, model.eval())
    return report


def _check_size(report: CheckReport, entry: ModelEntry) -> None:
    """Checks that the width matters: one that changes nothing cannot be chosen for a budget."""
    if entry.has_width:
        small, large = (count_parameters(build(entry.name, report.task, width=width)) for width in (1, 4))
        _add(report, "width", small < large, "more parameters at width 4 than at 1", f"{large} and {small}")


def _check_instance(report: CheckReport, entry: ModelEntry, model: Forecaster) -> None:
    history = probe_fields(3, report.task.history, report.task.shape, seed=SEED)
    given, told = history.clone(), probe_environment(model, len(history))
    with torch.no_grad():
        output = _attempt(report, "forward", "a prediction", lambda: model(given, *told))
    if output is None or not _check_output(report, output, (3, 2, *report.task.shape)):
        return
    _add(report, "input", torch.equal(given, history), "history left as it was", "history changed in place")
    with torch.no_grad():
        single = (history[:1].clone(), *(each[:1] for each in told))
        alone = _attempt(report, "batch of one", "a prediction", lambda: model(*single))
    if alone is None:
        return
    difference = (alone - output[:1]).abs().max().item() if alone.shape == output[:1].shape else float("inf")
    together = difference <= 1e-4 * (1 + output.abs().max().item())
    _add(report, "samples", together, "independent of the batch", f"a difference of {difference:.1e}")
    perturbed = _perturbed(model)
    _check_gradients(report, perturbed, history)
    report.errors.update({group: model_error(model, history, group) for group in measurable_groups(report.task)})
    _check_claim(report, entry, perturbed, history)


def _check_output(report: CheckReport, output: Tensor, shape: tuple[int, ...]) -> bool:
    if not isinstance(output, Tensor):
        _add(report, "output", False, "a tensor", type(output).__name__)
        return False
    _add(report, "output shape", tuple(output.shape) == shape, str(list(shape)), str(list(output.shape)))
    wrong = int((~output.isfinite()).sum())
    _add(report, "output values", wrong == 0, "finite numbers", f"{wrong} of {output.numel()} NaN or infinite")
    return report.passed


def _check_gradients(report: CheckReport, model: Forecaster, history: Tensor) -> None:
    """Checks gradients away from the start, where intended zeros could hide a parameter."""
    expected = "a finite gradient for each parameter"

    def backward() -> bool:
        output = model(history.clone(), *probe_environment(model, len(history)))
        ((output - history[:, -1]).square().mean() + model.relaxation_penalty()).backward()
        return True

    if count_parameters(model) == 0 or _attempt(report, "backward", expected, backward) is None:
        return
    gradients = {name: p.grad for name, p in model.named_parameters() if p.requires_grad}
    without = [name for name, g in gradients.items() if g is None or not g.isfinite().all() or not g.any()]
    _add(report, "gradients", not without, expected, f"none for {', '.join(without)}")


def _check_claim(report: CheckReport, entry: ModelEntry, perturbed: Forecaster, history: Tensor) -> None:
    """Checks that a strict model has its symmetry with any weights, not only with those it starts from.

    Scaling is left out: dilations interpolate, so that no network's error under them is near zero.
    """
    group = report.task.group
    if entry.family not in EQUIVARIANT or SYMMETRY_OF_GROUP[group] == "scaling" or group not in report.errors:
        return
    error = max(report.errors[group], model_error(perturbed, history, group))
    expected = f"an equivariance error under {group} of at most {TOLERANCE:.0e}, as of family {entry.family!r}"
    _add(report, "symmetry", error <= TOLERANCE, expected, f"{error:.1e}")


def _perturbed(model: Forecaster) -> Forecaster:
    model = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(NOISE * torch.randn_like(parameter))
    return model


def _attempt(report: CheckReport, subject: str, expected: str, action: Callable):
    """Returns the action's result, or None and a failed line: a model may raise anything."""
    try:
        result = action()
    except Exception as error:
        _add(report, subject, False, expected, f"{type(error).__name__}: {error}".splitlines()[0])
        return None
    _add(report, subject, True, expected, expected)
    return result


def _add(report: CheckReport, subject: str, passed: bool, expected: str, got: str) -> None:
    report.lines.append(CheckLine(subject, bool(passed), expected, expected if passed else got))
