"""The leaderboard: models in the order of one overall score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.table import Table

from ..datasets.files import write_atomically
from .statistics import bootstrap

REFERENCE = "convnet"
EXPLANATION = (
    f"`score` is how many times smaller the Domain nRMSE is than the {REFERENCE}'s: the geometric mean of the ratios "
    "over scenarios, history lengths, strengths and seeds (1 = as good, above 1 = better). The other columns are nRMSE "
    "(error divided by the rms of the truth, all rollout steps; smaller is better) on the unseen simulations of each "
    "data set, mean over seeds with the bootstrap 95 % interval where there are several seeds; `error` there is the "
    "measured equivariance error of the data over ten steps."
)


def select(results: pd.DataFrame, metric: str, split: str = "domain", step: str = "mean") -> pd.DataFrame:
    """Rows of one metric, split and step."""
    return results[(results.metric == metric) & (results.split == split) & (results.step == step)]


def scores(results: pd.DataFrame) -> pd.Series:
    """``exp mean ln(nRMSE(convnet) / nRMSE(model))`` over the cells that both have; NaN without a convnet.

    A cell is a scenario, history, strength and seed. A rollout that left the finite numbers makes the score 0.
    """
    rows = select(results, "nrmse").fillna({"value": np.inf})
    cells = rows.pivot_table(index=["scenario", "history", "strength", "seed"], columns="model", values="value")
    if REFERENCE not in cells:
        return pd.Series(np.nan, index=cells.columns)
    return np.exp(np.log(cells).rsub(np.log(cells[REFERENCE]), axis=0).mean())


def leaderboard(results: pd.DataFrame) -> pd.DataFrame:
    """One row a model, best score first: family, parameters, seconds of training, score, nRMSE at each data set."""
    rows = select(results, "nrmse")
    table = pd.DataFrame({"score": scores(results)})
    by_model = rows.groupby("model")
    table.insert(0, "family", by_model.family.first())
    table["parameters"] = by_model.n_parameters.max()
    table["train s"] = by_model.train_seconds.mean().round(1)
    several = {name: rows[name].nunique() > 1 for name in ("scenario", "history")}
    for (scenario, history, strength), cell in rows.groupby(["scenario", "history", "strength"]):
        label = f"{strength:g} (error {cell.data_error.iloc[0]:.2g})"
        label = f"history {history}, {label}" if several["history"] else label
        label = f"{scenario} {label}" if several["scenario"] else label
        table[label] = cell.groupby("model").value.agg(_interval)
    return table.sort_values(["score"], ascending=False, kind="stable").reset_index(names="model")


def _interval(values: pd.Series) -> str:
    return "diverged" if values.isna().any() else str(bootstrap(values))


def formatted(table: pd.DataFrame) -> pd.DataFrame:
    """The leaderboard as text."""
    return (
        table.assign(score=table.score.map("{:.3f}".format), parameters=table.parameters.map("{:,}".format))
        .fillna("")
        .astype(str)
    )


def rich_table(table: pd.DataFrame, title: str) -> Table:
    """For the terminal."""
    rendered = Table(title=title)
    for column in table.columns:
        rendered.add_column(
            column, justify="left" if column in ("model", "family") else "right", no_wrap=column == "model"
        )
    for row in formatted(table).itertuples(index=False):
        rendered.add_row(*row)
    return rendered


def markdown(table: pd.DataFrame) -> str:
    """For a web page: a Markdown table and what its columns mean."""
    text = formatted(table)
    alignment = ["---" if column in ("model", "family") else "---:" for column in text.columns]
    lines = [text.columns.tolist(), alignment, *text.itertuples(index=False)]
    return "\n".join(_markdown_row(line) for line in lines) + f"\n\n{EXPLANATION}\n"


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def write_leaderboard(results: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Writes ``leaderboard.md`` and ``leaderboard.csv``; returns the table."""
    table = leaderboard(results)
    write_atomically(folder / "leaderboard.md", markdown(table).encode())
    write_atomically(folder / "leaderboard.csv", table.to_csv(index=False).encode())
    return table
