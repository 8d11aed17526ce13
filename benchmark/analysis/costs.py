"""What symmetry breaking costs each model, beside what it costs the strict one."""

from __future__ import annotations

import math

import pandas as pd

from ..aggregation.kinds import strict_models
from ..aggregation.long_table import SETTING, by_model, by_setting, is_imported, primary
from ..aggregation.statistics import bootstrap, logarithm, p_of_mean
from ..aggregation.table import Table, interval_texts, number_texts
from .comparisons import adjusted

GROWN = ["model", "seeds", "first", "last", "growth", "growth_low", "growth_high", "p"]
COST_COLUMNS = [*SETTING, "strict", *GROWN, "p_adjusted"]


def costs(results: pd.DataFrame) -> pd.DataFrame:
    """Computes one row for each setting with several strengths, strict model of it, and model.

    ``first`` and ``last`` are the error (:func:`.primary`) on the data with the least and the most symmetry
    breaking, mean over the ``seeds`` whose errors are finite at both; ``growth = exp mean ln(last / first)`` over these
    seeds, with its bootstrap 95 % interval. Data may get harder for all models: a strict one pays for its symmetry as
    far as its growth exceeds that of others. ``p`` is that of the two-sided paired t test over seeds that both grow
    alike, ``p_adjusted`` that after Benjamini and Hochberg for the number of trained models; none where either
    diverged.

    Returns:
        Columns :data:`COST_COLUMNS`; no row for a model without such seeds.
    """
    parts = []
    for setting, part in by_setting(primary(results)):
        if part.strength.nunique() > 1 and not is_imported(setting.scenario):
            for strict in strict_models(part):
                parts.append(_beside(strict, part).assign(**setting._asdict(), strict=strict))
    return pd.concat(parts).loc[:, COST_COLUMNS].reset_index(drop=True) if parts else pd.DataFrame(columns=COST_COLUMNS)


def _beside(strict: str, rows: pd.DataFrame) -> pd.DataFrame:
    errors = by_model(rows).droplevel(SETTING)
    first, last = (errors.xs(strength, level="strength") for strength in (rows.strength.min(), rows.strength.max()))
    diverged = first.isin([math.inf]).any() | last.isin([math.inf]).any()
    first, last = first.replace(math.inf, math.nan), last.replace(math.inf, math.nan)
    growth, found = logarithm(last / first), []
    for model, own in growth.items():
        seeds = own.dropna().index
        if len(seeds):
            ends = first.loc[seeds, model].mean(), last.loc[seeds, model].mean()
            tested = not diverged[[model, strict]].any()
            p = p_of_mean((own - growth[strict]).dropna()) if tested else math.nan
            found.append([model, len(seeds), *ends, *vars(bootstrap(own[seeds]).exp()).values(), p])
    return adjusted(pd.DataFrame(found, columns=GROWN), rows)


def cost_text(costs: pd.DataFrame) -> pd.DataFrame:
    """Formats what symmetry breaking costs, an interval in one column."""
    ends, tests = number_texts(costs, "first", "last"), number_texts(costs, "p", "p_adjusted")
    text = costs[[*SETTING, "strict", "model", "seeds"]]
    return text.assign(**ends, growth=interval_texts(costs, "growth"), **tests).astype(str)


COSTS = Table(
    name="costs",
    title="What symmetry breaking costs",
    meaning=(
        "Exploratory. `first` and `last`: error on the data with the least and the most symmetry breaking, "
        "mean over seeds; `growth`: their ratio, with its bootstrap 95 % interval over seeds. Data may get harder for "
        "all models: the strict one pays for its symmetry as far as it grows more than others. `p`: paired t test over "
        "seeds that both grow alike, `p_adjusted` after Benjamini and Hochberg for the number of trained models; none "
        "where either diverged."
    ),
    compute=lambda loaded: costs(loaded.results),
    format=cost_text,
    text_columns=("strict",),
)
