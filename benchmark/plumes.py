"""Pictures of a data set: one plume from every place that the group moves it to, side by side, still and moving."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from ..datasets import DataError, DataSet, Imported, Recipe
from ..datasets.files import write_atomically
from ..datasets.plan import Chunk
from ..simulators import get_scenario, simulate, still
from .figures import save
from .film import Film, gif

STILLS = 5
FRAMES_PER_SECOND = 12
FIELDS = {"speed": ("speed (cells per step)", "magma"), "smoke": ("smoke", "Greys")}


def plot_data(path: Path, field: str = "speed") -> list[Path]:
    """Draws the first test plume of a data set, and what becomes of it when it starts from where each group element
    moves it: ``plumes-<field>`` as PNG and SVG, and as an animated GIF, in the folder ``figures`` of the data set.

    At strength 0 each row is the moved version of the first; above, the rows show how the symmetry is broken.

    Raises:
        ValueError: an unknown field.
        DataError: no complete data set at ``path``, or an imported one.
    """
    if field not in FIELDS:
        raise ValueError(f"expected a field out of {', '.join(FIELDS)}, got {field!r}")
    recipe = DataSet(path).recipe
    if isinstance(recipe, Imported):
        raise DataError(f"expected simulated data in {path}, got imported ones, which no simulator can start elsewhere")
    films = orbit(recipe, field)
    target = path / "figures" / f"plumes-{field}"
    written = save(stills(recipe, films, field), target)
    animation = target.with_suffix(".gif")
    write_atomically(animation, animate(recipe, films, field))
    return [*written, animation]


def plot_plumes(recipes: Iterable[Recipe | Imported], folder: Path) -> list[Path]:
    """``<scenario>-plumes`` of each simulated scenario, at its largest strength, as PNG and SVG; nothing is read from
    disk."""
    simulated = (recipe for recipe in recipes if not isinstance(recipe, Imported))
    strongest = {recipe.scenario: recipe for recipe in sorted(simulated, key=lambda recipe: recipe.strength)}
    written = []
    for scenario, recipe in strongest.items():
        written += save(stills(recipe, orbit(recipe, "speed"), "speed"), folder / f"{scenario}-plumes")
    return written


def orbit(recipe: Recipe, field: str) -> dict[str, Film]:
    """All stored frames of the first test plume under the identity and each element of the group, by its name."""
    scenario = get_scenario(recipe.scenario)
    box, shape = scenario.box(recipe.resolution), (recipe.resolution, recipe.resolution)
    draws = Chunk("test", 0, 1).draws(recipe)
    films = {}
    for element in (None, *scenario.probes(scenario.group, shape)):
        plumes, moved = still(box, 1), draws
        if element is not None:
            plumes, moved = scenario.act(element, plumes, draws, shape)
        law, frames = scenario.law(box, moved, recipe.strength), []
        for state in islice(simulate(plumes, law, box, recipe.last_frame), recipe.first_frame - 1, None):
            velocity, smoke = scenario.render(state, moved)
            frames.append(torch.linalg.vector_norm(velocity, dim=-3)[0] if field == "speed" else smoke[0])
        films["as drawn" if element is None else str(element)] = torch.stack(frames).numpy()
    return films


def stills(recipe: Recipe, films: dict[str, Film], field: str) -> Figure:
    """Rows: group elements; columns: moments."""
    moments = np.linspace(0, recipe.frames - 1, STILLS).round().astype(int)
    figure = Figure(figsize=(1.7 * STILLS + 1.6, 1.7 * len(films) + 0.8), layout="constrained")
    axes = figure.subplots(len(films), STILLS, squeeze=False)
    for row, (name, film) in zip(axes, films.items(), strict=True):
        row[0].set_ylabel(name, rotation=0, ha="right", va="center")
        for cell, moment in zip(row, moments, strict=True):
            image = show(cell, film[moment], films, field)
    for cell, moment in zip(axes[0], moments, strict=True):
        cell.set_title(f"step {recipe.first_frame + moment}", fontsize=10)
    figure.colorbar(image, ax=axes, shrink=0.8, pad=0.01, label=FIELDS[field][0])
    figure.suptitle(f"{recipe.scenario} at strength {recipe.strength:g}: one plume, moved by the group", fontsize=11)
    return figure


def animate(recipe: Recipe, films: dict[str, Film], field: str) -> bytes:
    """The films side by side, as an animated GIF."""
    place = f"{recipe.scenario} at strength {recipe.strength:g}"
    titles = [f"{place}, step {recipe.first_frame + frame}" for frame in range(recipe.frames)]
    return gif(films, titles, brightest(films), FIELDS[field][1], FRAMES_PER_SECOND)


def brightest(films: dict[str, Film]) -> float:
    """What has the last shade: few cells of all films have more."""
    return max(float(np.percentile(speeds, 99.8)) for speeds in films.values()) or 1.0


def show(axes: Axes, picture: Float[np.ndarray, "X Y"], films: dict[str, Film], field: str) -> AxesImage:
    """Draws one moment with x to the right and y up, all on one scale."""
    axes.set_xticks([])
    axes.set_yticks([])
    return axes.imshow(picture.T, origin="lower", vmin=0, vmax=brightest(films), cmap=FIELDS[field][1])
