"""The leaderboard: models in the order of one overall score; and its score in each setting."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from ..aggregation.kinds import by_kind
from ..aggregation.long_table import (
    ERROR,
    FLOOR,
    SETTING,
    Setting,
    by_setting,
    floors,
    is_imported,
    primary,
    select,
)
from ..aggregation.scores import REFERENCE, gains, places, score_text, score_texts, scores
from ..aggregation.seed_means import seed_means
from ..aggregation.statistics import Interval
from ..aggregation.table import Table

WORDS = {"scenario": "{}", "history": "history {}", "train_simulations": "train {}"}
RANKING = ("model", "family", "score", "places")
SIZE = ("cells", "parameters", "train s")


def leaderboard(results: pd.DataFrame) -> pd.DataFrame:
    """Ranks models, or kinds of model where scenarios have several symmetries (see :mod:`.kinds`), one per row.

    Columns: ``model, family, score, low, high, best, worst, cells`` (see :mod:`.scores`), ``score <scenario>`` for each
    of several scenarios, ``parameters, train s``, and the error at each data set, as text.
    Where data have a floor, the last row is the floor."""
    rows = by_kind(primary(results))
    gain, models = gains(rows), rows.groupby("model")
    overall = scores(gain)
    table = pd.DataFrame({"family": models.family.first(), "score": overall["mean"]}, index=overall.index)
    table[["low", "high"]] = overall[["low", "high"]]
    table[["best", "worst"]] = places(gain)
    table["cells"] = overall.cells
    if rows.scenario.nunique() > 1:
        for scenario, part in gain.groupby("scenario"):
            table[f"score {scenario}"] = score_texts(part)
    table["parameters"] = models.n_parameters.max()
    table["train s"] = models.train_seconds.mean().round(1)
    errors = error_texts(pd.concat([rows, select(floors(results), "relative_l2", "orbit")]))
    if FLOOR in errors.index:
        table.loc[FLOOR, ["family", "cells", "parameters"]] = "bound", 0, 0
        table = table.astype({"cells": int, "parameters": int})
    return pd.concat([table, errors], axis=1).reset_index(names="model")


def error_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Formats the errors, one row per model and one column per data set; labels say only what differs between these."""
    table = seed_means(rows)
    several, columns = varying(table), {}
    for setting, rows_of_setting in by_setting(table):
        measure = "asymmetry" if is_imported(setting.scenario) else "error"
        for strength, part in rows_of_setting.groupby("strength"):
            level = f"{strength:g} ({measure} {part.data_error.iloc[0]:.2g})"
            numbers = part[["diverged", "mean", "low", "high"]].itertuples(index=False)
            texts = ["diverged" if diverged else str(Interval(*interval)) for diverged, *interval in numbers]
            columns[" ".join([*setting_words(setting, several), level])] = pd.Series(texts, index=part.model)
    return pd.DataFrame(columns)


def scores_by_setting(results: pd.DataFrame) -> pd.DataFrame:
    """Formats the score in each setting: rows and their order are those of the leaderboard."""
    gain, several = gains(by_kind(results)), varying(results) or ["scenario"]
    table = pd.DataFrame(index=scores(gain).index)
    for setting, part in by_setting(gain):
        table[" ".join(setting_words(setting, several))] = score_texts(part)
    return table.reset_index(names="model")


def setting_words(setting: Setting, several: Sequence[str]) -> list[str]:
    """Names a setting by what distinguishes it from the others.

    Args:
        several: the names among :data:`~..aggregation.long_table.SETTING` in which settings differ.
    """
    return [WORDS[name].format(value) for name, value in setting._asdict().items() if name in several]


def varying(table: pd.DataFrame) -> list[str]:
    """Returns the names of :data:`~..aggregation.long_table.SETTING` that have several values."""
    return [name for name in SETTING if len(set(table[name])) > 1]


def leaderboard_text(table: pd.DataFrame) -> pd.DataFrame:
    """Formats the leaderboard, with the interval beside the score and both places in one column."""
    text = table.drop(columns=["low", "high", "best", "worst"]).astype({"score": object})
    intervals = table[["score", "low", "high"]].itertuples(index=False)
    text["score"] = [score_text(Interval(*row)) for row in intervals]
    text.insert(3, "places", [_place_text(*row) for row in table[["best", "worst"]].itertuples(index=False)])
    text["parameters"] = table.parameters.map("{:,}".format)
    return text.astype(object).fillna("").astype(str)


def _place_text(best: float, worst: float) -> str:
    if math.isnan(best):
        return ""
    return f"{best:.0f}" if best == worst else f"{best:.0f}-{worst:.0f}"


def scenario_columns(table: pd.DataFrame) -> list[str]:
    """Returns the columns that hold scores of single scenarios."""
    return [column for column in table.columns if column.startswith("score ")]


def overview_columns(text: pd.DataFrame) -> list[str]:
    """Returns the columns of :func:`leaderboard_text` but those of the error at each data set, in reading order."""
    return [*RANKING, *scenario_columns(text), *SIZE]


LEADERBOARD = Table(
    name="leaderboard",
    title="Leaderboard",
    meaning=(
        f"`score` is how many times smaller the error is than the {REFERENCE}'s: the geometric mean of the ratios over "
        "`cells`, trials (scenario, history, training simulations, strength, seed) of the seeds that both were run on "
        "throughout (1 = as good, above 1 = better), with its bootstrap 95 % interval over seeds (of three seeds this "
        "and every interval below is their range, which holds the mean in about three cases of four). "
        f"A row that was not run on every data set of the {REFERENCE}'s has none, because a mean over other data sets "
        "does not compare; its scores of single scenarios do. `places` are the best and the worst place among the rows "
        "with a score when each seed ranks them by itself. Where scenarios have several symmetries, a row is a kind of "
        f"model: `rpp` is `rpp-rotation` where the symmetry is rotation. Where it is translation, the {REFERENCE} is "
        f"the strict model, and counts as `equiv`, too. {ERROR}. Above the numbers of the row `{FLOOR}` lies the error "
        "of every strictly equivariant network, whatever its size and its training."
    ),
    compute=lambda loaded: leaderboard(loaded.results),
    format=leaderboard_text,
)
ERRORS_MEANING = (
    "The error by which models are ranked (relative to the truth; smaller is better) on each data set, mean over seeds "
    "with the bootstrap 95 % interval where there are several. The columns are the strengths of the symmetry breaking; "
    "`error` is the equivariance error of the data over ten steps, `asymmetry`, of imported data, is another measure, "
    "on another scale: how far their statistics are from the moved ones."
)
"""What the columns after the :func:`overview_columns` are."""
