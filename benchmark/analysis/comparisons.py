"""Comparisons of models on equal data: paired tests."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from ..aggregation.kinds import BASELINE, by_kind, strict_models
from ..aggregation.long_table import by_model, primary
from ..aggregation.scores import REFERENCE, complete, gains, whole_seeds
from ..aggregation.statistics import logarithm, p_of_mean
from ..aggregation.table import Table, number_texts

PAIRED = ["model", "cells", "ratio", "p", "p_adjusted"]
COMPARED = ["scenario", "reference", "strengths", *PAIRED]
EVERYWHERE = "all"
BROKEN = "above 0"


def paired_comparisons(results: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Compares every model with a reference on the trials (:data:`.TRIAL`) in which both stayed finite, of
    the seeds that have all of them.

    ``ratio = exp mean ln(e(reference) / e(model))``, above 1 where the model is better; ``p`` is that of the two-sided
    paired t test, whose samples are the mean logarithms of these seeds, because trials of one seed are not independent;
    ``p_adjusted`` is corrected after Benjamini and Hochberg (1995) for the number of trained models tested: baselines,
    which are expected to be worse, would only weaken the correction, and have none. Where all seeds share the
    simulations, ``p`` speaks of these data sets, not of all.

    Returns:
        Columns :data:`PAIRED`, best first; ``p`` is NaN below two such seeds, where either diverged, and of a model
        that repeats the reference to rounding, as augmentation with a symmetry that a network has does.

    Raises:
        ValueError: the reference has no results.
    """
    errors = by_model(primary(results))
    if reference not in errors:
        raise ValueError(f"expected results of {reference}, got those of {', '.join(errors.columns)}")
    rows = []
    for model in errors.columns.drop(reference):
        both = errors[[reference, model]].dropna()
        finite = both.loc[np.isfinite(both.to_numpy()).all(axis=1)]
        gain = logarithm(finite.loc[:, reference] / finite.loc[:, model])
        seeds = whole_seeds(gain)
        means = seeds.mean()
        ratio = math.exp(means.mean()) if len(means) else math.nan
        p = p_of_mean(means) if len(finite) == len(both) else math.nan
        rows.append({"model": model, "cells": seeds.size, "ratio": ratio, "p": p})
    table = adjusted(pd.DataFrame(rows, columns=PAIRED[:-1]), results)
    return table.sort_values("ratio", ascending=False, ignore_index=True)


def adjusted(table: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Adds a column ``p_adjusted``: ``p`` after Benjamini and Hochberg over the models that are not baselines."""
    known = table.p.notna() & ~table.model.isin(results.model[results.family == BASELINE])
    corrected = false_discovery_control(table.p[known]) if known.any() else []
    return table.assign(p_adjusted=pd.Series(corrected, table.index[known], dtype=float))


def comparisons(results: pd.DataFrame) -> pd.DataFrame:
    """Runs :func:`paired_comparisons` with the reference of the leaderboard and with strict models: in each scenario;
    and over all of them, if there are several, of the rows that have a score there. Where some data are symmetric and
    some are not, once over all strengths and once over those above 0, where a symmetry can be wrong.

    Returns:
        Columns :data:`COMPARED`.
    """
    groups = list(results.groupby("scenario"))
    found = []
    for scenario, part in ([(EVERYWHERE, _scored(results))] if len(groups) > 1 else []) + groups:
        for reference in dict.fromkeys((REFERENCE, *strict_models(part))):
            for strengths, rows in _by_strengths(part):
                if reference in set(rows.model):
                    compared = paired_comparisons(rows, reference)
                    found.append(compared.assign(scenario=scenario, reference=reference, strengths=strengths))
    return pd.concat(found).loc[:, COMPARED].reset_index(drop=True) if found else pd.DataFrame(columns=COMPARED)


def _by_strengths(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    broken = rows.loc[rows.strength > 0]
    return [(EVERYWHERE, rows), (BROKEN, broken)] if 0 < len(broken) < len(rows) else [(EVERYWHERE, rows)]


def _scored(results: pd.DataFrame) -> pd.DataFrame:
    """Returns the results of the rows of the leaderboard that have a score over all scenarios."""
    rows = by_kind(primary(results))
    whole = complete(gains(rows))
    return rows.loc[rows.model.isin(whole.loc[whole].index)]


def comparison_text(compared: pd.DataFrame) -> pd.DataFrame:
    """Formats the paired comparisons."""
    return compared.assign(**number_texts(compared, "ratio", "p", "p_adjusted")).astype(str)


COMPARISONS = Table(
    name="comparisons",
    title="Comparisons",
    meaning=(
        "Exploratory. `ratio`: how many times smaller the error is than that of the reference, geometric mean "
        "over the trials (scenario, history, training simulations, strength, seed) in which both stayed finite, of the "
        "seeds that lack none; `p`: two-sided paired t test of its logarithm, with one mean a seed, `p_adjusted` after "
        "Benjamini and Hochberg for the number of trained models that this reference is compared with in this scenario "
        "(baselines do not count); none where either diverged, and for a model that repeats the reference, as "
        "augmentation with a symmetry that a network has does. `strengths`: over all, or over those above 0 alone, "
        "where a symmetry can be wrong. Where all seeds share the simulations it speaks of these, not of all."
    ),
    compute=lambda loaded: comparisons(loaded.results),
    format=comparison_text,
    text_columns=("reference", "strengths"),
)
