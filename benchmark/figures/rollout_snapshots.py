"""Snapshots of one rollout: truth, predictions, errors."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from ..style.shades import shades
from .examples import Example, Flow, speed, top_speed

STEPS = (1, 5, 10, 15, 20)


def rollout_snapshots(example: Example) -> Figure:
    """Draws the speed of the flow at a few rollout steps: the truth above, then each model beside its error."""
    steps = [step for step in STEPS if step <= len(example.target)]
    flows = {"truth": example.target} | example.predictions
    top = top_speed(example)
    strips = [_strip(flow, example.target, steps, top) for flow in flows.values()]
    figure = Figure(figsize=(2.1 * len(steps) + 2.6, len(flows) + 0.9), layout="constrained")
    axes = figure.subplots()
    title = f"{example.setting.title}: an unseen simulation at strength {example.strength:g}, seed {example.seed}"
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    height, width = strips[0].shape[0], strips[0].shape[1] / (2 * len(steps))
    colors = {"vmin": 0, "vmax": top, "cmap": "magma", "interpolation": "none"}
    image = axes.imshow(np.concatenate(strips[::-1]), origin="lower", **colors)
    axes.set_yticks([(row + 0.5) * height for row in reversed(range(len(flows)))], flows)
    labels = [f"step {step}" for step in steps] + [f"error {step}" for step in steps]
    axes.set_xticks([(column + 0.5) * width for column in range(len(labels))], labels)
    axes.tick_params(length=0, labelsize=9, top=False, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)
    figure.colorbar(image, ax=axes, fraction=0.03, pad=0.01, label="speed (cells per frame)")
    return figure


def _strip(flow: Flow, target: Flow, steps: list[int], top: float) -> Float[np.ndarray, "height width"]:
    """Lays out speeds at some steps and those of the errors in a row, x to the right and y up, with a blank edge around
    each."""
    frames = [step - 1 for step in steps]
    speeds = np.concatenate([speed(flow[frames]), speed(flow[frames] - target[frames])])
    shown = top * shades(speeds, top)
    return np.concatenate([np.pad(picture.T, 1, constant_values=np.nan) for picture in shown], 1)
