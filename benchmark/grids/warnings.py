"""Warns of what may not be as the user of a grid thinks: sizes off the budget, models that were never tuned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from ...models import count_parameters
from ..methods import base_model
from ..runs.configuration import RunConfig
from ..runs.execute import untrained
from .choices import read_choices

TOLERANCE = 0.2


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


def parameters(config: RunConfig) -> int | None:
    """Counts the parameters of the model: 0 where it learns nothing, None where it cannot be built, for which the
    record of its run will give the reason."""
    try:
        with torch.random.fork_rng():
            return count_parameters(untrained(config, 1.0, 0))
    except Exception:
        return None


def learns(config: RunConfig) -> bool:
    """Tells whether the model has anything to train; also where it cannot be built: the record of its run says why."""
    return parameters(config) != 0


def key_of(config: RunConfig) -> tuple[str, str]:
    """Tells what a choice is made for: scenario and model."""
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
