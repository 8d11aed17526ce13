"""Paired tests and crossovers by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from symbreak.benchmark.comparisons import crossover, last_crossing, paired_comparisons


def results(errors):
    """A table of nRMSE by (model, strength, seed)."""
    rows = [
        {
            "scenario": "s",
            "history": 1,
            "strength": strength,
            "data_error": 2 * strength,
            "model": model,
            "seed": seed,
            "split": "domain",
            "metric": "nrmse",
            "step": "mean",
            "value": value,
        }
        for (model, strength, seed), value in errors.items()
    ]
    return pd.DataFrame(rows)


def test_half_the_error_in_every_cell():
    """Five cells, each better by a factor of 2: ratio 2; of 2^5 sign patterns the observed and its mirror image are
    the most extreme, so p = 2 / 32."""
    table = results({("a", 0.0, s): 1.0 + s for s in range(5)} | {("b", 0.0, s): (1.0 + s) / 2 for s in range(5)})
    row = paired_comparisons(table, "a").iloc[0]
    assert (row.model, row.cells) == ("b", 5)
    assert row.ratio == pytest.approx(2)
    assert row.p == row.p_adjusted == pytest.approx(2 / 32)


def test_adjustment_for_two_models():
    """p = 2/32 twice: Benjamini-Hochberg leaves 2/32 (the larger rank divides by 2/2, the smaller is capped by it)."""
    errors = {(m, 0.0, s): f * (1 + s) for m, f in (("a", 1.0), ("b", 0.5), ("c", 3.0)) for s in range(5)}
    table = paired_comparisons(results(errors), "a")
    assert table.model.tolist() == ["b", "c"]
    assert table.p_adjusted.tolist() == pytest.approx([2 / 32, 2 / 32])


def test_one_cell_has_no_p():
    table = paired_comparisons(results({("a", 0.0, 0): 1.0, ("b", 0.0, 0): 2.0}), "a")
    assert table.ratio[0] == pytest.approx(0.5) and math.isnan(table.p[0])


def test_unknown_reference():
    with pytest.raises(ValueError, match="expected results of z, got those of a, b"):
        paired_comparisons(results({("a", 0.0, 0): 1.0, ("b", 0.0, 0): 2.0}), "z")


@pytest.mark.parametrize(
    "d, expected",
    [
        ([-1.0, 1.0, 2.0], 0.25),
        ([-1.0, -1.0, 3.0], 0.625),
        ([1.0, 2.0, 3.0], 0.0),
        ([1.0, -1.0, 1.0], 0.75),
        ([-3.0, -2.0, -1.0], math.nan),
    ],
)
def test_crossing_of_a_broken_line(d, expected):
    assert last_crossing(np.array([0.0, 0.5, 1.0]), np.array(d)) == pytest.approx(expected, nan_ok=True)


def test_crossover_on_both_axes():
    """The strict error e^(2 eps - 1) against 1: the logarithms cross at eps = 1/2, where the data error is 1. Seeds
    agree, so the interval has no width."""
    errors = {("relaxed", e, s): 1.0 for e in (0.0, 0.25, 1.0) for s in (0, 1)}
    errors |= {("strict", e, s): math.exp(2 * e - 1) for e in (0.0, 0.25, 1.0) for s in (0, 1)}
    found = crossover(results(errors), "strict", "relaxed")
    assert vars(found.strength) == pytest.approx({"mean": 0.5, "low": 0.5, "high": 0.5})
    assert found.data_error.mean == pytest.approx(1.0)
