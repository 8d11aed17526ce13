"""The leaderboard: models in the order of one overall score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from ...datasets.store.files import write_atomically
from ..analysis.baselines import unbeaten
from ..analysis.cells import cells
from ..analysis.comparisons import comparisons, crossovers
from ..analysis.costs import costs
from ..analysis.kinds import by_kind
from ..analysis.learned import learned
from ..analysis.long_table import SETTING, is_imported, select
from ..analysis.scores import gains, places, score_texts, scores
from ..analysis.settled import settled
from ..analysis.statistics import Interval
from ..runs.records import RunRecord
from .provenance import provenance
from .summary import setting_words, summary, varying
from .tables import Tables, latex, markdown, page

TRAINING_MEANING = (
    "`epochs` that a model was trained for, `best_epoch` whose weights were kept, and `last_quarter`: by which share "
    "the best validation error of the first three quarters of the epochs was above that of all; means over strengths "
    "and seeds."
)


def leaderboard(results: pd.DataFrame) -> pd.DataFrame:
    """Ranks models, or kinds of model where scenarios have several symmetries (see :mod:`..analysis.kinds`), a row
    each.

    Columns: ``model, family, score, low, high, best, worst, cells`` (see :mod:`..analysis.scores`), ``score
    <scenario>`` for each of several scenarios, ``parameters, train s``, and the nRMSE at each data set, as text."""
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


def write_leaderboard(results: pd.DataFrame, folder: Path, records: Sequence[RunRecord]) -> pd.DataFrame:
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


def training_section(records: Iterable[RunRecord]) -> str:
    """:func:`settled` as a section of Markdown; empty where nothing was trained."""
    table = settled(records)
    if table.empty:
        return ""
    text = table.assign(
        epochs=table.epochs.map("{:.3g}".format),
        best_epoch=table.best_epoch.map("{:.3g}".format),
        last_quarter=table.last_quarter.map("{:.1%}".format),
    )
    return f"## Training\n\n{TRAINING_MEANING}\n\n{markdown(text.astype(str))}\n"
