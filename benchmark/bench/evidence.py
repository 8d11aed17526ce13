"""One table of how far data sets are from symmetric."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from ...datasets import DataSet, Imported, evidence
from ..runs.machine import progress_bar
from .speed import write_bench

ORDER = ["scenario", "last_frame", "strength"]


def write_evidence(folders: Sequence[str | Path], out: str | Path, console: Console | None = None) -> list[Path]:
    """Writes the equivariance errors, largest divergence and CFL number of simulated data sets as ``evidence.csv`` and
    ``evidence.md``.

    Args:
        folders: the data sets.
        out: folder of the table.
        console: shows the progress; silent if none is given.

    Returns:
        The paths of the two files.

    Raises:
        ValueError: imported data, which no simulator can continue.
        DataError: no complete data set in a folder.
    """
    for folder in folders:
        if isinstance(DataSet(folder).recipe, Imported):
            raise ValueError(f"expected simulated data for a table, got imported ones in {folder}")
    with progress_bar(console or Console(quiet=True)) as progress:
        rows = [evidence(folder) for folder in progress.track(folders, description="measure")]
    table = pd.DataFrame(rows).sort_values(ORDER, kind="stable", ignore_index=True)
    return write_bench(table.astype(object).where(table.notna(), ""), "evidence", out)
