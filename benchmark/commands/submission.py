"""Commands that hand results on, and check those of others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tyro.conf import OmitArgPrefixes, Positional

from ..runs.machine import Machine
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
    """Compute the metrics of a submission again, from its weights.

    The data are simulated anew, from the recipes in the archive. Everything in it but model.py is read as data and
    cannot execute anything.
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
