"""Presets: which grid of runs a benchmark consists of. Every field can be overridden on the command line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import tyro

from ..datasets import Recipe
from ..models import get_model, list_models
from ..simulators import get_scenario
from .configuration import Evaluation, RunConfig, Training


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A grid of runs: scenarios x strengths x history lengths x models x seeds."""

    name: tyro.conf.Suppress[str]
    """By which the command line and the results folder know it."""
    scenarios: tuple[str, ...] = ("rotation-buoyancy",)
    """Which physics."""
    strengths: tuple[float, ...] = (0.0, 0.5, 1.0)
    """How strongly the symmetry is broken, 0 to 1."""
    models: tuple[str, ...] = ()
    """Which models; none named: all that fit a scenario's symmetry and those that know no symmetry."""
    seeds: tuple[int, ...] = (0,)
    """Seeds of initialisation and shuffling; the data stay the same."""
    history: tuple[int, ...] = (1,)
    """Input frames."""
    predicts: Literal["increment", "frame"] = "increment"
    """What the network's output means."""
    budget: int | None = None
    """Parameter count that each model's width is chosen for; none: the models' own widths."""
    resolution: int = 32
    """Cells along each side."""
    frames: int = 60
    """Stored frames of each simulation."""
    train_simulations: int = 24
    """Simulations to train on."""
    valid_simulations: int = 6
    """Simulations to choose the best weights on."""
    test_simulations: int = 8
    """Unseen simulations to score on."""
    data_seed: int = 0
    """Seed of the simulations' inflows and forces."""
    training: Training = field(default_factory=Training)
    evaluation: Evaluation = field(default_factory=Evaluation)

    def __post_init__(self):
        for name in ("scenarios", "strengths", "seeds", "history"):
            values = getattr(self, name)
            if not values or len(set(values)) < len(values):
                raise ValueError(f"expected {name} without repetition and at least one, got {list(values)}")
        if min(self.history) < 1:
            raise ValueError(f"expected a history of at least one frame, got {min(self.history)}")
        if self.budget is not None and self.budget < 1:
            raise ValueError(f"expected a budget of at least one parameter, got {self.budget}")

    def recipe(self, scenario: str, strength: float) -> Recipe:
        return Recipe(
            scenario=scenario,
            strength=strength,
            resolution=self.resolution,
            frames=self.frames,
            train_simulations=self.train_simulations,
            valid_simulations=self.valid_simulations,
            test_simulations=self.test_simulations,
            seed=self.data_seed,
        )

    def recipes(self) -> list[Recipe]:
        return [self.recipe(scenario, strength) for scenario in self.scenarios for strength in self.strengths]

    def runs(self, model_file: str = "") -> list[RunConfig]:
        """The grid, seeds outermost, so that a first complete table is there early.

        Args:
            model_file: a user's file, already loaded; its models are part of the grid.

        Raises:
            ValueError: unknown scenario or model, or a model of another symmetry than the scenario's.
        """
        source = hashlib.sha256(Path(model_file).read_bytes()).hexdigest() if model_file else ""
        return [
            RunConfig(
                recipe=self.recipe(scenario, strength),
                model=model,
                model_source=source if _is_from(model, model_file) else "",
                seed=seed,
                history=history,
                budget=self.budget,
                predicts=self.predicts,
                training=self.training,
                evaluation=self.evaluation,
            )
            for seed in self.seeds
            for scenario in self.scenarios
            for history in self.history
            for model in self.models_for(scenario)
            for strength in self.strengths
        ]

    def models_for(self, scenario: str) -> list[str]:
        """The models of this preset that can be trained on a scenario: of its symmetry, or of none."""
        symmetry = get_scenario(scenario).symmetry
        if not self.models:
            return [entry.name for entry in list_models() if entry.symmetry in (symmetry, None)]
        chosen = [name for name in self.models if get_model(name).symmetry in (symmetry, None)]
        if not chosen:
            raise ValueError(f"expected models of the symmetry {symmetry} or of none, got {', '.join(self.models)}")
        return chosen


def _is_from(model: str, model_file: str) -> bool:
    return bool(model_file) and get_model(model).file == str(Path(model_file).resolve())


def quick() -> Preset:
    """The first look: 32 x 32, one scenario at three strengths, seven models, minutes on two cores."""
    return Preset(
        name="quick",
        models=(
            "persistence",
            "convnet",
            "equiv-rotation",
            "rpp-rotation",
            "lift-rotation",
            "rgroup-rotation",
            "rsteer-rotation",
        ),
        budget=10_000,
    )


PRESETS = {"quick": quick}
