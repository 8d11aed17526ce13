"""Colours and markers: one hue a family, one shade and marker a kind of model, distinct also to the colour-blind and
in grey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb

from ..aggregation.kinds import kind

HUES = {
    "baseline": ("#7f7f7f", "#4d4d4d", "#b3b3b3"),
    "unconstrained": ("#D55E00", "#8a3d00", "#f5a970"),
    "strict": ("#000000", "#000000", "#666666"),
    "relaxed": ("#0072B2", "#004a75", "#8fcdf5"),
}
"""Hue of a family with one kind of model, or else the ends of its shades, from the palette of Okabe and Ito (2008):
people with colour blindness can tell its colours apart."""
OTHER_HUES = ("#009E73", "#00573f", "#7fd9bf")
MARKERS = "osD^vPX*<>ph"
LINES = ("-", "-.", "--", ":")
"""Lines of the first kinds of model, of those for whom there is no marker left, and so on."""

Styles = dict[str, dict[str, Any]]
"""Matplotlib line styles by model."""


def styles(families: Mapping[str, str], kinds: Mapping[str, str] | None = None) -> Styles:
    """Returns matplotlib line styles by model, family after family, the shades of each from dark to light; no two kinds
    share marker and line, because a printed figure may have no colour.

    Args:
        families: the family of each model.
        kinds: the kind of each model, whose models share a style; by default each is a kind of its own.
    """
    kinds = kinds or {model: model for model in families}
    style, marked = {}, dict[str, int]()
    for family in [*HUES, *sorted(set(families.values()) - set(HUES))]:
        members = sorted(model for model, its_family in families.items() if its_family == family)
        own = sorted({kinds[model] for model in members})
        hue, dark, light = (np.array(to_rgb(color)) for color in HUES.get(family, OTHER_HUES))
        for model in members:
            index = own.index(kinds[model])
            shade = dark + (light - dark) * index / (len(own) - 1) if len(own) > 1 else hue
            turn, place = divmod(marked.setdefault(kinds[model], len(marked)), len(MARKERS))
            look = {"marker": MARKERS[place], "linestyle": LINES[turn % len(LINES)]}
            style[model] = {"color": tuple(shade.tolist())} | look
    return style


def model_styles(results: pd.DataFrame) -> Styles:
    """Returns one style for each model, the same in all figures of a results folder; ``rpp-rotation`` looks as
    ``rpp-scaling`` does."""
    models = results.groupby("model")[["family", "symmetry"]].first()
    return styles(
        models.family.to_dict(), {model: kind(model, symmetry) for model, symmetry in models.symmetry.items()}
    )
