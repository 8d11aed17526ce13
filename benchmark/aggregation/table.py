"""What a table is: a name, a meaning, a computation and a way to show its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from .loaded import LoadedResults
from .statistics import Interval


@dataclass(frozen=True, kw_only=True)
class Table:
    """Defines a table of a results folder, once for the terminal, Markdown, CSV, LaTeX and the page.

    It stands beside its computation, and in the tuple of :mod:`..tables.all_tables`; adding one takes no more
    than that.
    """

    name: str
    """Name of the file ``<name>.csv``, and of the section on the page."""
    title: str
    """Heading above the table."""
    meaning: str
    """Explanation of the columns and of how to read them, in Markdown; names of columns stand between backticks."""
    compute: Callable[[LoadedResults], pd.DataFrame]
    """Function that returns the numbers, one row per line of the table; no rows where a results folder has none."""
    format: Callable[[pd.DataFrame], pd.DataFrame]
    """Function that turns the numbers into the text that readers see, with each interval in one column."""
    text_columns: tuple[str, ...] = ()
    """Columns of words, beside those that hold words in every table (:data:`..tables.markup.TEXT_COLUMNS`)."""
    csv: bool = True
    """Whether its numbers are also written to ``<name>.csv``."""
    page: bool = True
    """Whether the page of :mod:`..report` shows it."""


def number_texts(table: pd.DataFrame, *columns: str) -> dict[str, list[str]]:
    """Formats columns with three digits, and as nothing where there is no number."""
    return {column: ["" if math.isnan(value) else f"{value:.3g}" for value in table[column]] for column in columns}


def interval_texts(table: pd.DataFrame, column: str) -> list[str]:
    """Formats ``column``, ``<column>_low`` and ``<column>_high`` as ``mean [low, high]``."""
    numbers = table[[column, f"{column}_low", f"{column}_high"]].itertuples(index=False)
    return [str(Interval(*row)) for row in numbers]
