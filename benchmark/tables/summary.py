"""The findings of a results folder in one small table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..analysis.kinds import by_kind
from ..analysis.long_table import SETTING
from ..analysis.scores import gains, score_texts, scores

WORDS = {"scenario": "{}", "history": "history {}", "train_simulations": "train {}"}


def setting_words(key: Sequence, several: Sequence[str]) -> list[str]:
    """What tells a setting from the others.

    Args:
        key: values of :data:`~..analysis.long_table.SETTING`.
        several: the names among these in which settings differ.
    """
    return [WORDS[name].format(value) for name, value in zip(SETTING, key, strict=True) if name in several]


def varying(table: pd.DataFrame) -> list[str]:
    """The names of :data:`~..analysis.long_table.SETTING` that have several values."""
    return [name for name in SETTING if table[name].nunique() > 1]


def summary(results: pd.DataFrame) -> pd.DataFrame:
    """The score in each setting as text: rows and their order are those of the leaderboard."""
    gain, several = gains(by_kind(results)), varying(results) or ["scenario"]
    table = pd.DataFrame(index=scores(gain).index)
    for key, part in gain.groupby(SETTING):
        table[" ".join(setting_words(key, several))] = score_texts(part)
    return table.reset_index(names="model")
