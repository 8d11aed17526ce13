"""Commands that make results, and tables, figures and pages of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import tyro
from tyro.conf import OmitArgPrefixes, Positional

from ..grids.grid import failure, warn
from ..grids.presets import PRESETS, Preset, description
from ..grids.tuning import CHOICES, Search, tune
from ..runs.machine import Machine
from ..tables.quote import quote
from .command import CommandFailed
from .console import CONSOLE

AnyPreset = tyro.extras.subcommand_type_from_defaults(
    {name: preset() for name, preset in PRESETS.items()}, {name: description(name) for name in PRESETS}
)
NAMELESS = tyro.conf.arg(name="")


@dataclass(frozen=True)
class NoPreset:
    """No grid: the one run that --from names."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Run the grid of a preset, from data to tables and figures; or repeat one run.

    Generates the data, trains and evaluates the models, writes tables and figures. Runs that are already done are kept.
    """

    preset: Annotated[AnyPreset | Annotated[NoPreset, tyro.conf.subcommand("none")], NAMELESS] = NoPreset()
    record: Annotated[Path | None, tyro.conf.arg(name="from")] = None
    """Repeat the run of this record (runs/<hash>.json in any results folder) instead of running a preset."""
    model_file: Path | None = None
    """Python file that registers a model of yours, which joins those of the preset."""
    out: Path | None = None
    """Results folder; results/<preset> if none is given, results/rerun with --from."""
    overwrite: bool = False
    """Repeat runs that are already done."""
    dry_run: bool = False
    """Print the grid, its size and an estimate of the time it takes, without running anything."""
    machine: OmitArgPrefixes[Machine] = field(default_factory=Machine)

    def __call__(self) -> None:
        preset = self.preset if isinstance(self.preset, Preset) else None
        if (preset is None) == (self.record is None):
            got = "both" if preset else "neither"
            raise ValueError(
                f"expected either one of the presets {', '.join(PRESETS)} or --from and a record, got {got}"
            )
        if self.record and (self.dry_run or self.overwrite):
            given = "--dry-run" if self.dry_run else "--overwrite"
            raise ValueError(f"expected a preset for {given}, got --from, which always repeats its run")
        if self.record is not None:
            self._repeat(self.record, self.out or Path("results") / "rerun")
        elif preset is not None:
            work = self._estimate if self.dry_run else self._run_preset
            work(preset, self.out or Path("results") / preset.name)

    def _repeat(self, record: Path, out: Path) -> None:
        from ..submissions.repeat import reproduce

        found = reproduce(record, out, self.machine, CONSOLE, self.model_file)
        CONSOLE.print(f"{found.hash}: the metrics agree bit for bit with {record}", soft_wrap=True)

    def _run_preset(self, preset: Preset, out: Path) -> None:
        from ..grids.run import run
        from ..tables.terminal import rich_table

        finished = run(preset, out, self.machine, CONSOLE, self.model_file, self.overwrite)
        CONSOLE.print(rich_table(finished.leaderboard, str(out)))
        CONSOLE.print(f"{len(finished.figures)} figures in {out / 'figures'}", soft_wrap=True)
        failed = [record for record in finished.records if not record.done]
        for record in failed:
            CONSOLE.print(failure(record), soft_wrap=True)
        if failed:
            runs = len(finished.records)
            raise CommandFailed(f"expected {runs} runs to finish, got {len(failed)} failures, listed above")

    def _estimate(self, preset: Preset, out: Path) -> None:
        from ..grids.estimate import estimate
        from ..grids.warnings import slow_widths

        configs = preset.runs(self.model_file)
        warn(configs, preset, CONSOLE)
        if slow := slow_widths(configs):
            CONSOLE.print(slow, soft_wrap=True)
        CONSOLE.print(estimate(preset, self.machine, out, self.model_file, self.overwrite))


@dataclass(frozen=True, kw_only=True)
class Tune:
    """Choose step size and length of each model's training on validation data.

    The choices are for `symbreak run --tuned`.
    """

    preset: Annotated[AnyPreset, NAMELESS]
    search: Search = field(default_factory=Search)
    model_file: Path | None = None
    """Python file that registers a model of yours, which joins those of the preset."""
    out: Path | None = None
    """Folder for the search and the choices; results/tuning-<preset> if none is given."""
    machine: OmitArgPrefixes[Machine] = field(default_factory=Machine)

    def __call__(self) -> None:
        self._refuse_ignored(self.preset)
        out = self.out or Path("results") / f"tuning-{self.preset.name}"
        choices, failed = tune(self.preset, self.search, out, self.machine, CONSOLE, self.model_file)
        CONSOLE.print(choices.to_string(index=False), soft_wrap=True, highlight=False)
        CONSOLE.print(str(out / CHOICES), soft_wrap=True)
        if failed:
            raise CommandFailed(
                f"expected at least one learning rate to work, got none, and hence no choice, for {', '.join(failed)}"
            )

    def _refuse_ignored(self, preset: Preset) -> None:
        """Refuses options of the preset that a search does not use."""
        if preset.name not in PRESETS:
            return
        default = PRESETS[preset.name]()
        for option, replacement, given, usual in (
            ("strengths", "strengths", preset.strengths, default.strengths),
            ("seeds", "seeds", preset.seeds, default.seeds),
            ("training.learning-rate", "learning-rates", preset.training.learning_rate, default.training.learning_rate),
            ("training.epochs", "epochs", preset.training.epochs, default.training.epochs),
            ("training.relaxation", "relaxations", preset.training.relaxation, default.training.relaxation),
            ("tuned", "learning-rates", preset.tuned, default.tuned),
        ):
            if given != usual:
                raise ValueError(f"expected --search.{replacement} in a search, got --{option}, which it ignores")


@dataclass(frozen=True)
class Leaderboard:
    """Rank the models of a results folder, and write its tables.

    Prints the leaderboard, or another table, and writes all of them as Markdown, CSV and LaTeX.
    """

    results: Positional[Path]
    """Results folder."""
    table: str = "leaderboard"
    """Table to print, such as leaderboard, declared, crossovers, comparisons, costs or by_element."""

    def __call__(self) -> None:
        from ..aggregation.loaded import load
        from ..tables import rich_section, rich_table, section_of, write_leaderboard

        loaded = load(self.results)
        section = None if self.table == "leaderboard" else section_of(loaded, self.table)
        leaderboard = write_leaderboard(loaded)
        CONSOLE.print(rich_section(section) if section else rich_table(leaderboard, str(self.results)))


@dataclass(frozen=True)
class Quote:
    """Fill the quotations in Markdown pages from the files that they name.

    A quotation stands between `<!-- from FILE -->` or `<!-- from FILE rows PATTERN -->` and `<!-- end -->`, and shows
    the file, or those rows of its tables.
    """

    pages: Positional[tuple[Path, ...]]
    """Pages, such as README.md; the files are relative to the current directory."""

    def __call__(self) -> None:
        for page in self.pages:
            for source in quote(page):
                CONSOLE.print(f"{page}: {source}", soft_wrap=True)


@dataclass(frozen=True)
class Plot:
    """Draw the figures of a results folder, or the plumes of a data set."""

    folder: Positional[Path]
    """Results folder, or folder of a data set."""
    field: Literal["speed", "smoke"] = "speed"
    """What to show of the plumes of a data set; results show speed alone."""

    def __call__(self) -> None:
        from ..figures.plotting import is_data_set, plot

        written = plot(self.folder, self.field)
        what = "pictures" if is_data_set(self.folder) else "figures"
        CONSOLE.print(f"{len(written)} {what} in {written[0].parent}", soft_wrap=True)


@dataclass(frozen=True)
class Report:
    """Write one self-contained page of a results folder."""

    results: Positional[Path]
    """Results folder."""

    def __call__(self) -> None:
        from ..report import write_report

        CONSOLE.print(str(write_report(self.results)), soft_wrap=True)
