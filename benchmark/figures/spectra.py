"""Energy at every scale of the flow."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.figure import Figure

from ..runs.metrics import energy_spectrum
from ..style.lines import add_title_and_legend, panels, tidy
from ..style.palette import Styles
from .examples import Example

DECADES = 7
"""How far below the peak of the truth the axis reaches; stored rollouts have eleven significant bits."""
ABOVE = 1e4
"""How far above it the axis reaches at most."""


def spectra(example: Example, style: Styles) -> Figure:
    """Draws ``E(k)`` of the truth and of every model at the last rollout step, and the models' divided by the
    truth's."""
    flows = {"truth": example.target[-1]} | {model: flow[-1] for model, flow in example.predictions.items()}
    energy = {name: _positive(energy_spectrum(torch.from_numpy(flow)).numpy()) for name, flow in flows.items()}
    truth, waves = energy["truth"], np.arange(1, len(energy["truth"]) + 1)
    peak = np.nanmax(truth) if np.isfinite(truth).any() else 1.0
    floor = peak * 10.0**-DECADES
    figure, (left, right) = panels(2, energy)
    for axes in (left, right):
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    left.plot(waves, truth, color="0.75", linewidth=5, label="truth")
    right.plot(waves, np.ones_like(truth), color="0.75", linewidth=5)
    for model in example.predictions:
        look: dict[str, Any] = style[model] | {"markersize": 4.5, "linewidth": 1.4}
        for axes, values in ((left, energy[model]), (right, energy[model] / np.maximum(truth, floor))):
            spacing = 0.1 if np.isfinite(values).any() else None
            axes.plot(waves, values, label=model, markevery=spacing, **look)
    low, high = left.get_ylim()
    left.set_ylim(max(low, floor), min(max(high, 10 * floor), ABOVE * peak))
    low, high = right.get_ylim()
    right.set_ylim(max(min(low, 0.1), 1e-3), min(max(high, 10), 1e3))
    left.set_ylabel("kinetic energy E(k) (cells² per frame²)")
    right.set_ylabel("E(k) of the model / E(k) of the truth")
    for axes in (left, right):
        axes.set_xlabel("wave number k (waves per side of the box)")
        tidy(axes)
    place = f"strength {example.strength:g}, seed {example.seed}, rollout step {len(example.target)}"
    return add_title_and_legend(figure, f"{example.setting.title}\none unseen simulation: {place}")


def _positive(energy: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """Empties what a logarithmic axis cannot show."""
    return np.where(np.isfinite(energy) & (energy > 0), energy, np.nan)
