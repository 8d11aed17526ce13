"""Intervals by hand."""

import math

import numpy as np
import pytest

from symbreak.benchmark.aggregation.statistics import bootstrap, bootstrap_rows, resamples, rounded, tails


def test_one_value_has_no_interval():
    interval = bootstrap([2.0])
    assert interval.mean == 2.0 and math.isnan(interval.low) and str(interval) == "2"


def test_equal_values_have_an_interval_of_no_width():
    assert vars(bootstrap([3.0, 3.0, 3.0])) == pytest.approx({"mean": 3.0, "low": 3.0, "high": 3.0})


def test_two_values():
    """Means of two draws out of {0, 1} are 0, 1/2, 1 with weights 1/4, 1/2, 1/4: the 2.5 % and 97.5 % quantiles are the
    ends."""
    assert vars(bootstrap([0.0, 1.0])) == {"mean": 0.5, "low": 0.0, "high": 1.0}


def test_many_values_agree_with_the_normal_interval():
    """For n values of standard deviation s the interval is about mean +- 1.96 s / sqrt(n)."""
    values = [math.sin(i) for i in range(400)]
    interval = bootstrap(values)
    half = 1.96 * math.sqrt(sum((v - interval.mean) ** 2 for v in values) / 400 / 400)
    assert interval.high - interval.mean == pytest.approx(half, rel=0.1)
    assert interval.mean - interval.low == pytest.approx(half, rel=0.1)


def test_no_value():
    with pytest.raises(ValueError, match="expected at least one value"):
        bootstrap([])


def test_three_values_have_ten_resamples():
    """Multisets of three out of three: 3 + 6 + 1; all three once has probability 3! / 3^3 = 2/9."""
    weights, shares = resamples(3)
    assert weights.shape == (10, 3) and weights.sum(1) == pytest.approx(1) and shares.sum() == pytest.approx(1)
    assert shares[(weights == 1 / 3).all(1)] == pytest.approx(2 / 9, abs=0.03)


def test_tails_are_the_first_values_that_cover_the_tail():
    """Below 1 lie 2 %, so the 2.5 % quantile is 1; up to 2 lie 97 %, so the 97.5 % quantile is 3. The order of the
    columns means nothing."""
    low, high = tails(np.array([[3.0, 0.0, 1.0, 2.0]]), np.array([0.03, 0.02, 0.05, 0.9]))
    assert (low, high) == (1, 3)


@pytest.mark.parametrize("seeds", [2, 3, 5, 8])
def test_rows_agree_with_a_slow_bootstrap(seeds):
    """Each resample drawn by itself and averaged."""
    values = np.random.default_rng(1).normal(size=(4, seeds))
    for row, (mean, low, high) in zip(values, zip(*bootstrap_rows(values), strict=True), strict=True):
        draws = np.random.default_rng(0).integers(seeds, size=(2000, seeds))
        resampled = [row[draw].mean() for draw in draws]
        expected = np.quantile(resampled, [0.025, 0.975], method="inverted_cdf")
        assert (mean, low, high) == pytest.approx((row.mean(), *expected))


def test_rounding_keeps_what_machines_agree_on():
    values = np.array([[0.9710796850416114, 0.9710796850416112], [6.0, np.nan]])
    assert rounded(values)[0].tolist() == [0.971079685042] * 2
    assert rounded(values)[1, 0] == 6.0 and np.isnan(rounded(values)[1, 1])
