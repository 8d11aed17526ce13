"""Tables and figures of speed."""

import pandas as pd

from symbreak.benchmark.bench import write_bench


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
