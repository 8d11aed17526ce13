"""The order of models, by hand."""

import math

import pandas as pd
import pytest

from symbreak.benchmark.leaderboard import leaderboard, markdown, scores


def results(values):
    """nRMSE by (model, strength, seed)."""
    rows = [
        {
            "scenario": "s",
            "history": 1,
            "strength": strength,
            "data_error": strength / 2,
            "model": model,
            "family": "strict",
            "seed": seed,
            "split": "domain",
            "metric": "nrmse",
            "step": "mean",
            "value": value,
            "n_parameters": 1234,
            "train_seconds": 2.0,
        }
        for (model, strength, seed), value in values.items()
    ]
    return pd.DataFrame(rows)


TABLE = results(
    {
        ("convnet", 0.0, 0): 0.4,
        ("convnet", 1.0, 0): 0.4,
        ("mine", 0.0, 0): 0.1,
        ("mine", 1.0, 0): 0.4,
        ("boom", 0.0, 0): 0.2,
        ("boom", 1.0, 0): None,
    }
)


def test_score_is_a_geometric_mean():
    """Four times better at one strength and equal at the other: sqrt(4 x 1) = 2. Leaving the numbers once: 0."""
    assert scores(TABLE).to_dict() == pytest.approx({"convnet": 1.0, "mine": 2.0, "boom": 0.0})


def test_no_score_without_the_reference():
    assert scores(TABLE[TABLE.model != "convnet"]).isna().all()


def test_order_and_columns():
    table = leaderboard(TABLE)
    assert table.model.tolist() == ["mine", "convnet", "boom"]
    assert table.columns.tolist()[-2:] == ["0 (error 0)", "1 (error 0.5)"]
    assert table.iloc[2, -1] == "diverged"


def test_interval_over_seeds():
    table = leaderboard(results({("convnet", 0.0, seed): 0.1 * (1 + seed) for seed in range(3)}))
    assert table.iloc[0, -1] == "0.2 [0.1, 0.3]"
    assert table.parameters[0] == 1234 and not math.isnan(table.score[0])


def test_markdown():
    lines = markdown(leaderboard(TABLE)).splitlines()
    assert lines[0].startswith("| model | family | score | parameters | train s | 0 (error 0) |")
    assert lines[2] == "| mine | strict | 2.000 | 1,234 | 2.0 | 0.1 | 0.4 |"
