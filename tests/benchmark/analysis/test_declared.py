"""What models are ranked by, the floor, and the declared comparisons, by hand."""

import math

import pandas as pd
import pytest

from symbreak.benchmark.aggregation.long_table import FLOOR, floors, mean_data_error, primary
from symbreak.benchmark.aggregation.seed_means import seed_means
from symbreak.benchmark.analysis.crossovers import crossovers
from symbreak.benchmark.analysis.declared import DECLARED, declared
from symbreak.benchmark.analysis.leaderboard import leaderboard, leaderboard_text

from .. import made_up

FAMILIES = {"convnet": "unconstrained", "equiv-rotation": "strict", "lift-rotation": "relaxed"}


def row(model="convnet", value=1.0, **labels):
    return made_up.row(model=model, value=value, family=FAMILIES[model], **labels)


def grid(errors, seeds=3):
    """Errors by model at strengths 0 and 1; at seed ``s`` those of ``lift-rotation`` are ``1 + s / 10`` times as large.
    Each has a floor of 0.125 at strength 1."""
    rows = []
    for model, values in errors.items():
        for strength, value in zip((0.0, 1.0), values, strict=True):
            for seed in range(seeds):
                labels = {"model": model, "strength": strength, "seed": seed, "data_error": strength + seed}
                factor = 1 + seed / 10 if model == "lift-rotation" else 1.0
                rows.append(row(value=value * factor, **labels))
                rows.append(row(value=0.125 * strength, metric="floor_relative_l2", **labels))
    return pd.DataFrame(rows)


BROKEN = grid({"convnet": (0.4, 0.4), "equiv-rotation": (0.1, 0.4), "lift-rotation": (0.2, 0.1)})


def test_models_are_ranked_by_what_all_runs_of_a_setting_have():
    """Whole orbits first; a single run without them, of an earlier version, takes all back to the nRMSE."""
    each = [("relative_l2", "orbit"), ("relative_l2", "domain"), ("nrmse", "domain")]
    for have in (each, each[1:], each[2:]):
        both = [row(seed=seed, metric=metric, split=split) for seed in (0, 1) for metric, split in have]
        chosen = primary(pd.DataFrame(both))
        assert {*zip(chosen.metric, chosen.split, strict=True)} == {have[0]} and len(chosen) == 2
        pd.testing.assert_frame_equal(primary(chosen), chosen)
        old = [*both, row(seed=2, metric="nrmse", split="domain")]
        assert set(primary(pd.DataFrame(old)).metric) == {"nrmse"}
    elsewhere = row(metric="nrmse", split="domain", scenario="scaling-drag")
    assert set(primary(pd.DataFrame([row(), elsewhere])).metric) == {"relative_l2", "nrmse"}


def test_the_floor_is_a_row_without_a_score():
    table = leaderboard(BROKEN).set_index("model")
    assert math.isnan(table.score[FLOOR]) and table.family[FLOOR] == "bound"
    assert table.loc[FLOOR, [column for column in table if column.startswith("1 (error")]].tolist() == [
        "0.125 [0.125, 0.125]"
    ]
    assert leaderboard_text(leaderboard(BROKEN)).set_index("model").loc[FLOOR, "score"] == ""
    assert len(floors(BROKEN)) == 6, "one for each data set, however many models were run on it"


def test_replicates_have_data_of_their_own_and_one_place_on_the_axis():
    """Three data sets at strength 1, of errors 1, 2, 3: their mean, 2, for every model, one that lacks a seed too."""
    lacking = BROKEN[(BROKEN.model != "convnet") | (BROKEN.seed != 2)]
    assert set(mean_data_error(lacking)[lacking.strength == 1]) == {2.0}
    assert set(seed_means(lacking).query("strength == 1").data_error) == {2.0}


def test_relaxing_costs_where_the_symmetry_holds_and_pays_where_it_is_broken():
    """Strict .1 and .4; relaxed .2 and .1, times 1, 1.1, 1.2: ratios 1/2 and 4 over the geometric mean of these."""
    table = declared(BROKEN)
    spread = (1.0 * 1.1 * 1.2) ** (1 / 3)
    assert table[["strict", "model"]].drop_duplicates().to_numpy().tolist() == [["equiv-rotation", "lift-rotation"]]
    assert table.strength.tolist() == [0.0, 1.0] and table.seeds.tolist() == [3, 3]
    assert table.ratio.tolist() == pytest.approx([0.5 / spread, 4 / spread])
    assert table.p_adjusted.max() == table.p.max() and (table.p_adjusted >= table.p).all()
    assert 0 < table.crossing[0] < 1 and table.crossing_low[0] < table.crossing[0] < table.crossing_high[0]
    assert DECLARED.format(table).shape == (2, 11)


def test_a_diverged_run_is_not_tested():
    broken = BROKEN.assign(value=BROKEN.value.where(BROKEN.model.ne("lift-rotation") | BROKEN.seed.ne(2)))
    table = declared(broken)
    assert table.seeds.tolist() == [2, 2] and table.p.isna().all() and table.p_adjusted.isna().all()


def test_nothing_is_declared_without_a_hidden_asymmetry():
    assert declared(BROKEN.assign(split="domain")).empty
    assert set(crossovers(BROKEN.assign(split="domain")).relaxed) == {"lift-rotation"}
    assert set(crossovers(BROKEN).relaxed) == {"lift-rotation", "convnet"}


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_a_grid_that_was_interrupted_has_no_number_where_there_is_none(strength):
    """The relaxed model was not run at one end of the axis: no seeds, no ratio, no test there, and no error."""
    lacking = BROKEN[(BROKEN.model != "lift-rotation") | (BROKEN.strength != strength)]
    table = declared(lacking).set_index("strength")
    assert table.seeds[strength] == 0 and table.loc[strength, ["ratio", "p", "p_adjusted"]].isna().all()
    assert table.seeds[1 - strength] == 3 and table.ratio[1 - strength] > 0
    assert len(DECLARED.format(declared(lacking))) == 2
