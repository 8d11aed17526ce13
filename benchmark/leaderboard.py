"""The leaderboard: models in the order of one overall score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..datasets.files import write_atomically
from .baselines import unbeaten
from .cells import cells
from .comparisons import comparisons, crossovers
from .costs import costs
from .kinds import by_kind
from .learned import learned
from .origins import provenance
from .results import SETTING, is_imported, select
from .scores import gains, places, score_texts, scores
from .settled import training_section
from .statistics import Interval
from .storage import Record
from .summary import setting_words, summary, varying
from .tables import Tables, latex, markdown, page


def leaderboard(results: pd.DataFrame) -> pd.DataFrame:
    """One row a model, or a kind of model where scenarios have several symmetries (see :mod:`.kinds`), best first.

    Columns: ``model, family, score, low, high, best, worst, cells`` (see :mod:`.scores`), ``score <scenario>`` for each
    of several scenarios, ``parameters, train s``, and the nRMSE at each data set, as text.
    """
    rows = by_kind(select(results, "nrmse"))
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
    return pd.concat([table, errors(rows)], axis=1).reset_index(names="model")


def errors(rows: pd.DataFrame) -> pd.DataFrame:
    """nRMSE as text, a row a model, a column a data set; a label says only what differs between data sets."""
    table = cells(rows)
    several, columns = varying(table), {}
    for (*key, strength), part in table.groupby([*SETTING, "strength"]):
        measure = "asymmetry" if is_imported(key[0]) else "error"
        label = " ".join([*setting_words(key, several), f"{strength:g} ({measure} {part.data_error.iloc[0]:.2g})"])
        numbers = part[["diverged", "mean", "low", "high"]].itertuples(index=False)
        texts = ["diverged" if diverged else str(Interval(*interval)) for diverged, *interval in numbers]
        columns[label] = pd.Series(texts, index=part.model)
    return pd.DataFrame(columns)


def tables(results: pd.DataFrame) -> Tables:
    """The leaderboard and what stands beside it."""
    every = (leaderboard, comparisons, crossovers, costs, learned, unbeaten)
    return Tables(*(make(results) for make in every))


def write_leaderboard(results: pd.DataFrame, folder: Path, records: Sequence[Record]) -> pd.DataFrame:
    """Writes the :func:`tables` as ``.csv``, together and with training and provenance as ``leaderboard.md``, the
    leaderboard as ``.tex`` and the :func:`~.summary.summary`; returns the leaderboard.

    Args:
        results: the table of the records.
        folder: where to write.
        records: the runs, for training and provenance.
    """
    every = tables(results)
    parts = filter(None, (page(every), training_section(records), provenance(records)))
    write_atomically(folder / "leaderboard.md", "\n".join(parts).encode())
    write_atomically(folder / "summary.md", (markdown(summary(results)) + "\n").encode())
    write_atomically(folder / "leaderboard.tex", latex(every.leaderboard).encode())
    for name, table in vars(every).items():
        write_atomically(folder / f"{name}.csv", table.to_csv(index=False).encode())
    return every.leaderboard
