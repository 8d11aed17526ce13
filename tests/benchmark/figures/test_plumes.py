"""Pictures of a data set."""

import shutil

import numpy as np
import pytest
from matplotlib.figure import Figure

from symbreak.benchmark.figures import plumes
from symbreak.benchmark.figures.plumes import orbit, plot_data, plot_plumes
from symbreak.datasets import DataError, DataSet, generate


def test_orbit_of_the_first_test_plume(data, data_dir, tiny):
    """The first row is what is stored; at strength 0 the others are its turned versions, at strength 1 they are not."""
    films = orbit(data.recipe, "speed")
    stored = np.hypot(*data.velocity("domain")[0].numpy().swapaxes(0, 1))
    np.testing.assert_allclose(films["as drawn"], stored, atol=1e-6)
    assert abs(films["90°"] - np.rot90(films["as drawn"], 1, (1, 2))).max() > 0.1 * stored.max()
    symmetric = DataSet(generate(tiny.simulations.recipe("rotation-buoyancy", 0.0), data_dir)).recipe
    films = orbit(symmetric, "smoke")
    for turns, name in enumerate(films):
        np.testing.assert_allclose(films[name], np.rot90(films["as drawn"], turns, (1, 2)), atol=1e-12)


def test_pictures(data):
    written = plot_data(data.path)
    assert [path.name for path in written] == ["plumes-speed.png", "plumes-speed.svg", "plumes-speed.gif"]
    assert written[-1].read_bytes()[:4] == b"GIF8"
    with pytest.raises(ValueError, match="expected one of the fields speed, smoke, got 'heat'"):
        plot_data(data.path, "heat")


def test_the_first_row_is_read_from_the_files(data, tmp_path, monkeypatch):
    """A damaged test file is an error, not a simulation."""
    shown = {}
    monkeypatch.setattr(plumes, "plume_snapshots", lambda recipe, films, field: shown.update(films) or Figure())
    plot_data(data.path)
    assert np.array_equal(shown["as drawn"], data.velocity("domain")[0].norm(dim=1).numpy())
    copy = shutil.copytree(data.path, tmp_path / data.path.name)
    next((copy / "data/test").iterdir()).write_bytes(b"")
    with pytest.raises(DataError, match=r"expected .*data/test.* with SHA-256 .*: the file or the manifest is damaged"):
        plot_data(copy)


def test_each_scenario_is_drawn_once_at_its_largest_strength(tiny, tmp_path):
    written = plot_plumes(tiny.recipes(), tmp_path)
    assert [path.name for path in written] == ["rotation-buoyancy-plumes.png", "rotation-buoyancy-plumes.svg"]
    assert "at strength 1:" in written[1].read_text()
