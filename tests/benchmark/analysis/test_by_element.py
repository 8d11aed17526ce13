"""Errors by group element."""

import pandas as pd
import pytest

from symbreak.benchmark.aggregation.long_table import COLUMNS
from symbreak.benchmark.analysis.by_element import BY_ELEMENT, by_element, by_element_text
from symbreak.benchmark.tables.markup import markdown

from ..made_up import row

FAMILIES = {"persistence": "baseline", "equiv-rotation": "strict"}


def results(values):
    """A value for each (strength, model, seed, split)."""
    rows = [
        row(strength=strength, model=model, family=FAMILIES[model], seed=seed, split=split, value=value)
        for (strength, model, seed, split), value in values.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"value": float})


def test_means_over_seeds_and_a_line_for_each_model():
    table = by_element(
        results(
            {
                (0.0, "equiv-rotation", 0, "orbit 0°"): 0.1,
                (1.0, "equiv-rotation", 0, "orbit 0°"): 0.1,
                (1.0, "equiv-rotation", 1, "orbit 0°"): 0.3,
                (1.0, "equiv-rotation", 0, "orbit 90°"): 0.5,
                (1.0, "equiv-rotation", 1, "orbit 90°"): None,
                (1.0, "equiv-rotation", 0, "orbit"): 9.0,
                (1.0, "persistence", 0, "orbit 0°"): 9.0,
            }
        )
    )
    strongest = table[table.strength == 1].set_index("element")
    assert strongest.loc["0°", "mean"] == pytest.approx(0.2) and strongest.loc["0°", "diverged"] == 0
    assert strongest.loc["90°", "mean"] == pytest.approx(0.5) and strongest.loc["90°", "diverged"] == 1
    assert len(table) == 3
    line = "| rotation-buoyancy-onset | 1 | 24 | 1 | equiv-rotation | 0°: 0.200; 90°: 0.500 |"
    assert markdown(by_element_text(table), BY_ELEMENT.text_columns).splitlines()[2:] == [line]


def test_no_rows_without_orbits():
    assert by_element(results({(0.0, "equiv-rotation", 0, "domain"): 0.1})).empty
