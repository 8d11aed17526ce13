"""Intervals by hand."""

import math

import pytest

from symbreak.benchmark.statistics import bootstrap


def test_one_value_has_no_interval():
    interval = bootstrap([2.0])
    assert interval.mean == 2.0 and math.isnan(interval.low) and str(interval) == "2"


def test_equal_values_have_an_interval_of_no_width():
    assert vars(bootstrap([3.0, 3.0, 3.0])) == {"mean": 3.0, "low": 3.0, "high": 3.0}


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
