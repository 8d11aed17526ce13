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

from ...datasets import DataSet, DataSource, Recipe
from ...datasets.recipes.plan import Chunk
from ...datasets.store.files import write_atomically
from ...datasets.store.stored import stored_fields
from ...simulators import get_scenario, one_thread_without_denormals, still
from ..style.shades import brightest, shades
from .film import Film, gif
from .folder import save

MOMENTS = 5
STATIONS = 4
AS_DRAWN = "as drawn"
FRAMES_PER_SECOND = 12
FIELDS = {"speed": ("speed (cells per step)", "magma"), "smoke": ("smoke", "Greys")}


def plot_data(path: str | Path, field: str = "speed") -> list[Path]:
    """Draws the first test plume of a data set as it is stored, and what becomes of it when it starts from where each
    group element moves it: ``plumes-<field>`` as PNG and SVG, and as an animated GIF, in the folder ``figures`` of the
    data set. At strength 0 each row is the moved version of the first; above, the rows show how the symmetry is broken.

    No simulator can start imported data elsewhere: of these the first test stations are drawn.

    Raises:
        ValueError: an unknown field, or the smoke of imported data.
        DataError: no complete data set at ``path``, or a test file is damaged.
    """
    if field not in FIELDS:
        raise ValueError(f"expected one of the fields {', '.join(FIELDS)}, got {field!r}")
    path = Path(path)
    data = DataSet(path)
    if not data.recipe.is_simulated:
        if field == "smoke":
            raise ValueError(f"expected the field speed, got smoke, which the imported data in {path} do not have")
        films = {f"station {data.recipe.train + 1 + index}": film for index, film in enumerate(stored(data)[:STATIONS])}
    else:
        first = stored(data, field)[0]
        films = orbit(data.recipe, field) | {AS_DRAWN: first}
    target = path / "figures" / f"plumes-{field}"
    written = save([(target, plume_snapshots(data.recipe, films, field))])
    animation = target.with_suffix(".gif")
    write_atomically(animation, animate(data.recipe, films, field))
    return [*written, animation]


def stored(data: DataSet, field: str = "speed") -> Float[np.ndarray, "N T X Y"]:
    """Reads the test simulations or stations from the files."""
    return data.smoke("domain").numpy() if field == "smoke" else data.velocity("domain").norm(dim=2).numpy()


def plot_plumes(recipes: Iterable[DataSource], folder: str | Path) -> list[Path]:
    """Draws ``<scenario>-plumes`` of each simulated scenario, at its largest strength, as PNG and SVG; nothing is read
    from disk."""
    simulated = (recipe for recipe in recipes if recipe.is_simulated)
    strongest = {recipe.scenario: recipe for recipe in sorted(simulated, key=lambda recipe: recipe.strength)}
    return save(
        (Path(folder) / f"{scenario}-plumes", plume_snapshots(recipe, orbit(recipe, "speed"), "speed"))
        for scenario, recipe in strongest.items()
    )


@one_thread_without_denormals()
def orbit(recipe: Recipe, field: str) -> dict[str, Film]:
    """Simulates all stored frames of the first test plume under the identity and each element of the group, by its
    name."""
    scenario = get_scenario(recipe.scenario)
    box, shape = scenario.box(recipe.resolution), recipe.shape
    draws = Chunk("test", 0, 1).draws(recipe)
    films = {}
    for element in (None, *scenario.probes(scenario.group, shape)):
        plumes, moved = still(box, 1), draws
        if element is not None:
            plumes, moved = scenario.act(element, plumes, draws, shape)
        run, frames = scenario.evolve(plumes, moved, recipe.strength, recipe.last_frame), []
        for state in islice(run, recipe.first_frame - 1, None):
            velocity, smoke = stored_fields(recipe, state, moved)
            frames.append(torch.linalg.vector_norm(velocity, dim=-3)[0] if field == "speed" else smoke[0])
        films[AS_DRAWN if element is None else str(element)] = torch.stack(frames).numpy()
    return films


def plume_snapshots(recipe: DataSource, films: dict[str, Film], field: str) -> Figure:
    """Draws a row for each group element, or station, and a column for each moment."""
    moments = np.linspace(0, recipe.frames - 1, MOMENTS).round().astype(int).tolist()
    row_height = 1.7 * recipe.shape[1] / recipe.shape[0]
    figure = Figure(figsize=(1.7 * MOMENTS + 1.6, row_height * len(films) + 0.8), layout="constrained")
    axes = figure.subplots(len(films), MOMENTS, squeeze=False)
    top = top_shade(films)
    images = []
    for row, (name, film) in zip(axes, films.items(), strict=True):
        row[0].set_ylabel(name, rotation=0, ha="right", va="center")
        for cell, moment in zip(row, moments, strict=True):
            images.append(show(cell, film[moment], top, field))
    for cell, moment in zip(axes[0], moments, strict=True):
        cell.set_title(recipe.frame_name(moment), fontsize=10)
    what = "the first test stations" if not recipe.is_simulated else "one plume, moved by the group"
    label = "speed (as imported)" if not recipe.is_simulated else FIELDS[field][0]
    figure.colorbar(images[-1], ax=axes, shrink=0.8, pad=0.01, label=label)
    figure.suptitle(f"{recipe.label}: {what}", fontsize=11)
    return figure


def animate(recipe: DataSource, films: dict[str, Film], field: str) -> bytes:
    """Renders the films side by side, as an animated GIF."""
    titles = [f"{recipe.label}, {recipe.frame_name(frame)}" for frame in range(recipe.frames)]
    return gif(films, titles, top_shade(films), FIELDS[field][1], FRAMES_PER_SECOND)


def top_shade(films: dict[str, Film]) -> float:
    """Returns the value of the brightest shade, which few cells of every film exceed; 1 if nothing flows."""
    return max((brightest(film) for film in films.values() if film.any()), default=1.0)


def show(axes: Axes, picture: Float[np.ndarray, "X Y"], top: float, field: str) -> AxesImage:
    """Draws one moment with x to the right and y up, all on one scale."""
    axes.set_xticks([])
    axes.set_yticks([])
    return axes.imshow(top * shades(picture, top).T, origin="lower", vmin=0, vmax=top, cmap=FIELDS[field][1])
