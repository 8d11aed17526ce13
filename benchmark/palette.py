"""Colours and markers: one hue a family, one shade and marker a model, distinct also to the colour-blind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import to_rgb

HUES = {
    "baseline": "#7f7f7f",
    "unconstrained": "#D55E00",
    "strict": "#000000",
    "relaxed": "#0072B2",
}
"""Hues of Okabe and Ito (2008), a palette that people with colour blindness can tell apart."""
OTHER_HUE = "#009E73"
MARKERS = "osD^vPX*<>ph"

Styles = dict[str, dict]
"""Matplotlib line styles by model."""


def styles(families: Mapping[str, str]) -> Styles:
    """Matplotlib line styles by model, family after family; the shades of one run from its hue half-way to white.

    Args:
        families: the family of each model.
    """
    style = {}
    order = [*HUES, *sorted(set(families.values()) - set(HUES))]
    for family in order:
        members = sorted(model for model, its_family in families.items() if its_family == family)
        hue = np.array(to_rgb(HUES.get(family, OTHER_HUE)))
        for index, model in enumerate(members):
            shade = hue + (1 - hue) * 0.55 * index / max(len(members) - 1, 1)
            style[model] = {"color": tuple(shade), "marker": MARKERS[index % len(MARKERS)]}
    return style
