"""The leaderboard in the terminal."""

from __future__ import annotations

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


def _rich(text: pd.DataFrame, title: str) -> RichTable:
    rendered = RichTable(title=title, box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False)
    for column in text.columns:
        rendered.add_column(column, justify="left" if column in TEXT_COLUMNS else "right", no_wrap=True)
    for row in text.itertuples(index=False):
        rendered.add_row(*row)
    return rendered
