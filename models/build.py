"""Construction of a model from a name, a task and a size."""

from __future__ import annotations

import torch

from ..symmetry import SYMMETRY_OF_GROUP
from .forecaster import Forecaster
from .registry import ModelEntry, get_model
from .task import Task


def build(name: str, task: Task, *, width: int | None = None, budget: int | None = None) -> Forecaster:
    """Builds the model called ``name``, freshly initialised from torch's random state.

    Args:
        width: the size knob; None takes the model's default. Models without it ignore ``width`` and ``budget``.
        budget: number of parameters to come as near to as possible, instead of ``width``. The search leaves the random
            state as it was, so that the weights depend on the seed and on the width only.

    Raises:
        ValueError: unknown name, a model whose package is not installed, a group the model is not made for, a width or
            budget below 1, or both given.
    """
    entry = get_model(name)
    if not entry.usable:
        raise ValueError(f"{name}: expected the module {entry.requires}, got none installed: it {entry.note}")
    _check_group(entry, task)
    for argument, value in (("width", width), ("budget", budget)):
        if value is not None and value < 1:
            raise ValueError(f"{argument}: expected at least 1, got {value}")
    if width is not None and budget is not None:
        raise ValueError(f"expected either width or budget, got width={width} and budget={budget}")
    if not entry.has_width:
        return entry.cls(task)
    if budget is not None:
        width = width_for_budget(entry, task, budget)
    return entry.cls(task) if width is None else entry.cls(task, width=width)


def count_parameters(model: torch.nn.Module) -> int:
    """Counts the real numbers that training can change: two for each complex one."""
    return sum(p.numel() * (1 + p.is_complex()) for p in model.parameters() if p.requires_grad)


def width_for_budget(entry: ModelEntry, task: Task, budget: int) -> int:
    """Finds the width whose parameter count comes nearest to ``budget``: doubling, then bisection.

    Raises:
        ValueError: if the parameter count does not grow with the width.
    """

    def count(width: int) -> int:
        with torch.random.fork_rng():
            return count_parameters(entry.cls(task, width=width))

    low, high = 1, 1
    while count(high) < budget:
        if high >= 2**16:
            raise ValueError(f"{entry.name}: expected more parameters at greater width, got {count(high)} at {high}")
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(middle) < budget else (low, middle)
    return min((low, high), key=lambda width: abs(count(width) - budget))


def _check_group(entry: ModelEntry, task: Task) -> None:
    if entry.symmetries and task.symmetry not in entry.symmetries:
        groups = [group for group, symmetry in SYMMETRY_OF_GROUP.items() if symmetry in entry.symmetries]
        raise ValueError(f"group: expected {' or '.join(groups)} for {entry.name}, got {task.group!r}")
