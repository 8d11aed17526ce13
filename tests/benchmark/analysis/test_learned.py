"""Learned equivariance errors, and baselines that are not beaten, by hand."""

import math

import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from symbreak.benchmark.analysis.learned import learned
from symbreak.benchmark.analysis.trained import unbeaten

COLUMNS = ["strength", "data_error", "model", "seed", "split", "metric", "step", "value"]


def results(rows, scenario="rotation-buoyancy") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS)
    family = table.model.map({"persistence": "baseline"}).fillna("relaxed")
    return table.assign(scenario=scenario, history=1, train_simulations=24, symmetry="rotation", family=family)


def errors(curves) -> pd.DataFrame:
    """Equivariance errors of ``model: {seed: [error at data errors 0, 0.5, 1]}``."""
    return [
        [strength, strength, model, seed, "domain", "equivariance_error", "10", value]
        for model, seeds in curves.items()
        for seed, values in seeds.items()
        for strength, value in zip((0.0, 0.5, 1.0), values, strict=True)
    ]


def test_slope_is_that_of_the_line_through_the_errors():
    """Data errors 0, 1/2, 1 centred are -1/2, 0, 1/2, with squares 1/2: the slope is last minus first. Seed 0:
    0.6 - 0.2; seed 1: 0.9 - 0.1. Their mean is 0.6; of two seeds the interval ends at either."""
    row = learned(results(errors({"a": {0: [0.2, 0.5, 0.6], 1: [0.1, 0.4, 0.9]}}))).iloc[0]
    assert (row.model, row.seeds) == ("a", 2)
    assert (row["first"], row["last"]) == pytest.approx((0.15, 0.75))
    assert (row.slope, row.slope_low, row.slope_high) == pytest.approx((0.6, 0.4, 0.8))


def test_strict_models_do_not_follow_their_data():
    """What rounding makes of 0 is not tested."""
    row = learned(results(errors({"strict": {0: [1e-7, 1e-7, 2e-7], 1: [1e-7, 2e-7, 1e-7]}}))).iloc[0]
    assert row.slope == pytest.approx(0, abs=1e-6) and math.isnan(row.p)


def test_two_strengths_may_have_the_same_data_error():
    """Data errors 0, 0 and 1 centred are -1/3, -1/3, 2/3, with squares 2/3: errors 0.2, 0.4, 0.6 have the slope
    (0.4 - 0.2) / (2/3) = 0.3. If all data errors are equal there is no slope."""
    rows = errors({"a": {0: [0.2, 0.4, 0.6]}})
    rows[1][1] = 0.0
    row = learned(results(rows)).iloc[0]
    assert (row["first"], row["last"], row.slope) == pytest.approx((0.2, 0.6, 0.3))
    rows[2][1] = 0.0
    assert learned(results(rows)).empty


def test_data_of_two_kinds_of_machine_are_one_data_set():
    """Their errors differ by rounding: those of the first seed stand for all."""
    rows = errors({"a": {0: [0.1, 0.2, 0.3], 1: [0.1, 0.2, 0.5]}})
    rows[3][1] += 1e-8
    row = learned(results(rows)).iloc[0]
    assert (row.slope, row.slope_low, row.slope_high) == pytest.approx((0.3, 0.2, 0.4), abs=1e-6)
    assert row.p == pytest.approx(ttest_1samp([0.2, 0.4], 0).pvalue, rel=1e-6)


def test_one_strength_and_imported_data_have_no_slope():
    rows = errors({"a": {0: [0.1, 0.2, 0.3]}})
    assert learned(results(rows[:1])).empty
    assert learned(results(rows, scenario="imported-jet")).empty


def test_models_that_do_not_beat_a_baseline():
    """a is as good as persistence in the mean of two seeds (1 and 3 against 2) on Domain; b beats it; c diverges."""
    rows = [
        [0.5, 0.4, model, seed, split, "nrmse", "mean", value]
        for split, values in (
            ("domain", {"persistence": [2, 2], "a": [1, 3], "b": [1, 1], "c": [1, None]}),
            ("future", {"persistence": [2, 2], "a": [1, 1], "b": [1, 1], "c": [1, 1]}),
        )
        for model, seeds in values.items()
        for seed, value in enumerate(seeds)
    ]
    table = unbeaten(results(rows))
    assert table[["split", "model", "baseline", "nrmse"]].values.tolist() == [
        ["domain", "a", "persistence", 2.0],
        ["domain", "c", "persistence", float("inf")],
    ]
