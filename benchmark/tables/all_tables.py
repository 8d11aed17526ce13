"""Every table of a results folder, in the order in which readers see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ..aggregation.loaded import LoadedResults
from ..aggregation.statistics import rounded
from ..aggregation.table import Table
from ..analysis.by_element import BY_ELEMENT
from ..analysis.comparisons import COMPARISONS
from ..analysis.costs import COSTS
from ..analysis.crossovers import CROSSOVERS
from ..analysis.declared import DECLARED
from ..analysis.leaderboard import LEADERBOARD
from ..analysis.learned import LEARNED
from ..analysis.trained import CONVERGENCE, UNBEATEN

TABLES: tuple[Table, ...] = (
    LEADERBOARD,
    DECLARED,
    CROSSOVERS,
    COMPARISONS,
    COSTS,
    BY_ELEMENT,
    LEARNED,
    UNBEATEN,
    CONVERGENCE,
)
"""Tables that the terminal, ``leaderboard.md``, the CSV files, the LaTeX files and the page are made from."""


def compute_tables(loaded: LoadedResults) -> dict[str, pd.DataFrame]:
    """Computes all of :data:`TABLES`; returns their numbers by name."""
    return {table.name: table.compute(loaded) for table in TABLES}


def csv_files(computed: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Returns the text of each CSV file by its name, numbers with the digits that every machine agrees on."""
    return {f"{table.name}.csv": _rounded(computed[table.name]).to_csv(index=False) for table in TABLES if table.csv}


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    floats = table.select_dtypes("float").columns
    return table.assign(**{name: rounded(table[name].to_numpy()) for name in floats})


@dataclass(frozen=True)
class Section:
    """Holds a table as text, to be shown below the leaderboard."""

    table: Table
    text: pd.DataFrame


def sections(computed: Mapping[str, pd.DataFrame]) -> list[Section]:
    """Formats what stands below the leaderboard, without tables that are empty.

    Args:
        computed: the numbers of :func:`compute_tables`.
    """
    below = (table for table in TABLES if table is not LEADERBOARD)
    return [Section(table, table.format(computed[table.name])) for table in below if len(computed[table.name])]


def section_of(loaded: LoadedResults, name: str) -> Section:
    """Computes one table that stands below the leaderboard.

    Raises:
        ValueError: no table has that name, or it is empty for these results.
    """
    table = next((table for table in TABLES if table.name == name), None)
    if table is None:
        raise ValueError(f"expected one of the tables {', '.join(table.name for table in TABLES)}, got {name!r:.80}")
    numbers = table.compute(loaded)
    if numbers.empty:
        raise ValueError(f"expected results that have the table {name}, got {loaded.folder}, for which it is empty")
    return Section(table, table.format(numbers))
