"""The findings of a results folder in one small table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .palette import kind
from .results import SETTING
from .scores import gains, score_text, scores
from .statistics import Interval

WORDS = {"scenario": "{}", "history": "history {}", "train_simulations": "train {}"}


def setting_words(key: Sequence, several: Sequence[str]) -> list[str]:
    """What tells a setting from the others.

    Args:
        key: values of :data:`~.results.SETTING`.
        several: the names among these in which settings differ.
    """
    return [WORDS[name].format(value) for name, value in zip(SETTING, key, strict=True) if name in several]


def varying(table: pd.DataFrame) -> list[str]:
    """The names of :data:`~.results.SETTING` that have several values."""
    return [name for name in SETTING if table[name].nunique() > 1]


def summary(results: pd.DataFrame) -> pd.DataFrame:
    """The score in each setting as text: a row a kind of model, so that ``rpp-rotation`` and ``rpp-scaling`` share one,
    sorted by the mean place."""
    gain = gains(results)
    several = varying(results) or ["scenario"]
    symmetry = results.groupby("scenario").symmetry.first()
    texts, order = {}, {}
    for key, part in gain.groupby(SETTING):
        label = " ".join(setting_words(key, several))
        table = scores(part.dropna(axis=1, how="all"))
        table.index = [kind(model, symmetry[key[0]]) for model in table.index]
        intervals = table[["mean", "low", "high"]].itertuples(index=False)
        texts[label] = pd.Series([score_text(Interval(*row)) for row in intervals], index=table.index)
        order[label] = table["mean"].rank(ascending=False)
    places = pd.DataFrame(order).mean(axis=1).sort_values(kind="stable")
    return pd.DataFrame(texts).loc[places.index].fillna("").reset_index(names="model")
