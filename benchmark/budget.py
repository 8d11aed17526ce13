"""Whether models have as many parameters as a grid asks for."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from .configuration import RunConfig
from .methods import split_name
from .run import untrained

TOLERANCE = 0.2


def off_budget(configs: Sequence[RunConfig]) -> str:
    """One line that names the models whose parameter count is more than 20 % off their budget; empty if none is."""
    tasks = {(split_name(each.model)[0], each.recipe.scenario, each.history): each for each in configs if each.budget}
    found = []
    for (model, scenario, history), config in tasks.items():
        count = parameters(config)
        if count and abs(count - config.budget) > TOLERANCE * config.budget:
            found.append(f"{model} {count:,} ({scenario}, history {history})")
    if not found:
        return ""
    return f"more than {TOLERANCE:.0%} off the budget of {configs[0].budget:,} parameters: {', '.join(found)}"


def parameters(config: RunConfig) -> int | None:
    """Of a model that learns nothing 0, of one that cannot be built None: the record of its run will say why."""
    try:
        with torch.random.fork_rng():
            return sum(parameter.numel() for parameter in untrained(config, 1.0, 0).parameters())
    except Exception:
        return None
