"""The leaderboard in the terminal."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd
from rich import box
from rich.console import Group
from rich.table import Table as RichTable

from ..analysis.leaderboard import RANKING, SIZE, leaderboard_text
from .markup import TEXT_COLUMNS, scenario_means


def rich_table(table: pd.DataFrame, title: str) -> Group:
    """Lays out the leaderboard for the terminal, 100 columns wide: the overview, and the score by scenario where there
    are several.

    Names of models are never cut off; families and the errors at each data set are in the files.
    """
    text = leaderboard_text(table)
    scenarios = scenario_means(text).rename(columns=lambda name: name.replace("-", "-\n"))
    parts = [_rich(text.loc[:, [*RANKING, *SIZE]].drop(columns="family"), title)]
    if len(scenarios.columns):
        parts += ["", _rich(pd.concat([text.model, scenarios], axis=1), "score by scenario")]
    return Group(*parts)


def rich_board(table: pd.DataFrame, setting: list[str]) -> Group:
    """Lays out a board for the terminal, a table for each ``setting``: the names of the columns that make one."""
    parts = []
    for place, rows in table.groupby(setting, sort=False):
        scenario, history, train, strength, split, metric = cast("tuple[Any, ...]", place)
        title = f"{scenario} at {strength:g}, {history} input frames, {train} simulations: {metric} on {split}"
        shown = rows.loc[:, ["place", "model", "state", "family", "seeds", "value", "size"]]
        shown = shown.assign(value=shown.loc[:, "value"].map("{:.4g}".format), source=rows.source.str.slice(0, 40))
        parts += [_rich(shown.astype(str).replace("<NA>", ""), title), ""]
    return Group(*parts)


def _rich(text: pd.DataFrame, title: str) -> RichTable:
    rendered = RichTable(title=title, box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False)
    for column in text.columns:
        rendered.add_column(column, justify="left" if column in TEXT_COLUMNS else "right", no_wrap=True)
    for row in text.itertuples(index=False):
        rendered.add_row(*row)
    return rendered
