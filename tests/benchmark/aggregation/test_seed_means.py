"""The table of results and its means, by hand."""

from dataclasses import replace

import pytest

from symbreak.benchmark.aggregation.long_table import Setting, table_of, tabulate, unlike
from symbreak.benchmark.aggregation.seed_means import seed_means

from ..made_up import configured, made_up


def record(seed=0, value=1.0, step="mean", **config):
    """A run with one number."""
    return made_up(
        config=configured(seed=seed, **config).as_dict(),
        metrics=[{"split": "domain", "metric": "nrmse", "step": step, "value": value}],
    )


def test_cells_average_over_the_seeds_that_stayed_finite():
    """Seeds 1, 2 and one that diverged: mean 1.5, resampled means 1, 1.5, 2 with weights 1/4, 1/2, 1/4."""
    [cell] = seed_means(tabulate([record(0, 1.0), record(1, 2.0), record(2, None)])).to_dict("records")
    assert (cell["mean"], cell["low"], cell["high"], cell["diverged"]) == (1.5, 1, 2, 1)
    assert cell["data_error"] == 0.25


def test_steps_are_in_order():
    table = seed_means(tabulate([record(step=step) for step in (10, 2, "mean")]))
    assert table.step.tolist() == ["2", "10", "mean"]


@pytest.mark.parametrize("setting", [{"history": 2}, {"train": 6}])
def test_settings_are_not_averaged_together(setting):
    table = seed_means(tabulate([record(value=1.0), record(value=3.0, **setting)]))
    assert sorted(table["mean"]) == [1, 3]


def test_runs_that_a_table_cannot_tell_apart_are_refused(tmp_path):
    """Of two runs with equal setting, strength, model and seed, what differs is named; failed ones do not count."""
    one, other = record(budget=5), record(budget=6)
    with pytest.raises(ValueError, match=f"got {one.hash} and {other.hash}, which differ in budget: keep them in two"):
        table_of([one, other], tmp_path)
    assert len(table_of([one, replace(other, status="failed")], tmp_path)) == 1


def test_runs_of_two_grids_are_refused_though_no_two_are_of_one_cell(tmp_path):
    """Another size, or another model's size, is another grid; seeds with data of their own and learning rates of two
    models are not, nor is what did not finish."""
    one = record()
    for other in (record(budget=6, seed=1), record(budget=6, model="mlp")):
        with pytest.raises(ValueError, match=r"expected the runs of one grid, .*, which differ in budget: keep them"):
            table_of([one, other], tmp_path)
        assert len(table_of([one, replace(other, status="failed")], tmp_path)) == 1
    recipe = replace(one.config.recipe, seed=1)
    faster = replace(one.config.training, learning_rate=0.5)
    for changes in ({"recipe": recipe, "seed": 1}, {"training": faster, "model": "mlp"}):
        config = replace(one.config, **changes)
        assert not unlike(replace(one, config=config, seed=config.seed, model=config.model), one)
    assert unlike(replace(one, config=replace(one.config, training=faster)), one) == ["training.learning_rate"]


def test_names_of_settings():
    assert Setting("s", 1, 24).title == "s, 1 input frame, trained on 24 simulations"
    assert Setting("s", 2, 1).title == "s, 2 input frames, trained on 1 simulation"
    assert Setting("s", 2, 1).slug == "s-history-2-train-1"
