"""Tables as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from ..analysis.leaderboard import (
    ERRORS_MEANING,
    LEADERBOARD,
    RANKING,
    SIZE,
    leaderboard_text,
    overview_columns,
    scenario_columns,
)
from .all_tables import sections

TEXT_COLUMNS = ("model", "family", "scenario", "split", "hash", "device")
"""Columns of words in every table; the others hold numbers and are aligned to the right."""
BOOKTABS = "% needs \\usepackage{booktabs}\n"
LATEX = str.maketrans({"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"})
"""Characters that pandas does not escape and that old font encodings print as something else."""


def markdown(text: pd.DataFrame, text_columns: Collection[str] = ()) -> str:
    """Writes a Markdown table, escaping names so that they cannot break it or the page.

    Args:
        text: its cells.
        text_columns: columns of words beside :data:`TEXT_COLUMNS`.
    """
    words = {*TEXT_COLUMNS, *text_columns}
    alignment = ["---" if column in words else "---:" for column in text.columns]
    return "\n".join(_markdown_rows(text, alignment))


def _markdown_rows(text: pd.DataFrame, alignment: list[str]) -> Iterator[str]:
    for row in (text.columns, alignment, *text.itertuples(index=False)):
        yield "| " + " | ".join(map(escaped, row)) + " |"


def escaped(text: str) -> str:
    """Escapes a text, so that Markdown shows it as it is in a cell of a table or in a line."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def leaderboard_markdown(computed: Mapping[str, pd.DataFrame]) -> str:
    """Writes every table as Markdown with its meaning: the leaderboard in two parts, then the
    :func:`~.all_tables.sections`.

    Args:
        computed: the numbers of :func:`~.all_tables.compute_tables`.
    """
    text = leaderboard_text(computed[LEADERBOARD.name])
    overview = overview_columns(text)
    errors = [column for column in text.columns if column not in overview]
    parts = [markdown(text.loc[:, overview]), LEADERBOARD.meaning]
    parts += ["## Error at each data set", ERRORS_MEANING, markdown(text.loc[:, ["model", *errors]])]
    for section in sections(computed):
        table = section.table
        parts += [f"## {table.title}", table.meaning, markdown(section.text, table.text_columns)]
    return "\n\n".join(parts) + "\n"


def latex(table: pd.DataFrame) -> str:
    """Writes the overview and the scores by scenario as a ``tabular`` for the package booktabs, names escaped.

    Args:
        table: the :func:`~..analysis.leaderboard.leaderboard`.
    """
    text = leaderboard_text(table)
    text = pd.concat([text[[*RANKING]], scenario_means(text), text[[*SIZE]]], axis=1)
    return BOOKTABS + _tabular(text, TEXT_COLUMNS)


def latex_tables(computed: Mapping[str, pd.DataFrame]) -> str:
    """Writes each table that stands below the leaderboard as a ``tabular`` under its title; none that is empty."""
    parts = (
        f"\n% {section.table.title}\n{_tabular(section.text, (*TEXT_COLUMNS, *section.table.text_columns))}"
        for section in sections(computed)
    )
    return BOOKTABS + "".join(parts)


def _tabular(text: pd.DataFrame, words: Collection[str]) -> str:
    alignment = "".join("l" if column in words else "r" for column in text.columns)
    return text.to_latex(index=False, escape=True, column_format=alignment).translate(LATEX)


def scenario_means(text: pd.DataFrame) -> pd.DataFrame:
    """Returns the scores of single scenarios without their intervals, each under the name of its scenario."""
    means = text.loc[:, scenario_columns(text)].apply(lambda column: column.str.partition(" ")[0])
    return means.rename(columns=lambda name: name.removeprefix("score "))
