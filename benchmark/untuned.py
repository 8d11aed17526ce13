"""Which models of a tuned grid learn, but were never tuned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .budget import parameters
from .choices import read_choices
from .configuration import RunConfig


def learns(config: RunConfig) -> bool:
    """Whether the model has anything to train; also where it cannot be built: the record of its run will say why."""
    return parameters(config) != 0


def key_of(config: RunConfig) -> tuple[str, str]:
    """What a choice is made for: scenario and model."""
    return config.recipe.scenario, config.model


def untuned(configs: Sequence[RunConfig], tuned: Path | None) -> str:
    """One line that names the models that learn and have no row for their scenario in ``tuned``, a choices.csv; empty
    if there is none, or no such file is asked for."""
    if not tuned:
        return ""
    choices = read_choices(tuned)
    without = {key_of(config): config for config in configs if key_of(config) not in choices}
    found = [f"{model} ({scenario})" for (scenario, model), config in without.items() if learns(config)]
    return f"no row in {tuned}, trained as the preset says: {', '.join(found)}" if found else ""
