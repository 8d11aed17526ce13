"""The comparisons that were declared before any run: does relaxing a symmetry pay where it is broken, at what price?"""

from __future__ import annotations

import math

import pandas as pd
from scipy.stats import false_discovery_control

from ..aggregation.kinds import STRICT, strict_models
from ..aggregation.long_table import SETTING, by_model, by_setting, primary
from ..aggregation.scores import REFERENCE
from ..aggregation.statistics import Interval, bootstrap, logarithm, p_of_mean
from ..aggregation.table import Table, interval_texts, number_texts
from .crossovers import crossing_texts, crossover

RATIOS = ("ratio", "ratio_low", "ratio_high")
CROSSING = ("crossing", "crossing_low", "crossing_high")
DECLARED_COLUMNS = [*SETTING, "strict", "model", "strength", "seeds", *RATIOS, "p", "p_adjusted", *CROSSING]


def declared(results: pd.DataFrame) -> pd.DataFrame:
    """Compares every relaxed model with the strict one of each scenario whose asymmetry is hidden, at the least and at
    the most symmetry breaking: what relaxing costs where the symmetry holds, and gains where it is broken.

    ``ratio = exp mean ln(e(strict) / e(model))`` over the ``seeds`` at which both stayed finite, above 1 where the
    relaxed model is better, with its bootstrap 95 % interval; ``p`` is that of the two-sided paired t test over these
    seeds, none where a run diverged; ``p_adjusted`` is corrected after Benjamini and Hochberg (1995) over all rows of
    the table, which are one family; ``crossing`` is the strength from which on the relaxed model is better, see
    :func:`.crossover`.

    Returns:
        Columns :data:`DECLARED_COLUMNS`, two rows for each model.
    """
    found = []
    for setting, part in by_setting(primary(results)):
        if (part.split == "orbit").all() and part.strength.nunique() > 1 and (strict := reference(part)):
            for model in part.model[part.family == "relaxed"].unique():
                crossing = vars(crossover(part, strict, model).strength).values()
                ends = _at_ends(part, strict, model)
                found += [[*setting, strict, model, *numbers, math.nan, *crossing] for numbers in ends]
    table = pd.DataFrame(found, columns=DECLARED_COLUMNS)
    known = table.p.notna()
    table.loc[known, "p_adjusted"] = false_discovery_control(table.p[known]) if known.any() else []
    return table


def reference(rows: pd.DataFrame) -> str | None:
    """Names the strict model of a setting: the steerable network, or the convnet where translations are the symmetry;
    nothing if neither was run."""
    steerable = f"{STRICT}-{rows.symmetry.iloc[0]}"
    return next((model for model in (steerable, REFERENCE) if model in strict_models(rows)), None)


def _at_ends(rows: pd.DataFrame, strict: str, model: str) -> list[tuple[float | int, ...]]:
    """Computes strength, seeds, ratio with its interval, and p, at the least and the largest strength."""
    errors = by_model(rows)[[strict, model]].dropna().droplevel(SETTING)
    ends = []
    for strength in (rows.strength.min(), rows.strength.max()):
        both = errors.loc[errors.index.get_level_values("strength") == strength]
        finite = both.replace(math.inf, math.nan).dropna()
        gain = logarithm(finite.loc[:, strict] / finite.loc[:, model])
        ratio = bootstrap(gain).exp() if len(gain) else Interval(math.nan, math.nan, math.nan)
        p = p_of_mean(gain) if len(finite) == len(both) else math.nan
        ends.append((strength, len(gain), *vars(ratio).values(), p))
    return ends


def declared_text(table: pd.DataFrame) -> pd.DataFrame:
    """Formats the declared comparisons, each interval in one column."""
    text = table[[*SETTING, "strict", "model"]].astype(str)
    text["strength"] = table.strength.map("{:g}".format)
    text["seeds"] = table.seeds.astype(str)
    text["ratio"] = interval_texts(table, "ratio")
    return text.assign(**number_texts(table, "p", "p_adjusted"), crossing=crossing_texts(table, "crossing"))


DECLARED = Table(
    name="declared",
    title="Does relaxing the symmetry pay? (declared before the runs)",
    meaning=(
        "Each relaxed model beside the strict one, in scenarios whose asymmetry is hidden, where the symmetry holds "
        "and where it is broken most. `ratio`: how many times smaller the relaxed model's error is, geometric mean "
        "over seeds with its bootstrap 95 % interval; `p`: paired t test over seeds, `p_adjusted` after Benjamini and "
        "Hochberg over all rows of this table, which are one family; none where a run diverged. `crossing`: the "
        "strength from which on the relaxed model is better, with its interval."
    ),
    compute=lambda loaded: declared(loaded.results),
    format=declared_text,
    text_columns=("strict",),
)
