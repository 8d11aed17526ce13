"""Error against asymmetry, and learned against data equivariance."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..datasets.files import write_atomically
from .palette import Styles, styles
from .results import DATA_ERROR_STEPS, select
from .statistics import bootstrap
from .storage import as_bytes

DATA_ERROR_LABEL = f"measured equivariance error of the data (n = {DATA_ERROR_STEPS})"
SUFFIXES = (".png", ".svg")


def save(figure: Figure, path: Path) -> list[Path]:
    """Writes the figure as PNG and as SVG; returns both paths."""
    paths = [path.with_suffix(suffix) for suffix in SUFFIXES]
    for target in paths:
        options = {"format": target.suffix[1:], "dpi": 150, "bbox_inches": "tight"}
        write_atomically(target, as_bytes(partial(figure.savefig, **options)))
    return paths


def plot_results(results: pd.DataFrame, folder: Path) -> list[Path]:
    """The two curves of each scenario and history length, in ``folder``."""
    written, style = [], model_styles(results)
    for (scenario, history), part in results.groupby(["scenario", "history"]):
        name = f"{scenario}-history-{history}"
        written += save(
            error_curve(part, style, f"{scenario}, {history} input frame{'s' * (history > 1)}"), folder / name
        )
        written += save(learned_curve(part, style, scenario), folder / f"{name}-learned")
    return written


def model_styles(results: pd.DataFrame) -> Styles:
    """One style for each model, the same in all figures of a results folder."""
    return styles(results.groupby("model").family.first().to_dict())


def error_curve(results: pd.DataFrame, style: Styles, title: str) -> Figure:
    """RMSE and nRMSE on unseen simulations, over the measured asymmetry of the data."""
    figure = Figure(figsize=(11, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, metric, label in ((left, "nrmse", "nRMSE"), (right, "rmse", "RMSE (cells per frame)")):
        _lines(axes, select(results, metric), style, label)
    left.set_title(f"{title}: error over all rollout steps, unseen simulations", loc="left")
    _legend(figure, left)
    return figure


def learned_curve(results: pd.DataFrame, style: Styles, scenario: str) -> Figure:
    """The equivariance error of trained models over that of their data; on the diagonal both break it alike."""
    rows = select(results, "equivariance_error", step=DATA_ERROR_STEPS)
    figure = Figure(figsize=(7.5, 4.8), layout="constrained")
    axes = figure.subplots()
    top = max(results.data_error.max(), 0.1)
    axes.plot([0, top], [0, top], color="0.6", linestyle=":", label="model = data")
    _lines(axes, rows, style, f"equivariance error of the model (n = {DATA_ERROR_STEPS})")
    axes.set_title(f"{scenario}: what the models have learned", loc="left")
    _legend(figure, axes)
    return figure


def _lines(axes: Axes, rows: pd.DataFrame, style: Styles, label: str) -> None:
    """One line a model with its interval over seeds."""
    for model in style:
        points = _points(rows[rows.model == model])
        if points.empty:
            continue
        axes.plot(points.data_error, points["mean"], label=model, markersize=6, linewidth=1.6, **style[model])
        axes.fill_between(points.data_error, points.low, points.high, color=style[model]["color"], alpha=0.15, lw=0)
    axes.set_xlabel(DATA_ERROR_LABEL)
    axes.set_ylabel(label)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def _points(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean and interval over seeds at each data error; a rollout that diverged has no point."""
    cells = rows.dropna(subset="value").groupby("data_error").value.agg(list)
    points = [vars(bootstrap(values)) for values in cells]
    return pd.DataFrame(points, columns=["mean", "low", "high"]).assign(data_error=cells.index)


def _legend(figure: Figure, axes: Axes) -> None:
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper", frameon=False)
