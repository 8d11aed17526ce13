"""Warnings of what the user of a grid may not expect: sizes off the budget, models that were never tuned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ...models import Forecaster, count_parameters
from ...models.containment import contained
from ...models.layers import RelaxedLayer
from ...models.task import ENVIRONMENT_CHANNELS
from ..methods import base_model
from ..records.configuration import RunConfig
from ..runs.execute import untrained
from .choices import read_choices

TOLERANCE = 0.2
FAST = 16
"""Number of channels that fills a vector unit: other numbers are padded or computed one by one."""
CONVOLUTIONS = (torch.conv2d, torch.nn.functional.conv2d)


def off_budget(configs: Sequence[RunConfig]) -> str:
    """Names, in one line, the models whose parameter count is more than 20 % off their budget; empty if none is."""
    tasks = {(base_model(each.model), each.recipe.scenario, each.history): each for each in configs if each.budget}
    found = []
    for (model, scenario, history), config in tasks.items():
        count = parameters(config)
        if count and abs(count - config.budget) > TOLERANCE * config.budget:
            found.append(f"{model} {count:,} ({scenario}, history {history})")
    if not found:
        return ""
    return f"more than {TOLERANCE:.0%} off the budget of {configs[0].budget:,} parameters: {', '.join(found)}"


def slow_widths(configs: Sequence[RunConfig]) -> str:
    """Names, in one line, the models whose convolutions have numbers of channels that are not multiples of 16, so that
    each operation takes two to three times as long; empty if there are none."""
    found = {}
    for config in {(base_model(each.model), each.recipe.scenario, each.history): each for each in configs}.values():
        channels = widest(config)
        if channels % FAST:
            found[base_model(config.model)] = f"{base_model(config.model)} {channels}"
    if not found:
        return ""
    return f"numbers of channels that are not multiples of {FAST}, slow for their size: {', '.join(found.values())}"


def widest(config: RunConfig) -> int:
    """Finds the largest number of output channels of a convolution in one prediction of the model; 0 if it has none."""
    counted = ConvolutionChannels()
    try:
        with contained(), torch.random.fork_rng(), torch.no_grad():
            rollout = untrained(config, 1.0, 0)
            history = torch.zeros(1, rollout.task.history, 2, *rollout.task.shape)
            told = torch.zeros(1, ENVIRONMENT_CHANNELS, *rollout.task.shape) if rollout.model.informed else None
            with counted:
                rollout(history, 1, told)
    except Exception:
        return 0
    return max(counted.found, default=0)


class ConvolutionChannels(TorchFunctionMode):
    """Lists the numbers of output channels of all convolutions computed under it."""

    def __init__(self):
        super().__init__()
        self.found: list[int] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in CONVOLUTIONS:
            self.found.append(args[1].shape[0])
        return func(*args, **(kwargs or {}))


def parameters(config: RunConfig) -> int | None:
    """Counts the parameters of the model: 0 where it learns nothing, None where it cannot be built, for which the
    record of its run will give the reason."""
    try:
        with contained(), torch.random.fork_rng():
            return count_parameters(untrained(config, 1.0, 0))
    except Exception:
        return None


def learns(config: RunConfig) -> bool:
    """Returns whether the model has anything to train. A model that cannot be built counts: its record will say why."""
    return parameters(config) != 0


def penalised(config: RunConfig) -> bool:
    """Returns whether the model adds penalties to the loss, so that a factor on them matters."""
    try:
        with contained(), torch.random.fork_rng():
            model = untrained(config, 1.0, 0).model
    except Exception:
        return False
    own = type(model).relaxation_penalty is not Forecaster.relaxation_penalty
    return own or any(isinstance(layer, RelaxedLayer) for layer in model.modules())


def key_of(config: RunConfig) -> tuple[str, str]:
    """Returns what a choice is made for: scenario and model."""
    return config.recipe.scenario, config.model


def untuned(configs: Sequence[RunConfig], tuned: Path | None) -> str:
    """Names, in one line, the models that learn and have no row for their scenario in ``tuned``, a choices.csv; empty
    if there is none, or no such file is asked for."""
    if not tuned:
        return ""
    choices = read_choices(tuned)
    without = {key_of(config): config for config in configs if key_of(config) not in choices}
    found = [f"{model} ({scenario})" for (scenario, model), config in without.items() if learns(config)]
    return f"no row in {tuned}, trained as the preset says: {', '.join(found)}" if found else ""
