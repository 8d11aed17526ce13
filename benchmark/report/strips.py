"""Rollouts as small pictures: one strip per model, the flow above its error, at a few rollout steps."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from ..figures.examples import Example, Flow, examples, speed, top_speed
from ..figures.rollout_snapshots import STEPS
from ..records.records import RunRecord
from ..style.shades import shades

LEVELS = 64
"""Number of shades; so few keep a strip at a few kilobytes."""
LARGEST = 64
"""Largest number of cells along a side of a picture; of finer fields only every second, third ... cell is drawn."""

Speed = Float[np.ndarray, "N X Y"]


def rollout_groups(folder: Path, records: Sequence[RunRecord], order: Iterable[str]) -> list[dict[str, Any]]:
    """Draws the :func:`~..figures.examples.examples` of a results folder as small pictures, models in ``order``.

    Each has ``title, strength, seed``, the ``steps`` shown, ``top`` (the speed of the brightest shade, in cells per
    frame), ``scale`` and ``truth`` (pictures) and ``models`` (pairs of name and picture).
    """
    return [_group(example) for example in examples(folder, records, order)]


def _group(example: Example) -> dict[str, Any]:
    steps = [step for step in STEPS if step <= len(example.target)]
    frames, top = [step - 1 for step in steps], top_speed(example)
    stride = math.ceil(max(example.target.shape[-2:]) / LARGEST)

    def picture(*flows: Flow) -> str:
        return png(strip([speed(flow[frames, :, ::stride, ::stride]) for flow in flows], top))

    return {
        "title": example.setting.title,
        "strength": example.strength,
        "seed": example.seed,
        "steps": steps,
        "top": top,
        "scale": png(np.arange(LEVELS, dtype=np.uint8)[None]),
        "truth": picture(example.target),
        "models": [(model, picture(flow, flow - example.target)) for model, flow in example.predictions.items()],
    }


def strip(rows: Sequence[Speed], top: float) -> UInt8[np.ndarray, "height width"]:
    """Lays out shades of frames side by side, one row of frames above the next, x to the right and y up, gaps between.

    Speeds from ``top`` on have the brightest shade, and so have those that are not finite.
    """
    gap = max(1, rows[0].shape[1] // 32)
    pictures = []
    for frames in rows:
        indices = np.round(shades(frames, top) * (LEVELS - 1)).astype(np.uint8)
        upright = indices.transpose(0, 2, 1)[:, ::-1]
        padded = np.pad(upright, ((0, 0), (0, gap), (0, gap)), constant_values=LEVELS)
        pictures.append(np.concatenate(padded, axis=1))
    return np.concatenate(pictures)[:-gap, :-gap]


def png(shades: UInt8[np.ndarray, "height width"]) -> str:
    """Encodes the picture as a ``data:`` address; shade ``LEVELS`` is transparent."""
    image = Image.fromarray(shades, mode="P")
    colors = matplotlib.colormaps["magma"](np.linspace(0, 1, LEVELS), bytes=True)[:, :3]
    image.putpalette([*colors.flatten().tolist(), 0, 0, 0])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True, transparency=LEVELS)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
