"""Figures are written for every scenario, in both formats, and say what they show."""

from symbreak.benchmark.figures import error_curve, learned_curve, model_styles, plot_results
from symbreak.benchmark.palette import MARKERS, styles
from symbreak.benchmark.results import load_results
from symbreak.benchmark.stills import plot_rollouts


def test_every_figure_is_written_twice(results_folder, tmp_path):
    written = plot_results(load_results(results_folder), tmp_path) + plot_rollouts(results_folder, tmp_path)
    assert {path.name for path in written} == {
        f"rotation-buoyancy-history-1{kind}{suffix}"
        for kind in ("", "-learned", "-rollout")
        for suffix in (".png", ".svg")
    }
    assert all(path.stat().st_size > 5000 for path in written)


def test_curves_hold_the_results(results_folder, tiny):
    results = load_results(results_folder)
    axes = error_curve(results, model_styles(results), "title").axes[0]
    lines = {line.get_label(): line for line in axes.lines}
    assert set(lines) == set(tiny.models)
    row = results[(results.model == "convnet") & (results.metric == "nrmse") & (results.step == "mean")]
    assert lines["convnet"].get_ydata().tolist() == row[row.split == "domain"].value.tolist()
    assert "equivariance error" in axes.get_xlabel() and "nRMSE" in axes.get_ylabel()
    assert "cells per frame" in error_curve(results, model_styles(results), "title").axes[1].get_ylabel()


def test_persistence_learns_no_symmetry(results_folder, tiny):
    results = load_results(results_folder)
    labels = {line.get_label() for line in learned_curve(results, model_styles(results), "s").axes[0].lines}
    assert labels == {"model = data", *tiny.models} - {"persistence"}


def test_models_of_a_family_share_a_hue_and_differ_in_their_markers():
    families = {f"m{i}": "relaxed" for i in range(len(MARKERS))} | {"strict": "strict"}
    style = styles(families)
    assert len({style[f"m{i}"]["marker"] for i in range(len(MARKERS))}) == len(MARKERS)
    assert style["strict"]["color"] == (0, 0, 0)
