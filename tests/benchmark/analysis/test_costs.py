"""What symmetry breaking costs, by hand."""

import math

import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from symbreak.benchmark.analysis.costs import COST_COLUMNS, costs


def results(curves, scenario="rotation-buoyancy", symmetry="rotation") -> pd.DataFrame:
    """``model: {seed: {strength: nRMSE}}``; ``equiv`` is strict, persistence a baseline, others are relaxed."""
    families = {"equiv": "strict", "persistence": "baseline"}
    rows = [
        {"model": model, "seed": seed, "strength": strength, "data_error": strength, "value": value}
        | {"family": families.get(model, "relaxed"), "scenario": scenario, "symmetry": symmetry}
        for model, seeds in curves.items()
        for seed, line in seeds.items()
        for strength, value in line.items()
    ]
    place = {"history": 1, "train_simulations": 24, "metric": "nrmse", "split": "domain", "step": "mean"}
    return pd.DataFrame(rows).assign(**place)


def test_growth_is_that_from_the_least_to_the_most_symmetry_breaking():
    """The strict model grows twofold and eightfold, by the geometric mean fourfold; the other stays, once as it was,
    once twice as large. Differences of logarithms are ln 2 and ln 4."""
    curves = {
        "equiv": {0: {0.0: 0.1, 0.5: 9.0, 1.0: 0.2}, 1: {0.0: 0.1, 0.5: 9.0, 1.0: 0.8}},
        "rpp": {0: {0.0: 0.3, 1.0: 0.3}, 1: {0.0: 0.1, 1.0: 0.2}},
    }
    table = costs(results(curves)).set_index("model")
    assert (table.strict == "equiv").all() and (table.scenario == "rotation-buoyancy").all()
    strict, rpp = table.loc["equiv"], table.loc["rpp"]
    assert (strict["first"], strict["last"]) == pytest.approx((0.1, 0.5))
    assert (strict.growth, strict.growth_low, strict.growth_high) == pytest.approx((4, 2, 8)) and math.isnan(strict.p)
    assert rpp.growth == pytest.approx(2**0.5)
    assert rpp.p == rpp.p_adjusted == pytest.approx(ttest_1samp([math.log(2), math.log(4)], 0).pvalue)


def test_seeds_count_where_both_ends_are_finite():
    curves = {"equiv": {0: {0.0: 0.1, 1.0: 0.2}, 1: {0.0: 0.7, 1.0: None}, 2: {0.0: 0.7}}, "rpp": {0: {0.0: 0.1}}}
    [row] = costs(results(curves)).to_dict("records")
    assert (row["model"], row["seeds"]) == ("equiv", 1)
    assert (row["first"], row["last"], row["growth"]) == (0.1, 0.2, pytest.approx(2))


def test_a_model_that_diverged_is_not_tested():
    curves = {name: {seed: {0.0: 0.1, 1.0: 0.2 + seed} for seed in range(3)} for name in ("equiv", "rpp", "clcnn")}
    for seed, line in curves["rpp"].items():
        line |= {1.0: None if seed == 2 else line[1.0] * 2**seed}
    curves["clcnn"] = {seed: {0.0: 0.1, 1.0: 0.3 + 2 * seed} for seed in range(3)}
    table = costs(results(curves)).set_index("model")
    assert table.seeds.to_dict() == {"clcnn": 3, "equiv": 3, "rpp": 2}
    assert math.isnan(table.p["rpp"]) and table.p_adjusted["clcnn"] == table.p["clcnn"] > 0


def test_baselines_are_not_counted_and_the_convnet_is_strict_under_translations():
    line = {seed: {0.0: 0.1 + seed, 1.0: 0.2} for seed in range(2)}
    still = {seed: {0.0: 0.5, 1.0: 0.5} for seed in range(2)}
    table = costs(results({"convnet": line, "persistence": still}, symmetry="translation")).set_index("model")
    assert (table.strict == "convnet").all()
    assert table.p["persistence"] > 0 and math.isnan(table.p_adjusted["persistence"])


def test_one_strength_imported_data_and_no_strict_model_have_no_rows():
    line = {0: {0.0: 0.1, 1.0: 0.2}}
    for table in (
        results({"equiv": {0: {0.0: 0.1}}}),
        results({"equiv": line}, scenario="imported-jet"),
        results({"rpp": line}),
    ):
        assert costs(table).empty and list(costs(table)) == COST_COLUMNS
