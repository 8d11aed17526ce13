"""Commands on data sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tyro.conf import OmitArgPrefixes, Positional

from ...datasets import measure, verify
from ...datasets.export import export
from ..configuration import Simulations
from ..grid import Machine, generate_all, progress_bar
from .console import CONSOLE


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Simulate data sets; those that exist are left as they are."""

    scenario: str
    """One of `symbreak list scenarios`."""
    strengths: tuple[float, ...] = (0.0, 0.5, 1.0)
    """How strongly the symmetry is broken, 0 to 1."""
    simulations: OmitArgPrefixes[Simulations] = field(default_factory=Simulations)
    machine: OmitArgPrefixes[Machine] = field(default_factory=Machine)

    def __call__(self) -> None:
        recipes = [self.simulations.recipe(self.scenario, strength) for strength in self.strengths]
        with progress_bar(CONSOLE) as progress:
            paths = generate_all(recipes, self.machine, progress)
        for path in paths.values():
            CONSOLE.print(str(path), soft_wrap=True)


@dataclass(frozen=True)
class Measure:
    """Print the equivariance error of a data set after 1, 5, 10 and 20 steps."""

    data: Positional[Path]
    """Folder of a data set, as `symbreak generate` prints it."""

    def __call__(self) -> None:
        for steps, error in measure(self.data).items():
            CONSOLE.print(f"n = {steps:2d}   {error:.3g}", highlight=False)


@dataclass(frozen=True)
class Verify:
    """Check the files of a data set: checksums, finite values, format, recipe."""

    data: Positional[Path]
    """Folder of a data set."""

    def __call__(self) -> None:
        verify(self.data)
        CONSOLE.print(f"{self.data}: every file is as it was written", soft_wrap=True)


@dataclass(frozen=True)
class Export:
    """Write a data set as plain .pt files, one per split: lists of [T, 2, X, Y] tensors."""

    data: Positional[Path]
    """Folder of a data set."""
    target: Positional[Path]
    """Folder to write to."""

    def __call__(self) -> None:
        for path in export(self.data, self.target):
            CONSOLE.print(str(path), soft_wrap=True)
