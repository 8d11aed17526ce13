"""Commands on data sets."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from ...datasets import (
    DataError,
    DataSet,
    Recipe,
    export,
    import_tensors,
    measure,
    measure_asymmetry,
    published_recipes,
    verify,
)
from ...datasets.measure import STEPS
from ..records.configuration import Simulations
from ..runs.machine import Machine, generate_all, progress_bar
from .console import CONSOLE


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Simulate data sets; those that exist are left as they are."""

    scenario: str
    """One of `symbreak list scenarios`."""
    strengths: tuple[float, ...] = (0.0, 0.5, 1.0)
    """How strongly the symmetry is broken, 0 to 1."""
    published: bool = False
    """Take strengths, sizes and frames from the original study; for the scenarios published-*."""
    as_published: bool = False
    """Like --published, but store velocity on the lower faces of cells, half a cell off, as the study did."""
    simulations: OmitArgPrefixes[Simulations] = field(default_factory=Simulations)
    machine: OmitArgPrefixes[Machine] = field(default_factory=Machine)

    def __call__(self) -> None:
        recipes = self._published() if self.published or self.as_published else self._recipes()
        with progress_bar(CONSOLE) as progress:
            paths = generate_all(recipes, self.machine, progress)
        for path in paths.values():
            CONSOLE.print(str(path), soft_wrap=True)

    def _recipes(self) -> list[Recipe]:
        if not self.strengths:
            raise ValueError("expected at least one of --strengths, got none")
        return [self.simulations.recipe(self.scenario, strength) for strength in self.strengths]

    def _published(self) -> list[Recipe]:
        if (self.strengths, self.simulations) != (Generate.strengths, Simulations()):
            raise ValueError("expected no strengths, sizes or frames with --published, which sets its own, got some")
        recipes = published_recipes(as_published=self.as_published).values()
        chosen = [recipe for recipe in recipes if recipe.scenario == self.scenario]
        if not chosen:
            names = ", ".join(dict.fromkeys(recipe.scenario for recipe in recipes))
            raise ValueError(f"expected one of the published scenarios {names}, got {self.scenario!r}")
        return chosen


@dataclass(frozen=True)
class Import:
    """Convert published .pt files of tensors [T, 2, X, Y] to a data set."""

    source: Positional[Path]
    """File, or folder of files."""
    name: str
    """Name of the data set."""
    group: str = "C4"
    """Group under which the flow is roughly symmetric."""
    boundary: tuple[str, str] = ("closed", "closed")
    """Walls along x and y: closed, open or periodic."""
    axes: Literal["xy", "yx"] = "xy"
    """Order of the last two axes in the files; the smoke plumes of the original study have yx."""
    data_dir: Path = Path("data")
    """Folder of the data sets."""

    def __call__(self) -> None:
        options = {name: getattr(self, name) for name in ("name", "group", "boundary", "axes")}
        with warnings.catch_warnings(record=True, action="always", category=UserWarning) as doubts:
            path = import_tensors(self.source, self.data_dir, **options)
        for doubt in doubts:
            CONSOLE.print(f"warning: {doubt.message}", soft_wrap=True, highlight=False)
        CONSOLE.print(str(path), soft_wrap=True)


@dataclass(frozen=True)
class Measure:
    """Measure how far data sets are from symmetric.

    Prints the equivariance error after 1, 5, 10 and 20 steps or, for imported data, which no simulator can continue,
    the asymmetry of their statistics. With --out, makes one table of several simulated data sets.
    """

    data: Positional[tuple[Path, ...]]
    """Folders of data sets, as `symbreak generate` prints them."""
    out: Path | None = None
    """Folder for one table of all data sets (evidence.csv, .md), with largest divergence and CFL number."""

    def __call__(self) -> None:
        _expect_some(self.data)
        if self.out is not None:
            from ..bench.evidence import write_evidence

            for path in write_evidence(self.data, self.out, CONSOLE):
                CONSOLE.print(str(path), soft_wrap=True)
            return
        for path in self.data:
            if len(self.data) > 1:
                CONSOLE.print(str(path), soft_wrap=True, highlight=False)
            _print_errors(path)


def _expect_some(folders: tuple[Path, ...]) -> None:
    if not folders:
        raise ValueError("expected the folder of a data set, got none")


def _print_errors(path: Path) -> None:
    recipe = DataSet(path).recipe
    if not recipe.is_simulated:
        error = measure_asymmetry(path)
        CONSOLE.print(f"statistical asymmetry under {recipe.group}, not EE_n: {error:.3g}", highlight=False)
        return
    for steps, error in measure(path).items():
        CONSOLE.print(f"n = {steps:2d}   {error:.3g}", highlight=False)
    floor = DataSet(path).floor
    if floor is not None:
        CONSOLE.print("least error of a strict network on whole orbits, relative L2:", highlight=False)
        for steps in (n for n in STEPS if n <= len(floor["relative_l2"])):
            CONSOLE.print(f"n = {steps:2d}   {floor['relative_l2'][steps - 1]:.3g}", highlight=False)


@dataclass(frozen=True)
class Verify:
    """Check the files of data sets: checksums, finite values, format, recipe.

    Names every data set that is damaged.
    """

    data: Positional[tuple[Path, ...]]
    """Folders of data sets, as `symbreak generate` prints them."""

    def __call__(self) -> None:
        _expect_some(self.data)
        damage = []
        for path in self.data:
            try:
                verify(path)
            except DataError as error:
                damage.append(str(error))
            else:
                CONSOLE.print(f"{path}: all files are intact", soft_wrap=True)
        if damage:
            raise DataError("; ".join(damage))


@dataclass(frozen=True)
class Export:
    """Write a data set as plain .pt files, one per split.

    Each holds a list of [T, 2, X, Y] tensors.
    """

    data: Annotated[Positional[Path], arg(metavar="DATA")]
    """Folder of a data set."""
    target: Annotated[Positional[Path], arg(metavar="TARGET")]
    """Folder to write to."""

    def __call__(self) -> None:
        for path in export(self.data, self.target):
            CONSOLE.print(str(path), soft_wrap=True)
