"""Shades of pictures."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def shades(values: Float[np.ndarray, "*N X Y"], top: float) -> Float[np.ndarray, "*N X Y"]:
    """Divides by ``top``, the value of the brightest shade, 1; what is larger or not finite has this shade, too."""
    return np.nan_to_num(values, nan=top, posinf=top, neginf=0.0).clip(0, top) / top


def brightest(values: Float[np.ndarray, "*N X Y"]) -> float:
    """Returns the value of the brightest shade, which few of the finite ones exceed; 1 where none is positive."""
    finite = np.append(values[np.isfinite(values)], 0)
    return float(np.percentile(finite, 99.8)) or float(finite.max()) or 1.0
