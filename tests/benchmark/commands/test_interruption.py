"""The command line killed at random moments, and repeated until it is through."""

import os
import random
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

SMALL = (
    "run quick --models persistence convnet equiv-rotation --strengths 0 1 --budget 500 --workers 2 --data-dir data "
    "--simulations.resolution 16 --simulations.train 2 --simulations.valid 1 --simulations.test 2 "
    "--simulations.train-frames 12 --simulations.future-frames 8 --training.epochs 6 --training.epoch-steps 20 "
    "--evaluation.steps 5"
)


def start(folder, out):
    command = [sys.executable, "-m", "symbreak.benchmark.cli", *SMALL.split(), "--out", out]
    return subprocess.Popen(command, cwd=folder, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def metrics(folder):
    return pd.read_csv(folder / "results.csv", dtype=str).drop(columns="train_seconds")


@pytest.mark.slow
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_killed_at_random_moments_gives_the_same_table(tmp_path, kill):
    """SIGKILL goes to all processes at once, Ctrl-C to all of the terminal's: both to the process group. The tables are
    compared as text."""
    uninterrupted = start(tmp_path, "whole")
    assert uninterrupted.wait(300) == 0
    draw = random.Random(0)
    for _ in range(4):
        process = start(tmp_path, "killed")
        time.sleep(draw.uniform(5, 12))
        if process.poll() is None:
            os.killpg(process.pid, kill)
        error = process.communicate(timeout=60)[1].decode()
        if kill == signal.SIGINT and process.returncode:
            assert process.returncode == 130 and error.count("\n") == 1 and "interrupted" in error, error
    last = start(tmp_path, "killed")
    assert last.wait(300) == 0, last.stderr.read()
    pd.testing.assert_frame_equal(metrics(tmp_path / "killed"), metrics(tmp_path / "whole"))
    assert not list((tmp_path / "killed").rglob("*.checkpoint"))
