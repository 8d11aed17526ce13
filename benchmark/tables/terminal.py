"""The leaderboard in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd
from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.table import Table as RichTable

from ..aggregation.long_table import SETTING
from ..analysis.leaderboard import RANKING, SIZE, leaderboard_text
from .all_tables import Section
from .markup import TEXT_COLUMNS, scenario_means

GAP = 2
"""Blanks between two columns."""


def rich_table(table: pd.DataFrame, title: str) -> Group:
    """Lays out the leaderboard for the terminal, 100 columns wide: the overview, and the score by scenario where there
    are several. A narrower terminal shows the same numbers in :class:`Parts`.

    Names of models are never cut off; families and the errors at each data set are in the files.
    """
    text = leaderboard_text(table)
    scenarios = scenario_means(text).rename(columns=lambda name: name.replace("-", "-\n"))
    found: list[Parts | str] = [Parts(text.loc[:, [*RANKING, *SIZE]].drop(columns="family"), title)]
    if len(scenarios.columns):
        found += ["", Parts(pd.concat([text.model, scenarios], axis=1), "score by scenario")]
    return Group(*found)


def rich_section(section: Section) -> Parts:
    """Lays out a table that stands below the leaderboard; what is the same in all its rows stands in the title."""
    text = section.text
    shared = [name for name in SETTING if name in text and len({*text[name]}) == 1]
    title = ", ".join([section.table.title, *(f"{name.replace('_', ' ')} {text[name].iloc[0]}" for name in shared)])
    names = [name for name in text if name not in shared]
    return Parts(text.loc[:, sorted(names, key=lambda name: name != "model")], title)


@dataclass(frozen=True)
class Parts:
    """Shows a table whose first column names its rows, in as many tables, one below the other, as the width needs."""

    text: pd.DataFrame
    title: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        for number, part in enumerate(parts(self.text, options.max_width)):
            if number:
                yield ""
            yield _rich(part, "" if number else self.title)


def parts(text: pd.DataFrame, width: int) -> Iterator[pd.DataFrame]:
    """Splits a table between its columns, each part with the first column; every part has another one, however narrow
    the width is."""
    first, *others = text.columns
    widths = [_width(name, text[name].tolist()) for name in text.columns]
    start = 0
    while start < len(others):
        end = start + 1
        while end < len(others) and widths[0] + sum(widths[1 + start : 2 + end]) <= width:
            end += 1
        yield text.loc[:, [first, *others[start:end]]]
        start = end


def _width(heading: str, cells: list[str]) -> int:
    return GAP + max(map(len, [*heading.split("\n"), *cells]))


def rich_board(table: pd.DataFrame, setting: list[str]) -> Group:
    """Lays out a board for the terminal, a table for each ``setting``, the names of the columns that make one."""
    found: list[Parts | str] = []
    for place, rows in table.groupby(setting, sort=False):
        scenario, history, train, strength, split, metric = cast("tuple[Any, ...]", place)
        title = f"{scenario} at {strength:g}, {history} input frames, {train} simulations: {metric} on {split}"
        shown = rows.loc[:, ["model", "place", "state", "family", "seeds", "value", "size"]]
        shown = shown.assign(value=shown.loc[:, "value"].map("{:.4g}".format), source=rows.source.str.slice(0, 40))
        found += [Parts(shown.map(lambda value: "" if pd.isna(value) else str(value)), title), ""]
    return Group(*found)


def _rich(text: pd.DataFrame, title: str) -> RichTable:
    """Wraps the names of models where there is no room, and never a number."""
    rendered = RichTable(title=title or None, box=box.SIMPLE_HEAD, padding=(0, GAP, 0, 0), show_edge=False)
    for column in text.columns:
        words = column in TEXT_COLUMNS
        rendered.add_column(column, justify="left" if words else "right", no_wrap=not words, overflow="fold")
    for row in text.itertuples(index=False):
        rendered.add_row(*row)
    return rendered
