"""A small data set and a grid of short runs, made once for all tests of the benchmark."""

import pytest
from rich.console import Console

from symbreak.benchmark.cli import main
from symbreak.benchmark.grids.grid import run_grid
from symbreak.benchmark.grids.presets import Preset
from symbreak.benchmark.records.configuration import Evaluation, Simulations, Training
from symbreak.benchmark.runs.machine import Machine
from symbreak.datasets import DataSet, generate

TINY = Preset(
    name="tiny",
    strengths=(0.0, 1.0),
    models=("persistence", "convnet", "equiv-rotation", "rgroup-rotation"),
    budget=500,
    simulations=Simulations(resolution=16, train=2, valid=1, test=2, train_frames=12, future_frames=8),
    training=Training(epochs=2, epoch_steps=3, batch=4, rollout=2),
    evaluation=Evaluation(steps=5, stride=2),
)
QUIET = Console(quiet=True)


def complaint(capsys, *args, code=2):
    """The one line of a failing command."""
    with pytest.raises(SystemExit) as exit:
        main([str(arg) for arg in args])
    assert exit.value.code == code
    err = capsys.readouterr().err
    assert err.startswith("symbreak: ") and err.count("\n") == 1, err
    return err


@pytest.fixture(scope="session")
def tiny() -> Preset:
    return TINY


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def machine(data_dir) -> Machine:
    return Machine(workers=1, device="cpu", data_dir=data_dir)


@pytest.fixture(scope="session")
def data(data_dir) -> DataSet:
    return DataSet(generate(TINY.simulations.recipe("rotation-buoyancy", 1.0), data_dir))


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory, machine):
    """Results of the tiny preset; tests leave the folder as it is."""
    folder = tmp_path_factory.mktemp("results")
    run_grid(TINY, folder, machine, QUIET)
    return folder
