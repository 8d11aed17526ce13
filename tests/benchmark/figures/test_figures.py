"""Figures are written for every setting, in both formats, and show the numbers that they say."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from symbreak.benchmark.aggregation.long_table import Setting, load_results
from symbreak.benchmark.aggregation.seed_means import seed_means
from symbreak.benchmark.figures.curves import error_curve, learned_curve
from symbreak.benchmark.figures.examples import Example, examples
from symbreak.benchmark.figures.film import MARGIN, gif
from symbreak.benchmark.figures.folder import animation, plot_folder
from symbreak.benchmark.figures.rollout_snapshots import _strip, rollout_snapshots
from symbreak.benchmark.figures.spectra import spectra
from symbreak.benchmark.figures.strengths import rollout_error, sweeps
from symbreak.benchmark.records.records import load_runs, save_run
from symbreak.benchmark.style.drawing import drawn
from symbreak.benchmark.style.lines import OUTLIER, evenly_spread, from_zero, panels
from symbreak.benchmark.style.palette import MARKERS, model_styles, styles
from symbreak.models import list_models


@pytest.fixture(scope="module")
def results(results_folder):
    return load_results(results_folder)


def lines(axes):
    """The named lines of a panel."""
    return {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}


def test_every_figure_is_written(results_folder, tmp_path):
    written = plot_folder(results_folder, tmp_path)
    name = "rotation-buoyancy-history-1-train-2"
    kinds = ("", "-learned", "-steps", "-training", "-rollout", "-spectra")
    expected = {f"{name}{kind}{suffix}" for kind in kinds for suffix in (".png", ".svg")}
    assert {path.name for path in written} == expected | {f"{name}-rollout.gif"}
    assert all(path.stat().st_size > 5000 for path in written)


def test_processes_side_by_side_draw_the_same(results_folder, tmp_path):
    alone, together = (plot_folder(results_folder, tmp_path / str(workers), workers) for workers in (1, 2))
    assert [path.name for path in alone] == [path.name for path in together]
    assert all(first.read_bytes() == second.read_bytes() for first, second in zip(alone, together, strict=True))


def test_curves_hold_the_results(results, tiny):
    figure = error_curve(seed_means(results), model_styles(results), "title")
    assert set(lines(figure.axes[0])) == set(tiny.models)
    row = results[(results.model == "convnet") & (results.metric == "nrmse") & (results.step == "mean")]
    expected = row[row.split == "domain"]
    line = lines(figure.axes[0])["convnet"]
    assert line.get_ydata().tolist() == pytest.approx(expected.value.tolist(), rel=1e-11)
    assert line.get_xdata().tolist() == expected.data_error.tolist()
    assert "equivariance error" in figure.axes[0].get_xlabel() and "nRMSE" in figure.axes[0].get_ylabel()
    assert "cells per frame" in figure.axes[1].get_ylabel()


def test_persistence_learns_no_symmetry(results, tiny):
    figure = learned_curve(seed_means(results), model_styles(results), "title")
    assert set(lines(figure.axes[0])) == {"model = data", *tiny.models} - {"persistence"}
    assert set(lines(figure.axes[1])) == {"rgroup-rotation"}


def test_no_diagonal_over_data_that_are_measured_before_rendering(results, tiny):
    table = seed_means(results.assign(scenario="scaling-drag"))
    axes = learned_curve(table, model_styles(results), "title").axes[0]
    assert set(lines(axes)) == {*tiny.models} - {"persistence"} and "in plume units" in axes.get_xlabel()


def test_rollout_error_has_a_panel_a_strength(results, tiny):
    figure = rollout_error(seed_means(results), model_styles(results), "title")
    assert [axes.get_title() for axes in figure.axes] == ["strength 0", "strength 1"]
    rows = results[(results.model == "convnet") & (results.metric == "nrmse") & (results.step != "mean")]
    expected = rows[(rows.split == "domain") & (rows.strength == 1)]
    line = lines(figure.axes[1])["convnet"]
    assert line.get_xdata().tolist() == [1, 2, 3, 4, 5] and line.get_ydata().tolist() == pytest.approx(
        expected.value.tolist(), rel=1e-11
    )


def test_sweeps_are_drawn_where_there_are_several(results):
    """Twice the history or the simulations with half the error: two points a line."""
    style = model_styles(results)
    assert list(sweeps(seed_means(results), style)) == []
    for column, name in (("history", "train-2-over-history"), ("train_simulations", "history-1-over-train")):
        other = results.assign(**{column: 2 * results[column], "value": results.value.astype(float) / 2})
        [(found, figure)] = sweeps(seed_means(pd.concat([results, other])), style)
        assert found == f"rotation-buoyancy-{name}"
        x, y = lines(figure.axes[0])["convnet"].get_data()
        assert x[1] == 2 * x[0] and y[1] == y[0] / 2


def test_at_most_five_panels():
    assert evenly_spread([3.0, 1.0, 2.0]) == [1, 2, 3]
    assert evenly_spread([float(value) for value in range(9)]) == [0, 2, 4, 6, 8]


@pytest.mark.parametrize("values, top", [([1, 2, 3], 1.06 * 3), ([1, 2, 900], OUTLIER * 2), ([0, 0], 1.0)])
def test_an_outlier_does_not_flatten_the_others(values, top):
    _, (axes,) = panels(1, ["a"])
    from_zero(axes, pd.Series(values))
    assert axes.get_ylim() == pytest.approx((-0.02 * top, top))


def test_spectrum_of_a_weaker_flow():
    """Half the velocity is a quarter of the energy at every scale."""
    truth = np.random.default_rng(0).normal(size=(3, 2, 8, 8))
    example = Example(Setting("s", 1, 2), 1.0, 0, truth, {"a": truth / 2})
    left, right = spectra(example, styles({"a": "strict"})).axes
    assert lines(left)["a"].get_ydata() == pytest.approx(lines(left)["truth"].get_ydata() / 4)
    assert right.lines[1].get_ydata() == pytest.approx([0.25] * 4)
    assert left.get_xlim()[0] <= 1 and "cells² per frame²" in left.get_ylabel()


@pytest.mark.parametrize("value", [np.nan, 0.0, 1e-30, 1e37])
def test_pictures_of_any_numbers(value):
    """A model that left the numbers, stands still or is in other units, beside a truth that flows; and alone."""
    flow = np.random.default_rng(0).normal(size=(3, 2, 5, 7))
    for truth in (flow, value * flow):
        example = Example(Setting("s", 1, 2), 1.0, 0, truth, {"a": value * flow, "b": flow})
        files = drawn(Path("spectra"), spectra(example, styles({"a": "strict", "b": "strict"})))
        assert len(files | drawn(Path("rollout"), rollout_snapshots(example))) == 4
        assert Image.open(io.BytesIO(animation(example))).n_frames == 3
        bottom, top = spectra(example, styles({"a": "strict", "b": "strict"})).axes[0].get_ylim()
        assert 0 < bottom < top < np.inf


def test_what_is_beyond_half_precision_is_drawn_and_what_is_not_finite_is_empty(results_folder, tiny, tmp_path):
    records = [record for record in load_runs(results_folder) if record.model == "convnet"]
    flow = np.full((3, 2, 5, 7), 7e6, dtype=np.float32)
    flow[1, 0, 2, 3] = np.inf
    for record in records:
        save_run(tmp_path, record, {}, {"prediction": flow, "target": 1e-8 * np.ones_like(flow)})
    [example] = examples(tmp_path, records, tiny.models)
    assert example.target == pytest.approx(1e-8) and example.predictions["convnet"][0, 0, 0, 0] == 7e6
    assert np.argwhere(np.isnan(example.predictions["convnet"])).tolist() == [[1, 0, 2, 3]]


def test_examples_are_of_the_strongest_breaking(results_folder, tiny):
    records = load_runs(results_folder)
    [example] = examples(results_folder, records, tiny.models)
    assert (example.setting, example.strength, example.seed) == (Setting("rotation-buoyancy", 1, 2), 1.0, 0)
    assert set(example.predictions) == set(tiny.models) and example.target.shape == (5, 2, 16, 16)


def test_film_draws_x_to_the_right_and_y_up():
    """One bright cell at x = 4, y = 0 of 5 x 7 in the second of two frames: bright is the right lower corner of the
    first panel, and what is not finite is bright too."""
    speeds = np.zeros((2, 5, 7))
    speeds[1, 4, 0] = 3.0
    image = Image.open(io.BytesIO(gif({"a": speeds, "b": speeds * np.nan}, ["first", "second"], top=3.0)))
    assert image.n_frames == 2
    image.seek(1)
    picture = np.array(image.convert("RGB")).astype(int).sum(-1)
    first, last = MARGIN, MARGIN + 150 - 1
    bottom = picture.shape[0] - MARGIN - 1
    assert picture[bottom, last] > 600 > 100 > picture[bottom, first]
    assert picture[bottom, last + MARGIN + 1] == picture[bottom, last]


def test_models_of_a_family_share_a_hue_and_differ_in_their_markers():
    families = {f"m{i}": "relaxed" for i in range(len(MARKERS))} | {"strict": "strict"}
    style = styles(families)
    assert len({style[f"m{i}"]["marker"] for i in range(len(MARKERS))}) == len(MARKERS)
    assert style["strict"]["color"] == (0, 0, 0)


def test_no_two_kinds_look_alike_in_grey():
    """Whatever is registered: marker and line tell the kinds apart without colour."""
    style = styles({entry.name: entry.family for entry in list_models()})
    looks = [(look["marker"], look["linestyle"]) for look in style.values()]
    assert len(looks) > len(MARKERS) and len(set(looks)) == len(looks)
    assert len({style[name]["marker"] for name in ("linear", "convnet", "clcnn-rotation")}) == 3


def test_one_kind_of_model_looks_the_same_whatever_its_symmetry():
    rows = [("rpp-rotation", "rotation"), ("rpp-scaling", "scaling"), ("lift-scaling", "scaling"), ("rpp", "scaling")]
    table = pd.DataFrame([{"model": m, "family": "relaxed", "symmetry": s} for m, s in rows])
    style = model_styles(table)
    assert style["rpp-rotation"] == style["rpp-scaling"] == style["rpp"] != style["lift-scaling"]


def test_a_strip_of_frames_has_x_to_the_right_and_y_up():
    """One moving cell at x = 4, y = 1 of 5 x 7: row 1 from below and column 4, plus the blank edge of one pixel."""
    flow = np.zeros((1, 2, 5, 7))
    flow[0, 0, 4, 1] = 1.0
    strip = _strip(flow, flow, [1], 1.0)
    assert strip.shape == (7 + 2, 2 * (5 + 2))
    assert np.argwhere(strip == 1.0).tolist() == [[1 + 1, 4 + 1]]
