"""Runs on data that somebody else measured: a jet of 24 stations on a grid of 62 x 23, in the published layout."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch
from rich.console import Console

from symbreak.benchmark.aggregation.long_table import load_results
from symbreak.benchmark.cli import main
from symbreak.benchmark.grids.grid import run_grid, set_aside_superseded
from symbreak.benchmark.grids.presets import PRESETS
from symbreak.benchmark.records.records import load_runs, save_run
from symbreak.datasets import DataError, DataSet, import_tensors

from ..conftest import QUIET, complaint

MODELS = ("persistence", "convnet", "equiv-rotation", "rsteer-translation-rotation", "convnet+augment")


def write_jet(folder, stations=24, frames=40, shape=(62, 23)):
    """One file per station, ``[T, 2, 62, 23]``: a random flow that is blown along x."""
    folder.mkdir()
    noise = torch.Generator().manual_seed(0)
    flow = torch.randn(2, *shape, generator=noise) + torch.tensor([1.0, 0.0])[:, None, None]
    for station in range(stations):
        steps = 0.1 * torch.randn(frames, 2, *shape, generator=noise)
        torch.save(flow + steps.cumsum(0), folder / f"raw_data_{station:02d}.pt")


@pytest.fixture(scope="module")
def jet(tmp_path_factory, data_dir):
    raw = tmp_path_factory.mktemp("published") / "jet"
    write_jet(raw)
    return import_tensors(raw, data_dir, name="jet", boundary=("open", "open"))


@pytest.fixture(scope="module")
def some(tiny, jet):
    """The tiny preset on the jet alone."""
    small = replace(tiny.training, epochs=1, epoch_steps=2)
    return replace(tiny, scenarios=(), imported=(jet,), models=MODELS, budget=None, training=small)


@pytest.fixture(scope="module")
def results(some, machine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("jet")
    run_grid(some, folder, machine, QUIET)
    return folder


def test_the_table_holds_the_asymmetry(results, jet):
    table, asymmetry = load_results(results), DataSet(jet).asymmetry
    assert set(table.model) == set(MODELS) and set(table.scenario) == {"imported-jet"}
    assert set(table.strength) == {1.0} and set(table.train_simulations) == {18}
    assert table.data_error.tolist() == [asymmetry] * len(table) and asymmetry > 0.1
    strict = table[(table.model == "equiv-rotation") & (table.metric == "equivariance_error")]
    assert (strict.value < 1e-5).all(), "half turns map the grid onto itself"


def test_the_command_line_marks_the_measure_and_repeats_a_run(results, jet, data_dir, some, tmp_path, capsys):
    main(["leaderboard", str(results)])
    main(["report", str(results)])
    asymmetry = f"{DataSet(jet).asymmetry:.2g}"
    assert f"1 (asymmetry {asymmetry})" in (results / "leaderboard.md").read_text()
    main(["plot", str(results)])
    for name in ("", "-learned"):
        (figure,) = (results / "figures").glob(f"imported-jet-*train-18{name}.svg")
        words = figure.read_text()
        assert "statistical asymmetry of the data" in words and "model = data" not in words
    record = next(record for record in load_runs(results) if record.model == "convnet")
    path = results / "runs" / f"{record.hash}.json"
    assert record.config == some.runs()[1]
    main(["run", "--from", str(path), "--data-dir", str(data_dir), "--out", str(tmp_path / "again")])
    message = complaint(capsys, "run", "--from", path, "--data-dir", tmp_path, "--out", tmp_path / "again")
    assert "expected the imported data set jet in" in message and "got none" in message


def test_submit_and_rescore(results, data_dir, tmp_path, capsys):
    archive = str(tmp_path / "jet.tar.gz")
    main(["submit", str(results), "--models", "convnet", "equiv-rotation", "--archive", archive])
    main(["rescore", archive, "--data-dir", str(data_dir)])
    assert capsys.readouterr().out.count("bit for bit") == 2
    message = complaint(capsys, "rescore", archive, "--data-dir", str(tmp_path))
    assert "expected the imported data set jet in" in message and "got none" in message


def test_run_on_the_command_line(jet, data_dir, tmp_path, capsys):
    """No scenario but the jet, at what sizes the jet has."""
    place = ["--data-dir", str(data_dir), "--out", str(tmp_path / "out"), "--device", "cpu", "--workers", "1"]
    short = ["--training.epochs", "1", "--training.epoch-steps", "1", "--evaluation.steps", "5"]
    main(["run", "quick", "--scenarios", "--imported", str(jet), "--models", "persistence", "convnet", *short, *place])
    table = pd.read_csv(tmp_path / "out" / "results.csv")
    assert set(table.scenario) == {"imported-jet"} and set(table.model) == {"persistence", "convnet"}


def test_data_are_read_from_the_folder_that_is_named(jet, some, machine, tmp_path):
    """Whatever the data folder is: a copy elsewhere will do. A damaged one is refused before --out is there."""
    copy = shutil.copytree(jet, tmp_path / "moved" / jet.name)
    elsewhere = replace(machine, data_dir=tmp_path / "empty")
    preset = replace(some, imported=(copy,), models=("persistence",))
    (record,) = run_grid(preset, tmp_path / "out", elsewhere, QUIET)
    assert record.status == "done" and not (tmp_path / "empty").exists()
    next((copy / "data/test").iterdir()).write_bytes(b"")
    with pytest.raises(
        DataError, match=r"expected .*moved.* with SHA-256 .*: the file or the manifest is damaged; .* import it again"
    ):
        run_grid(preset, tmp_path / "new", elsewhere, QUIET)
    assert not (tmp_path / "new").exists()


def test_two_imports_of_one_name_are_refused(jet, some, tmp_path, monkeypatch):
    write_jet(tmp_path / "raw", stations=4)
    other = import_tensors(tmp_path / "raw", tmp_path, name="jet", boundary=("open", "open"))
    monkeypatch.chdir(jet.parent)
    for second in (other, Path(jet.name)):
        with pytest.raises(ValueError, match=r"expected imported data of different names, got jet in .* and "):
            replace(some, imported=(jet, second)).runs()


def test_models_that_do_not_fit_are_known_before(jet, some, machine, tmp_path, monkeypatch):
    """The grid of 62 x 23 is nothing for the U-Net; a model whose module is missing is refused where it is named."""
    every = [config.model for config in replace(some, models=()).runs()]
    assert "convnet" in every and "unet" not in every
    with (tmp_path / "log").open("w") as log:
        run_grid(replace(some, models=("persistence", "unet")), tmp_path / "out", machine, Console(file=log, width=200))
    assert "left out, made for other symmetries or grids: unet" in (tmp_path / "log").read_text()
    with pytest.raises(ValueError, match="expected models for imported-jet, got unet, which are made for other sym"):
        replace(some, models=("unet",)).runs()
    monkeypatch.setattr("symbreak.models.registry.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"expected the module neuralop for fno, got none: it needs pip install"):
        replace(some, models=("convnet", "fno")).runs()


def test_doubted_axes_and_refused_tables_on_the_command_line(jet, data, tmp_path, capsys):
    """One line of warning before the folder; a table is refused before anything is measured."""
    torch.save(list(data.velocity("domain").mT.contiguous()), tmp_path / "rows.pt")
    main(["import", str(tmp_path / "rows.pt"), "--name", "rows", "--data-dir", str(tmp_path)])
    warning, folder = capsys.readouterr().out.splitlines()
    assert warning.startswith("warning: the flow has a mean divergence of") and "imported-rows" in folder
    message = complaint(capsys, "measure", str(data.path), str(jet), "--out", str(tmp_path / "table"))
    assert message.startswith("symbreak: expected simulated data for a table, got imported ones in")


def test_refusals(jet, tiny, data, tmp_path, capsys):
    message = complaint(capsys, "run", "quick", "--imported", str(jet), "--data-dir", str(tmp_path))
    assert "expected history + evaluation.steps of at most 8 frames, got 1 + 15 in imported-jet" in message
    with pytest.raises(ValueError, match=r"expected imported data in .*, got simulated ones: name their scenario"):
        replace(tiny, imported=(data.path,)).runs()
    with pytest.raises(ValueError, match=r"expected a data set with .*manifest.json, got none"):
        replace(tiny, imported=(tmp_path,)).runs()
    with pytest.raises(ValueError, match=r"expected scenarios without repetition and at least one, got \[\]"):
        replace(tiny, scenarios=())
    with pytest.raises(ValueError, match=r"expected imported without repetition, got"):
        replace(tiny, imported=(jet, jet))
    assert "expected the field speed, got smoke" in complaint(capsys, "plot", str(jet), "--field", "smoke")


def test_stations_are_drawn(jet, tmp_path, capsys):
    copy = shutil.copytree(jet, tmp_path / jet.name)
    main(["plot", str(copy)])
    assert "3 pictures in" in capsys.readouterr().out
    words = (copy / "figures" / "plumes-speed.svg").read_text()
    assert all(each in words for each in ("station 19", "station 22", "frame 1", "frame 40", "the first test stations"))


def test_simulated_runs_are_what_they_were():
    """Their hashes name files in results folders, and a renamed preset has the runs that it had."""
    found = {name: PRESETS[name]().runs()[0].hash for name in ("revealed", "paper")}
    assert found == {"revealed": "cdbbce532feac69d", "paper": "8063dd1d1659e3ae"}


def test_runs_of_an_edited_model_file_on_imported_data_are_set_aside(results, some, tmp_path):
    record = load_runs(results)[0]
    config = next(config for config in some.runs() if config.hash == record.hash)
    save_run(tmp_path, record, {}, {})
    assert set_aside_superseded([replace(config, model_source="edited")], tmp_path) == 1
    assert not list((tmp_path / "runs").glob("*.json"))
