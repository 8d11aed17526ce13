"""A results folder that is read once and handed on to whatever makes tables, figures or pages of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..records.records import RunRecord, load_runs
from .long_table import table_of


@dataclass(frozen=True)
class LoadedResults:
    """Holds what has been read of a results folder: its records, and the long table of them."""

    folder: Path
    records: Sequence[RunRecord]
    results: pd.DataFrame


def load(results: str | Path | LoadedResults) -> LoadedResults:
    """Reads a results folder; hands on what has been read already.

    Raises:
        ValueError: as :func:`~.long_table.load_results` does.
    """
    if isinstance(results, LoadedResults):
        return results
    folder = Path(results)
    records = load_runs(folder)
    return LoadedResults(folder, records, table_of(records, folder))
