"""Commands that hand results on, and check those of others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tyro.conf import OmitArgPrefixes, Positional

from ..runs.machine import Machine
from ..submissions.board import SETTING, accept, read_board, report_row
from ..submissions.submission import rescore, submit
from .command import CommandFailed
from .console import CONSOLE


@dataclass(frozen=True, kw_only=True)
class Submit:
    """Pack a model, its runs and weights into an archive to be rescored."""

    results: Positional[Path]
    """Results folder."""
    models: tuple[str, ...]
    """Models whose finished runs to pack."""
    model_file: Path | None = None
    """Python file that registers the models, if they are yours; it must not have changed since they ran."""
    archive: Path = Path("submission.tar.gz")
    """File to write."""

    def __call__(self) -> None:
        if not self.models:
            raise ValueError("expected at least one of --models, got none")
        records = submit(self.results, self.models, self.archive, self.model_file)
        CONSOLE.print(f"{self.archive}: {len(records)} runs of {', '.join(self.models)}", soft_wrap=True)


@dataclass(frozen=True, kw_only=True)
class Rescore:
    """Compute the metrics of a submission again, on its data and new ones.

    The data are simulated anew, from the recipes in the archive, and once more with a seed that is drawn now.
    Everything in it but model.py is read as data and cannot execute anything.
    """

    archive: Positional[Path]
    """File that `symbreak submit` wrote."""
    trust_model_file: bool = False
    """Import model.py, the submitter's code, with your rights: read it first, or rescore inside a container."""
    tolerance: float = 1e-3
    """Largest relative difference that counts as agreement; the last digits differ between kinds of machines."""
    machine: OmitArgPrefixes[Machine] = field(default_factory=Machine)

    def __call__(self) -> None:
        if not 0 <= self.tolerance < 1:
            raise ValueError(f"expected a tolerance in [0, 1), got {self.tolerance}")
        verdicts = []
        for verdict in rescore(self.archive, self.machine, CONSOLE, trust_model_file=self.trust_model_file):
            verdicts.append(verdict)
            record, mark = verdict.record, "ok  " if verdict.holds(self.tolerance) else "FAIL"
            run = f"{record.model} {record.scenario} {record.strength:g} seed {record.seed}"
            CONSOLE.print(f"{mark} {record.hash} {run}: {verdict}", soft_wrap=True, markup=False, highlight=False)
        wrong = sum(not verdict.holds(self.tolerance) for verdict in verdicts)
        if wrong:
            raise CommandFailed(
                f"expected {len(verdicts)} runs to agree within {self.tolerance:g}, got disagreement in {wrong}"
            )


@dataclass(frozen=True, kw_only=True)
class Accept:
    """Rescore a submission, and put its models onto a board.

    They are verified there, or reproduced where the data are imported. The files that it writes are to be merged.
    """

    archive: Positional[Path]
    """File that `symbreak submit` wrote."""
    board: Path = Path("board")
    """Folder of the board."""
    trust_model_file: bool = False
    """Import model.py, the submitter's code, with your rights: read it first, or accept inside a container."""
    tolerance: float = 1e-3
    """Largest relative difference that counts as agreement; the last digits differ between kinds of machines."""
    machine: OmitArgPrefixes[Machine] = field(default_factory=Machine)

    def __call__(self) -> None:
        given = {"trust_model_file": self.trust_model_file}
        for path in accept(self.archive, self.board, self.machine, CONSOLE, tolerance=self.tolerance, **given):
            CONSOLE.print(str(path), soft_wrap=True)


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """Put published numbers onto a board, as reported."""

    file: Positional[Path]
    """TOML file that describes them."""
    board: Path = Path("board")
    """Folder of the board."""

    def __call__(self) -> None:
        CONSOLE.print(str(report_row(self.file, self.board)), soft_wrap=True)


@dataclass(frozen=True, kw_only=True)
class Board:
    """Show a board, and how far each of its rows has been checked.

    Errors by setting, the best first; those that are verified have places.
    """

    board: Positional[Path] = Path("board")
    """Folder of the board."""
    rank_all: bool = False
    """Give places to reproduced and reported rows, too."""

    def __call__(self) -> None:
        from ..tables.terminal import rich_board

        CONSOLE.print(rich_board(read_board(self.board, rank_all=self.rank_all), SETTING))
