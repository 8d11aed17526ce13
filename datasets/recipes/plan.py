"""The plan of a data set: which simulations go into which files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...simulators import Draws, stack_draws
from ...symmetry import Element, PointElement, Shift, nontrivial_elements
from .recipe import SIMULATIONS_PER_FILE, Recipe
from .source import DataSource

SEED_OF_SPLIT = {"train": 0, "valid": 1, "test": 2, "orbit": 3}
FOLDER_OF_SPLIT = {"train": "train", "valid": "valid", "future": "future", "domain": "test", "orbit": "orbit"}

SHIFTS = 8
"""Number of shifts that stand for all: the multiples of an eighth of the box are a group, and the floor is exact for
any subgroup."""


@dataclass(frozen=True)
class Chunk:
    """Names simulations ``first ... last - 1`` of ``train``, ``valid``, ``test`` or ``orbit``, simulated together in
    one batch. Those of ``orbit`` are states at the onset, which are then moved by every element of the group."""

    simulations: str
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first

    def draws(self, recipe: Recipe) -> Draws:
        """Draws what differs between these simulations, which depends only on ``(seed, split, index)``
        and the scenario's base values."""
        scenario = recipe.physics
        shape = recipe.shape
        rows = []
        for index in range(self.first, self.last):
            number = index if scenario.plumes is None else scenario.plumes[self._place(index, recipe)]
            sequence = np.random.SeedSequence((recipe.seed, SEED_OF_SPLIT[self.simulations], index))
            rows.append(scenario.draw(np.random.default_rng(sequence), number, shape, recipe.buoyancy))
        return stack_draws(rows)

    def _place(self, index: int, recipe: Recipe) -> int:
        """Indexes a fixed list of plumes: training from the front, test from the back, validation before test."""
        return {"train": index, "valid": -1 - recipe.test - index, "test": -1 - index}[self.simulations]

    def files(self, recipe: DataSource) -> dict[str, tuple[int, int]]:
        """Maps file names below the data set's folder to frames ``start, stop``, counted from the first stored one.

        Training simulations are cut into ranges, so that no frame is both a target of *train* and an input of *future*.
        """
        name = f"simulations-{self.first:05d}-{self.last - 1:05d}.hdf5"
        if self.simulations != "train":
            return {f"data/{self.simulations}/{name}": (0, recipe.frames)}
        future = recipe.train_frames + recipe.valid_frames
        ranges = {
            f"data/train/{name}": (0, recipe.train_frames),
            f"data/valid/{name}": (recipe.train_frames, future),
            f"data/future/{name}": (future, recipe.frames),
        }
        return {file: (start, stop) for file, (start, stop) in ranges.items() if stop > start}


def chunks(recipe: DataSource) -> list[Chunk]:
    """Lists the batches of simulations of a recipe. Their size does not depend on the number of workers."""
    return [
        Chunk(split, first, min(first + SIMULATIONS_PER_FILE, getattr(recipe, split)))
        for split in SEED_OF_SPLIT
        for first in range(0, getattr(recipe, split), SIMULATIONS_PER_FILE)
    ]


def file_names(recipe: DataSource, split: str) -> list[str]:
    """Lists the files of a split, in order.

    Raises:
        ValueError: an unknown split.
    """
    if split not in FOLDER_OF_SPLIT:
        raise ValueError(f"expected one of the splits {', '.join(FOLDER_OF_SPLIT)}, got {split!r}")
    folder = f"data/{FOLDER_OF_SPLIT[split]}/"
    return [name for chunk in chunks(recipe) for name in chunk.files(recipe) if name.startswith(folder)]


def orbit_elements(recipe: Recipe) -> tuple[Element, ...]:
    """Lists the elements of an orbit, the identity first: all of a point group that map the grid onto itself, or shifts
    by multiples of an eighth of the box."""
    scenario, shape = recipe.physics, recipe.shape
    if scenario.group == "shift-x":
        count = next(count for count in range(min(SHIFTS, shape[0]), 0, -1) if shape[0] % count == 0)
        return tuple(Shift(index * shape[0] // count) for index in range(count))
    return (PointElement(), *nontrivial_elements(scenario.group, shape))
