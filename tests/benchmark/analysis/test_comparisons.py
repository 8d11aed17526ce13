"""Paired tests and crossovers by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from symbreak.benchmark.analysis.comparisons import comparisons, paired_comparisons
from symbreak.benchmark.analysis.crossovers import crossover, crossovers, last_crossings


def results(errors):
    """A table of nRMSE by (model, strength, seed)."""
    rows = [
        {
            "scenario": "s",
            "history": 1,
            "train_simulations": 24,
            "symmetry": "rotation",
            "family": "baseline" if model == "persistence" else model,
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


def worse_by(factors):
    """Two models at two strengths: for seed ``s`` the error of ``b`` is that of ``a`` times ``e^-factors[s]``, halved
    at one strength and doubled at the other."""
    errors = {("a", strength, seed): 1.0 for strength in (0.0, 1.0) for seed in range(len(factors))}
    for seed, factor in enumerate(factors):
        errors |= {("b", 0.0, seed): math.exp(-factor) / 2, ("b", 1.0, seed): math.exp(-factor) * 2}
    return errors


def test_the_samples_are_seeds():
    """Logarithms 1, 2, 3 of three seeds: mean 2, standard error 1 / sqrt 3, t = 2 sqrt 3 with two degrees of freedom,
    for which p = 1 - t / sqrt(2 + t^2) = 1 - sqrt(12 / 14). What strengths differ by does not count."""
    row = paired_comparisons(results(worse_by([1.0, 2.0, 3.0])), "a").iloc[0]
    assert (row.model, row.cells) == ("b", 6)
    assert row.ratio == pytest.approx(math.exp(2))
    assert row.p == row.p_adjusted == pytest.approx(1 - math.sqrt(12 / 14))


def test_a_model_that_repeats_the_reference_is_no_hypothesis():
    """To rounding: it has no p, and does not soften those of others."""
    errors = worse_by([1.0, 2.0, 3.0])
    errors |= {("copy", *key): error * (1 + 2e-5 * key[1]) for (model, *key), error in errors.items() if model == "a"}
    table = paired_comparisons(results(errors), "a").set_index("model")
    assert table.ratio["copy"] == pytest.approx(1, abs=1e-4) and math.isnan(table.p["copy"])
    assert table.p_adjusted["b"] == table.p["b"] == pytest.approx(1 - math.sqrt(12 / 14))


def test_adjustment_for_two_models():
    """Benjamini-Hochberg: the smaller p times 2/1, the larger times 2/2. Logarithms 2, 3, 4 have t = 3 sqrt 3. A
    baseline is compared, too, but does not count."""
    errors = worse_by([1.0, 2.0, 3.0])
    for name, more in (("c", 1), ("persistence", 3)):
        other = worse_by([1.0 + more, 2.0 + more, 3.0 + more])
        errors |= {(name, *key): error for (model, *key), error in other.items() if model == "b"}
    table = paired_comparisons(results(errors), "a").set_index("model")
    b, c = 1 - math.sqrt(12 / 14), 1 - math.sqrt(27 / 29)
    assert table.p.loc[["b", "c"]].tolist() == pytest.approx([b, c])
    assert table.p_adjusted.loc[["b", "c"]].tolist() == pytest.approx([b, 2 * c])
    assert table.p.persistence < c and math.isnan(table.p_adjusted.persistence)


def test_every_scenario_and_all_are_compared_with_the_reference_and_strict_models():
    """Half and a third of the convnet's error, so the relaxed model is 2/3 as good as the strict one."""
    errors = {"convnet": 6.0, "strict": 2.0, "relaxed": 3.0}
    part = results({(model, 0.0, seed): error + seed * error for model, error in errors.items() for seed in range(3)})
    table = comparisons(pd.concat([part, part.assign(scenario="t")]))
    ratios = table[table.model == "relaxed"].set_index(["scenario", "reference"]).ratio.to_dict()
    references = {"convnet": 2.0, "strict": 2 / 3}
    assert ratios == pytest.approx({(s, name): r for s in ("s", "t", "all") for name, r in references.items()})
    assert set(table.strengths) == {"all"}


def test_where_a_symmetry_is_broken_models_are_compared_once_more():
    """Errors of a over b: 2 at strength 0, 8 above it; the geometric mean over both is 4."""
    errors = {("a", x, seed): 8.0 + seed for x in (0.0, 1.0) for seed in range(3)}
    errors |= {("convnet", x, seed): (2 if x else 8) * (8.0 + seed) / 16 for x in (0.0, 1.0) for seed in range(3)}
    table = comparisons(results(errors)).set_index("strengths")
    assert table.cells.to_dict() == {"all": 6, "above 0": 3}
    assert (1 / table.ratio).to_dict() == pytest.approx({"all": 4.0, "above 0": 8.0})


def test_one_seed_has_no_p():
    table = paired_comparisons(results({("a", 0.0, 0): 1.0, ("b", 0.0, 0): 2.0}), "a")
    assert table.ratio[0] == pytest.approx(0.5) and math.isnan(table.p[0])


def test_unknown_reference():
    with pytest.raises(ValueError, match="expected results of z, got those of a, b"):
        paired_comparisons(results({("a", 0.0, 0): 1.0, ("b", 0.0, 0): 2.0}), "z")


def test_a_diverged_rollout_is_no_cell():
    errors = {("a", 0.0, s): 1.0 for s in range(3)} | {("b", 0.0, s): 0.5 for s in range(2)} | {("b", 0.0, 2): None}
    row = paired_comparisons(results(errors), "a").iloc[0]
    assert (row.cells, row.ratio) == (2, pytest.approx(2)) and math.isnan(row.p)


def test_a_seed_that_lacks_a_cell_is_no_sample():
    """Else the difference between strengths would pass for one between seeds: here of logarithms 1, 2, 3 and 4."""
    errors = worse_by([1.0, 2.0, 3.0, 4.0])
    del errors["b", 0.0, 3]
    row = paired_comparisons(results(errors), "a").iloc[0]
    assert row.cells == 6 and row.ratio == pytest.approx(math.exp(2)) and row.p == pytest.approx(1 - math.sqrt(12 / 14))


@pytest.mark.parametrize(
    "d, expected",
    [
        ([-1.0, 1.0, 2.0], 0.25),
        ([-1.0, -1.0, 3.0], 0.625),
        ([1.0, 2.0, 3.0], 0.0),
        ([1.0, -1.0, 1.0], 0.75),
        ([-3.0, -2.0, -1.0], math.inf),
    ],
)
def test_crossing_of_a_broken_line(d, expected):
    other = [0.0, 0.0, 1.0]
    found = last_crossings(np.array([0.0, 0.5, 1.0]), np.array([d, other]).T)
    assert found == pytest.approx([expected, 0.5])


def test_crossover_on_both_axes():
    """The strict error e^(2 eps - 1) against 1: the logarithms cross at eps = 1/2, where the data error is 1. Seeds
    agree, so the interval has no width."""
    errors = {("relaxed", e, s): 1.0 for e in (0.0, 0.25, 1.0) for s in (0, 1)}
    errors |= {("strict", e, s): math.exp(2 * e - 1) for e in (0.0, 0.25, 1.0) for s in (0, 1)}
    found = crossover(results(errors), "strict", "relaxed")
    assert vars(found.strength) == pytest.approx({"mean": 0.5, "low": 0.5, "high": 0.5})
    assert found.data_error.mean == pytest.approx(1.0)


def test_an_end_of_the_interval_may_be_out_of_reach():
    """Two seeds: one crosses at 1/2, in the other the strict model is better throughout. The mean of the logarithms
    goes from -1 to 0, which is not ahead; resamples of one seed alone, each a quarter, cross at 1/2 and never."""
    errors = {("relaxed", e, s): 1.0 for e in (0.0, 1.0) for s in (0, 1)}
    errors |= {("strict", 0.0, 0): math.exp(-1), ("strict", 1.0, 0): math.exp(1)}
    errors |= {("strict", 0.0, 1): math.exp(-1), ("strict", 1.0, 1): math.exp(-1)}
    found = crossover(results(errors), "strict", "relaxed").strength
    assert (found.mean, found.low, found.high) == pytest.approx((math.inf, 0.5, math.inf))


def test_table_of_crossovers():
    """One row a setting and pair; without a strict model, or at one strength only, there is none. For translations
    the convnet is strict."""
    errors = {("relaxed", e, 0): 1.0 for e in (0.0, 1.0)} | {("strict", e, 0): math.exp(2 * e - 1) for e in (0.0, 1.0)}
    table = results(errors)
    [row] = crossovers(pd.concat([table, table[table.strength == 0].assign(history=2)])).to_dict("records")
    assert (row["history"], row["strict"], row["relaxed"], row["strength"]) == (1, "strict", "relaxed", 0.5)
    assert row["data_error"] == pytest.approx(1) and math.isnan(row["strength_low"])
    plain = table.replace({"model": {"strict": "convnet"}, "family": {"strict": "unconstrained"}})
    assert crossovers(plain).empty
    assert crossovers(plain.assign(symmetry="translation")).strength.tolist() == [0.5]


def test_a_model_that_is_strict_under_translations_is_compared_with_beside_the_convnet():
    errors = {"convnet": 2.0, "mine": 1.0, "relaxed": 3.0}
    table = results({(m, x, seed): e + seed for m, e in errors.items() for x in (0.0, 1.0) for seed in range(3)})
    table = table.assign(symmetry="translation", family=table.model.map({"mine": "strict", "relaxed": "relaxed"}))
    assert set(comparisons(table).reference) == {"convnet", "mine"}
    assert set(crossovers(table).strict) == {"convnet", "mine"}
