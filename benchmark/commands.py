"""The commands of the ``symbreak`` command line: each a dataclass of its arguments that can be called from Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import tyro
from rich.console import Console
from rich.table import Table
from tyro.conf import OmitArgPrefixes, Positional

from ..datasets import measure, verify
from ..datasets.manifest import MANIFEST
from ..models import check_model, list_models, load_model_file
from ..simulators import list_scenarios
from .configuration import Simulations
from .estimate import estimate
from .figures import plot_results
from .grid import Machine, generate_all, progress_bar, run_grid
from .leaderboard import rich_table, write_leaderboard
from .plumes import plot_data
from .presets import PRESETS, Preset
from .report import write_report
from .results import load_results
from .stills import plot_rollouts

CONSOLE = Console()


def _summary(preset: Callable[[], Preset]) -> str:
    return (preset.__doc__ or "").splitlines()[0]


PresetChoice = Annotated[
    tyro.extras.subcommand_type_from_defaults(
        {name: preset() for name, preset in PRESETS.items()},
        {name: _summary(preset) for name, preset in PRESETS.items()},
    ),
    tyro.conf.arg(name=""),
]


class CommandFailed(Exception):
    """A command did what it could and has something left to say."""


@dataclass(frozen=True)
class List:
    """Show the scenarios, models or presets."""

    what: Positional[Literal["scenarios", "models", "presets"]] = "models"

    def __call__(self) -> None:
        rows = {"scenarios": _scenario_rows, "models": _model_rows, "presets": _preset_rows}[self.what]()
        table = Table(title=self.what)
        for column in rows[0]:
            table.add_column(column, no_wrap=column == "name")
        for row in rows:
            table.add_row(*map(str, row.values()))
        CONSOLE.print(table)


def _scenario_rows() -> list[dict]:
    return [
        {"name": s.name, "symmetry": s.symmetry, "group": s.group, "what breaks it": s.description}
        for s in list_scenarios()
    ]


def _model_rows() -> list[dict]:
    return [
        {
            "name": entry.name,
            "family": entry.family,
            "symmetry": entry.symmetry or "-",
            "keeps": entry.keeps,
            "breaks": entry.breaks,
            "source": entry.source,
        }
        for entry in list_models()
    ]


def _preset_rows() -> list[dict]:
    return [
        {"name": name, "runs": len(preset().runs()), "what it is": _summary(preset)} for name, preset in PRESETS.items()
    ]


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


@dataclass(frozen=True, kw_only=True)
class Run:
    """Generate the data of a preset, train and evaluate its models, and write tables and figures."""

    preset: PresetChoice
    model_file: Path | None = None
    """A Python file that registers a model of yours; it joins the preset's models."""
    out: Path | None = None
    """Results folder; results/<preset> if none is given."""
    overwrite: bool = False
    """Repeat runs that are done already."""
    dry_run: bool = False
    """Only print the grid, its size and an estimate of its time."""
    machine: OmitArgPrefixes[Machine] = field(default_factory=Machine)

    def __call__(self) -> None:
        out = self.out or Path("results") / self.preset.name
        if self.dry_run:
            CONSOLE.print(estimate(self.preset, self.machine, out, self.model_file))
            return
        records = run_grid(self.preset, out, self.machine, CONSOLE, self.model_file, self.overwrite)
        results = load_results(out)
        CONSOLE.print(rich_table(write_leaderboard(results, out), str(out)))
        plot(out)
        failed = [record for record in records if record["status"] == "failed"]
        if failed:
            raise CommandFailed(
                f"expected {len(records)} runs to finish, got {len(failed)} that failed (reasons above)"
            )


@dataclass(frozen=True)
class Leaderboard:
    """Print the leaderboard of a results folder and write it as Markdown and CSV."""

    results: Positional[Path]
    """Results folder."""

    def __call__(self) -> None:
        table = write_leaderboard(load_results(self.results), self.results)
        CONSOLE.print(rich_table(table, str(self.results)))


@dataclass(frozen=True)
class Plot:
    """Draw the figures of a results folder, or the plumes of a data set."""

    folder: Positional[Path]
    """Results folder, or folder of a data set."""
    field: Literal["speed", "smoke"] = "speed"
    """What to show of the plumes of a data set."""

    def __call__(self) -> None:
        if (self.folder / MANIFEST).exists():
            written = plot_data(self.folder, self.field)
            CONSOLE.print(f"{len(written)} pictures in {written[0].parent}", soft_wrap=True)
        else:
            plot(self.folder)


def plot(results: Path) -> None:
    """Draws every figure of a results folder into ``figures/`` and prints where they are."""
    folder = results / "figures"
    written = plot_results(load_results(results), folder) + plot_rollouts(results, folder)
    CONSOLE.print(f"{len(written)} figures in {folder}", soft_wrap=True)


@dataclass(frozen=True)
class Report:
    """Write one self-contained page of a results folder."""

    results: Positional[Path]
    """Results folder."""

    def __call__(self) -> None:
        CONSOLE.print(str(write_report(self.results)), soft_wrap=True)


@dataclass(frozen=True)
class Check:
    """Tell whether a model obeys the contract, and which symmetries it has."""

    model: Positional[str]
    """Name of the model."""
    model_file: Path | None = None
    """The Python file that registers it, if it is yours."""

    def __call__(self) -> None:
        if self.model_file:
            load_model_file(self.model_file)
        report = check_model(self.model)
        CONSOLE.print(str(report), highlight=False)
        if not report.passed:
            raise CommandFailed(f"expected {self.model} to obey the contract, got the failures above")
