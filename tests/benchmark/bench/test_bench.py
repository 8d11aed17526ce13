"""Tables and figures of speed."""

import pandas as pd
import pytest

from symbreak.benchmark.bench.large_table import bench_results, made_up_records
from symbreak.benchmark.bench.speed import write_bench


def test_simulation_times_are_written_and_drawn(tmp_path):
    columns = ["resolution", "batch", "what", "milliseconds", "share_of_phiflow"]
    rows = [(n, b, what, n * b / 1234.5, 0.01) for n in (32, 64) for b in (8, 40) for what in ("ours", "phiflow")]
    table = pd.DataFrame(rows, columns=columns)
    written = write_bench(table, "simulate", tmp_path)
    assert [path.name for path in written] == ["simulate.csv", "simulate.md", "simulate.png", "simulate.svg"]
    pd.testing.assert_frame_equal(pd.read_csv(written[0]), table)
    assert "64 | 40 | ours | 2.07 | 0.01 |" in written[1].read_text()


def test_training_times_are_written(tmp_path):
    table = pd.DataFrame({"model": ["convnet"], "time_vs_convnet": [1.0]})
    assert [path.name for path in write_bench(table, "train", tmp_path)] == ["train.csv", "train.md"]


def test_results_are_loaded_ranked_and_plotted():
    """One seed of revealed has 185 runs of 167 rows; 40,000 rows take two. How long it takes is no matter of a test."""
    first, last = make(40_000)[0], make(40_000)[-1]
    assert sum(len(record.metrics) for record in make(40_000)) - 40_000 in range(len(first.metrics))
    assert first.seed == 0 and last.seed == 1
    table = bench_results(rows=3000, repeats=1)
    assert table.what.tolist() == ["load", "rank", "plot", "all"] and (table.rows >= 3000).all()
    assert table.seconds.iloc[-1] == pytest.approx(table.seconds.iloc[:-1].sum())


def make(rows):
    return list(made_up_records(rows))
