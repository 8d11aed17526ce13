"""What the page's curves show: means and intervals over seeds, by rollout step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..aggregation.long_table import (
    DATA_ERROR_STEPS,
    FLOOR,
    FLOORED,
    data_error_label,
    floors,
    is_like_models,
)
from ..aggregation.seed_means import LINE, seed_means
from ..style.palette import model_styles

METRICS = {
    "relative_l2": ("relative L2", "error of each window divided by its truth, averaged; smaller is better"),
    "excess": ("excess over the floor (cells per frame)", "what a better strict network could still gain"),
    "nrmse": ("nRMSE", "error divided by the rms of the truth; smaller is better"),
    "rmse": ("RMSE (cells per frame)", "root mean square error of the velocity; smaller is better"),
    "vrmse": ("VRMSE", "error divided by the spatial standard deviation of the truth; smaller is better"),
    "skill": ("skill", "1 - RMSE / RMSE of persistence; larger is better, 0 is as good as predicting no change"),
    "spectrum_error": ("log-spectrum error", "rms over wave numbers of the log ratio of spectra; smaller is better"),
    "valid_steps": ("valid rollout steps", "steps before VRMSE first exceeds 0.5; larger is better"),
    "equivariance_error": (
        "equivariance error of the model",
        "how far the model's rollout is from commuting with the group; close to that of the data is well matched",
    ),
    "relaxation": (
        "share of the weights' norm that breaks the symmetry",
        "0 where the weights are as the symmetry wants them; only of models whose weights tell",
    ),
}
"""Label of a metric, and how to read it."""
SPLITS = {
    "domain": "Domain: unseen simulations",
    "future": "Future: later frames of the training simulations",
    "orbit": "Orbit: unseen states at the onset, each moved by every element of the group",
    "revealed": "Revealed: unseen simulations, some frames after the onset",
    "weights": "the trained weights themselves",
}
SYMBOLS = {
    "o": ("circle", "●"),
    "s": ("square", "■"),
    "D": ("diamond", "◆"),
    "^": ("triangle-up", "▲"),
    "v": ("triangle-down", "▼"),
    "P": ("cross", "✚"),
    "X": ("x", "✖"),
    "*": ("star", "★"),
    "<": ("triangle-left", "◀"),
    ">": ("triangle-right", "▶"),
    "p": ("pentagon", "⬟"),
    "h": ("hexagon", "⬢"),
}
"""Markers of :mod:`..style.palette`, as plotly calls them and as characters."""
DIGITS = 4


def curve_data(results: pd.DataFrame) -> dict[str, Any]:
    """Returns everything that the curves need, ready for JSON, the floors among the series.

    A series is the list of its values in the order of ``columns``, with the index in ``steps`` for ``step``.
    """
    shown = results.loc[results.split.isin([*SPLITS]) & ~results.metric.isin([*FLOORED])]
    entries = series(pd.concat([shown, floors(results)]))
    steps = list(dict.fromkeys(tuple(entry["step"]) for entry in entries))
    return {
        "columns": list(entries[0]),
        "series": [[*(entry | {"step": steps.index(tuple(entry["step"]))}).values()] for entry in entries],
        "steps": steps,
        "models": model_looks(results),
        "metrics": METRICS,
        "splits": SPLITS,
        "dataErrorLabels": {scenario: data_error_label(scenario) for scenario in results.scenario.unique()},
        "withDiagonal": [scenario for scenario in results.scenario.unique() if is_like_models(scenario)],
        "learnedStep": DATA_ERROR_STEPS,
        "floorName": FLOOR,
    }


def series(results: pd.DataFrame) -> list[dict[str, Any]]:
    """Lists the lines of the curves, an entry for each :data:`.LINE`, with a list over steps of
    each number.

    ``mean``, ``low`` and ``high`` are over the seeds whose rollout stayed finite; ``diverged`` lists the steps at which
    there were others.
    """
    table = seed_means(results)
    first = table[~table.duplicated(LINE)]
    first = first.assign(data_error=pd.Series(_rounded(first.data_error), first.index, dtype=object))
    ends = [*first.index[1:], len(table)]
    lists = {name: _rounded(table.loc[:, name]) for name in ("mean", "low", "high")}
    lists["step"] = table.step.tolist()
    diverged = table.diverged.to_numpy() > 0
    keys = first.loc[:, [*LINE, "data_error"]].to_dict("records")
    return [
        key
        | {name: values[start:end] for name, values in lists.items()}
        | {"diverged": table.step[start:end][diverged[start:end]].tolist()}
        for key, start, end in zip(keys, first.index, ends, strict=True)
    ]


def _rounded(values: pd.Series) -> list[float | None]:
    """Rounds the numbers to few digits, ``None`` where there is none."""
    array = values.to_numpy()
    size = np.where(np.isfinite(array) & (array != 0), np.abs(array), 1)
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(size)))
    return [value if value == value else None for value in (np.round(array * scale) / scale).tolist()]


def model_looks(results: pd.DataFrame) -> list[dict[str, str]]:
    """Returns name, family, marker and colours of each model, those of the figures; all are lighter on a dark
    background."""
    families = results.groupby("model").family.first()
    models = []
    for model, style in model_styles(results).items():
        symbol, character = SYMBOLS[style["marker"]]
        grey = max(style["color"]) - min(style["color"]) < 0.05
        dark = [1 - 0.6 * value if grey else 0.3 + 0.7 * value for value in style["color"]]
        models.append(
            {
                "name": model,
                "family": families[model],
                "symbol": symbol,
                "character": character,
                "light": _hex(style["color"]),
                "dark": _hex(dark),
            }
        )
    return models


def _hex(color: Iterable[float]) -> str:
    return "#" + "".join(f"{round(255 * float(value)):02x}" for value in color)
