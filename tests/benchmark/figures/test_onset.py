"""The figures of a hidden asymmetry."""

import math

import numpy as np
import pandas as pd
import pytest

from symbreak.benchmark.aggregation.statistics import Interval
from symbreak.benchmark.analysis.crossovers import Crossover
from symbreak.benchmark.figures.folder import curves
from symbreak.benchmark.figures.onset import finding, orbit_curve, since_onset, spread
from symbreak.benchmark.report.curves import curve_data
from symbreak.benchmark.style.palette import model_styles

from ..made_up import row

FAMILIES = {"convnet": "unconstrained", "equiv-rotation": "strict", "oracle-rotation": "informed", "linear": "baseline"}


@pytest.fixture(scope="module")
def results():
    """Errors at strengths 0 and 1, three seeds; the plain network overtakes the strict one half-way, in logarithms."""
    errors = {"convnet": (0.2, 0.2), "equiv-rotation": (0.1, 0.4), "oracle-rotation": (0.1, 0.1), "linear": (9.0, 9.0)}
    rows = []
    for model, values in errors.items():
        for strength, value in zip((0.0, 1.0), values, strict=True):
            for seed in range(3):
                place = {"model": model, "family": FAMILIES[model], "strength": strength, "data_error": strength}
                numbers = [
                    ("orbit", "relative_l2", "mean", value),
                    ("orbit", "relative_l2", "1", value / 2),
                    ("orbit", "floor_relative_l2", "mean", 0.3 * strength),
                    ("domain", "relative_l2", "mean", value),
                    ("revealed", "relative_l2", "mean", value / 4),
                ]
                names = ("split", "metric", "step", "value")
                rows += [row(**place, seed=seed, **dict(zip(names, number, strict=True))) for number in numbers]
    return pd.DataFrame(rows)


def words(figure):
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return "\n".join(text.get_text() for text in texts)


def test_the_headline_says_its_finding_and_names_every_line(results):
    said = words(orbit_curve(results, model_styles(results)))
    assert said.startswith("From strength 0.50 on,\nthe plain network is better than the strict one")
    assert "no strictly equivariant\nnetwork can be here" in said and "3 seeds" in said
    for name in ("convnet (plain)", "equiv-rotation (strict)", "oracle-rotation (told the force)"):
        assert name in said
    assert "linear" not in said, "what needs no training would flatten all else"


def test_the_shaded_region_ends_at_the_floor(results):
    (axes,) = orbit_curve(results, model_styles(results)).axes
    outline = axes.collections[0].get_paths()[0].vertices
    assert outline[outline[:, 0] == 1.0, 1].max() == pytest.approx(0.3)


def test_the_cost_fades_as_the_state_tells(results):
    figure = since_onset(results, model_styles(results))
    assert "after 5 frames\nthe strict network's error is 0.10 in place of 0.40" in words(figure)
    lines = {tuple(line.get_xdata()): line.get_ydata() for line in figure.axes[0].lines}
    assert list(lines) == [(0, 5)] and np.isfinite([*lines.values()]).all()


def test_frames_at_which_one_model_was_not_scored_are_left_out(results):
    """After one frame all were scored, after three the plain network alone: a line that ends early would mislead."""
    revealed = results[results.split == "revealed"]
    some = revealed[revealed.model == "convnet"].assign(split="revealed 3")
    table = pd.concat([results, revealed.assign(split="revealed 1"), some])
    (axes,) = since_onset(table, model_styles(table)).axes
    assert {tuple(line.get_xdata()) for line in axes.lines} == {(0, 1, 5)}


def test_a_results_folder_with_a_floor_has_both(results):
    unseen = results[results.split == "domain"]
    pooled = [unseen.assign(metric=metric, step=step) for metric in ("nrmse", "rmse") for step in ("mean", "1")]
    style = model_styles(results)
    for table, count in ((results, 2), (results[results.metric != "floor_relative_l2"], 0)):
        names = [name for name, _ in curves(pd.concat([table, *pooled]), style)]
        assert sum(name.endswith(("-orbit", "-since-onset")) for name in names) == count


def test_the_page_has_the_floor_once_for_each_data_set(results):
    data = curve_data(results)
    columns = data["columns"].index
    floors = [each for each in data["series"] if each[columns("model")] == data["floorName"]]
    assert sorted(each[columns("mean")] for each in floors) == [[0.0], [0.3]]
    assert "floor_relative_l2" not in {each[columns("metric")] for each in data["series"]}


@pytest.mark.parametrize(
    "strength, said",
    [
        (0.25, "From strength 0.25 on"),
        (0.0, "at every strength"),
        (math.inf, "is ahead of the plain one"),
        (math.nan, "Error"),
    ],
)
def test_the_title_is_what_the_table_says(strength, said):
    crossing = Crossover(Interval(strength, math.nan, math.nan), Interval(math.nan, math.nan, math.nan), 1)
    assert said in finding(crossing)


def test_labels_keep_their_distance():
    """0 and 1 are far apart; 2, 2.1 and 2.2 move to 1.1 ... 3.1 about their middle, 2.1, and push nothing else."""
    assert spread([0.0, 2.0, 2.1, 2.2], 1.0) == pytest.approx([0.0, 1.1, 2.1, 3.1])
    assert spread([1.0, 1.0], 0.5) == pytest.approx([0.75, 1.25])
    assert spread([], 1.0) == []
