"""Rollouts as small pictures: one strip a model, the flow above its error, at a few rollout steps."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from ..stills import STEPS
from ..storage import Record, load_rollout

LEVELS = 64
"""Shades; so few keep a strip at a few kilobytes."""
LARGEST = 64
"""Cells along a side that a picture shows; of finer fields only every second, third ... is drawn."""

Speed = Float[np.ndarray, "N X Y"]


def rollout_groups(folder: Path, records: Sequence[Record]) -> list[dict[str, Any]]:
    """The rollouts of each scenario and history length, at its strongest symmetry breaking and its first seed.

    Each group has ``scenario, history, strength, seed``, the ``steps`` shown, ``top`` (the speed of the brightest
    shade, in cells per frame), ``scale`` and ``truth`` (pictures) and ``models`` (pairs of name and picture).
    """
    groups: dict[tuple, list[Record]] = {}
    for record in records:
        if record["status"] == "done" and (folder / "runs" / f"{record['hash']}.npz").exists():
            groups.setdefault((record["scenario"], record["config"]["history"]), []).append(record)
    return [
        {"scenario": scenario, "history": history} | _group(folder, group)
        for (scenario, history), group in sorted(groups.items())
    ]


def _group(folder: Path, records: list[Record]) -> dict[str, Any]:
    strength = max(record["strength"] for record in records)
    seed = min(record["seed"] for record in records if record["strength"] == strength)
    chosen = [record for record in records if (record["strength"], record["seed"]) == (strength, seed)]
    rollouts = {record["model"]: load_rollout(folder, record["hash"]) for record in chosen}
    target = next(iter(rollouts.values()))["target"].astype(float)
    steps = [step for step in STEPS if step <= len(target)]
    frames = [step - 1 for step in steps]
    top = float(np.percentile(_speed(target), 99.8)) or 1.0
    pictures = []
    for model, rollout in sorted(rollouts.items()):
        prediction = rollout["prediction"].astype(float)[frames]
        pictures.append((model, png(strip([_speed(prediction), _speed(prediction - target[frames])], top))))
    return {
        "strength": strength,
        "seed": seed,
        "steps": steps,
        "top": top,
        "scale": png(np.arange(LEVELS, dtype=np.uint8)[None]),
        "truth": png(strip([_speed(target[frames])], top)),
        "models": pictures,
    }


def _speed(velocity: Float[np.ndarray, "N 2 X Y"]) -> Speed:
    """``|v|``, of cells that a picture shows."""
    stride = math.ceil(max(velocity.shape[-2:]) / LARGEST)
    return np.hypot(velocity[:, 0, ::stride, ::stride], velocity[:, 1, ::stride, ::stride])


def strip(rows: Sequence[Speed], top: float) -> UInt8[np.ndarray, "height width"]:
    """Shades of frames side by side, one row of frames above the next, x to the right and y up, gaps between.

    Speeds from ``top`` on have the brightest shade, and so have those that are not finite.
    """
    gap = max(1, rows[0].shape[1] // 32)
    pictures = []
    for frames in rows:
        shades = np.nan_to_num(frames / top, nan=1.0, posinf=1.0).clip(0, 1) * (LEVELS - 1)
        upright = np.round(shades).astype(np.uint8).transpose(0, 2, 1)[:, ::-1]
        padded = np.pad(upright, ((0, 0), (0, gap), (0, gap)), constant_values=LEVELS)
        pictures.append(np.concatenate(padded, axis=1))
    return np.concatenate(pictures)[:-gap, :-gap]


def png(shades: UInt8[np.ndarray, "height width"]) -> str:
    """A ``data:`` address of the picture; shade ``LEVELS`` is transparent."""
    image = Image.fromarray(shades, mode="P")
    colors = matplotlib.colormaps["magma"](np.linspace(0, 1, LEVELS), bytes=True)[:, :3]
    image.putpalette([*colors.flatten().tolist(), 0, 0, 0])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True, transparency=LEVELS)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
