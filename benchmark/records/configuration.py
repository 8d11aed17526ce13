"""What defines a run: the data, the model, the training, the seed. The hash of all of it is the run's name."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

from ...datasets import Imported, Recipe
from .parsing import OPTIONAL, as_json, parse

LARGEST_COUNT, LARGEST_BATCH = 10**9, 2**16
"""Bounds beyond which no machine trains; a digit too many is refused before memory is asked for."""


def check_count(name: str, value: int | None, most: int = LARGEST_COUNT) -> None:
    """Checks a number of things of which there is at least one; None stands for no number.

    Raises:
        ValueError: it is not in the range.
    """
    if value is not None and not 1 <= value <= most:
        bound = ">= 1" if value < 1 else f"of at most {most}"
        raise ValueError(f"expected {name} {bound}, got {value}")


@dataclass(frozen=True, kw_only=True)
class Simulations:
    """Size of the data set for each scenario and strength."""

    resolution: int = 64
    """Cells along each side."""
    train: int = 24
    """Simulations to train on."""
    valid: int = 6
    """Simulations to choose the best weights on."""
    test: int = 8
    """Unseen simulations to score on."""
    first_frame: int = 10
    """Steps from rest to the first stored frame."""
    train_frames: int = 40
    """First frames of each training simulation, to train on."""
    valid_frames: int = 0
    """Next frames of each training simulation, to choose the best weights on instead of other simulations."""
    future_frames: int = 20
    """Last frames of each training simulation, to score on."""
    data_seed: int = 0
    """Seed of the simulations' inflows and forces at seed 0, or at every seed where the data are fixed."""

    def recipe(self, scenario: str, strength: float) -> Recipe:
        sizes = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        seed = sizes.pop("data_seed")
        return Recipe(scenario=scenario, strength=strength, seed=seed, **sizes)


@dataclass(frozen=True, kw_only=True)
class Training:
    """Training: Adam on the mean squared error over a short rollout; the best weights on validation data are kept."""

    learning_rate: float = 1e-2
    """Adam's step size at the start."""
    decay: float | None = None
    """Factor on the step size after each round; none: the step size falls to zero along a cosine."""
    weight_decay: float = 0.0
    """L2 factor of Adam."""
    batch: int = 4
    """Windows per optimisation step."""
    rollout: int = 2
    """Autoregressive steps in the loss."""
    epochs: int = 14
    """Rounds of training, each followed by a validation."""
    epoch_steps: int = 50
    """Optimisation steps per round."""
    patience: int | None = None
    """Rounds without a better validation error before training stops; none: it goes on to the last round."""
    relaxation: float = field(default=1.0, metadata=OPTIONAL)
    """Factor on the penalties of relaxed layers: larger keeps a network closer to its symmetry."""

    def __post_init__(self):
        for name in ("batch", "rollout", "epochs", "epoch_steps", "patience"):
            check_count(name, getattr(self, name), LARGEST_BATCH if name == "batch" else LARGEST_COUNT)
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"expected a finite learning_rate > 0, got {self.learning_rate}")
        if self.decay is not None and not 0 < self.decay <= 1:
            raise ValueError(f"expected a decay in (0, 1], got {self.decay}")
        if not 0 <= self.relaxation < math.inf:
            raise ValueError(f"expected a finite relaxation >= 0, got {self.relaxation}")
        if not 0 <= self.weight_decay < math.inf:
            raise ValueError(f"expected a finite weight_decay >= 0, got {self.weight_decay}")

    def step_size(self, step: int) -> float:
        """Computes Adam's step size after ``step`` optimisation steps, relative to that at the start."""
        if self.decay is not None:
            return self.decay ** (step // self.epoch_steps)
        return (1 + math.cos(math.pi * step / (self.epochs * self.epoch_steps))) / 2


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Predictions to score."""

    steps: int = 15
    """Rollout steps to score."""
    stride: int = 8
    """Distance between scored windows, counted through all simulations of a split: 8 scores every eighth window."""

    def __post_init__(self):
        for name in ("steps", "stride"):
            check_count(f"evaluation {name}", getattr(self, name))


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Holds everything that a run's metrics depend on, except the versions of libraries and the kind of machine."""

    recipe: Recipe | Imported
    model: str
    model_source: str = ""
    """SHA-256 of the user's model file, empty for models of this package."""
    seed: int = 0
    history: int = 1
    budget: int | None = None
    """Parameter count that the width is chosen for; ``None`` takes the model's own width."""
    predicts: Literal["increment", "frame"] = "increment"
    training: Training = field(default_factory=Training)
    evaluation: Evaluation = field(default_factory=Evaluation)

    def as_dict(self) -> dict[str, Any]:
        """Returns what JSON can hold, without what was added later and is as it was before."""
        return as_json(self)

    @classmethod
    def from_dict(cls, content: Any) -> RunConfig:
        """Inverts :meth:`as_dict`.

        Raises:
            ValueError: a key is unknown or missing, or a value is of the wrong type or out of range.
        """
        return parse(cls, content, "config")

    @property
    def labels(self) -> dict[str, Any]:
        """Names of the run in files and tables, which a record repeats beside its configuration."""
        return {
            "hash": self.hash,
            "scenario": self.recipe.scenario,
            "symmetry": self.recipe.symmetry,
            "strength": self.recipe.strength,
            "model": self.model,
            "seed": self.seed,
        }

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of the SHA-256 of the configuration, written as canonical JSON."""
        text = json.dumps(self.as_dict() | {"recipe": self.recipe.hash}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
