"""Where on an orbit a wrong symmetry costs: errors of the members that each group element has moved."""

from __future__ import annotations

import pandas as pd

from ..aggregation.kinds import BASELINE
from ..aggregation.long_table import SETTING
from ..aggregation.seed_means import seed_means
from ..aggregation.table import Table
from ..runs.evaluation import MOVED_BY

BY_ELEMENT_COLUMNS = [*SETTING, "strength", "model", "element", "mean", "low", "high", "diverged"]


def by_element(results: pd.DataFrame) -> pd.DataFrame:
    """Computes the relative L2 over all rollout steps of the orbits' members that each element has moved, such as the
    plumes at each wall: ``mean`` over the seeds that stayed finite, with its interval; ``diverged`` counts the others.

    Returns:
        Columns :data:`BY_ELEMENT_COLUMNS`; no rows without data that have orbits.
    """
    rows = results.loc[results.split.str.startswith(MOVED_BY) & (results.family != BASELINE)]
    table = seed_means(rows)
    table = table.assign(element=table.split.str.removeprefix(MOVED_BY))
    return table.loc[:, BY_ELEMENT_COLUMNS].reset_index(drop=True)


def by_element_text(table: pd.DataFrame) -> pd.DataFrame:
    """Formats the errors at the largest strength of each setting: a line for each model, elements one after another."""
    place = [*SETTING, "strength", "model"]
    strongest = table.loc[table.strength == table.groupby(SETTING).strength.transform("max")]
    texts = strongest.element + ": " + strongest.loc[:, "mean"].map("{:.3f}".format)
    lines = texts.groupby([strongest[name] for name in place], sort=False).agg("; ".join)
    text = lines.rename("relative L2 by element").reset_index()
    return text.assign(strength=text.strength.map("{:g}".format)).astype(str)


BY_ELEMENT = Table(
    name="by_element",
    title="Errors by group element",
    meaning=(
        "The relative L2 over all rollout steps, at the largest strength, of the plumes that each element of the group "
        "has moved, such as those at each wall: where a wrong symmetry costs. The floor bounds their common error, in "
        "the leaderboard, and not each of them. The CSV file has all strengths, with intervals over seeds."
    ),
    compute=lambda loaded: by_element(loaded.results),
    format=by_element_text,
    text_columns=("relative L2 by element",),
)
