"""Every figure of a results folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import cast

import pandas as pd
from joblib import Parallel, delayed
from matplotlib.figure import Figure

from ...datasets.store.files import write_atomically
from ..aggregation.loaded import LoadedResults, load
from ..aggregation.long_table import by_setting, floors
from ..aggregation.seed_means import seed_means
from ..records.records import RunRecord
from ..style.drawing import drawn
from ..style.palette import Styles, model_styles
from .curves import error_curve, learned_curve
from .examples import Example, examples, speed, top_speed
from .film import gif
from .onset import ONSET_FIGURES
from .rollout_snapshots import rollout_snapshots
from .spectra import spectra
from .strengths import rollout_error, rollout_steps, sweeps
from .training_curves import training_curves, training_table

CURVES = {"": error_curve, "-learned": learned_curve}
"""Figures of one setting, by the end of their names."""
Named = tuple[str, Figure]


def save(figures: Iterable[tuple[Path, Figure]], workers: int = 1) -> list[Path]:
    """Writes figures, each with its path without ending, as PNG and as SVG; returns the paths of all files.

    Args:
        workers: processes that draw side by side.
    """
    jobs = (delayed(drawn)(path, figure) for path, figure in figures)
    written = []
    drawings = cast("Iterator[dict[Path, bytes]]", Parallel(n_jobs=workers, return_as="generator")(jobs))
    for files in drawings:
        for path, content in files.items():
            write_atomically(path, content)
            written.append(path)
    return written


def plot_folder(results: str | Path | LoadedResults, folder: str | Path | None = None, workers: int = 1) -> list[Path]:
    """Draws every figure of a results folder.

    Args:
        results: the results folder, or what :func:`~..aggregation.loaded.load` has read of it.
        folder: where to draw them; ``figures/`` in the results folder if none is given.
        workers: processes that draw side by side.

    Returns:
        The paths of all files.

    Raises:
        ValueError: as :func:`~..aggregation.long_table.load_results` does, and where a stored rollout is damaged.
    """
    loaded = load(results)
    folder = Path(folder or loaded.folder / "figures")
    style = model_styles(loaded.results)
    shown = examples(loaded.folder, loaded.records, style)
    named = chain(
        curves(loaded.results, style),
        training(loaded.records, style),
        *(pictures(example, style) for example in shown),
    )
    written = save(((folder / name, figure) for name, figure in named), workers)
    for example in shown:
        written.append(folder / f"{example.setting.slug}-rollout.gif")
        write_atomically(written[-1], animation(example))
    return written


def curves(results: pd.DataFrame, style: Styles) -> Iterator[Named]:
    """Draws the curves of each setting, those of a hidden asymmetry where it has a floor, and those over history
    lengths and training-set sizes where there are several."""
    table = seed_means(results)
    for setting, part in by_setting(table):
        for kind, draw in CURVES.items():
            yield f"{setting.slug}{kind}", draw(part, style, setting.title)
        if len(rollout_steps(part)):
            yield f"{setting.slug}-steps", rollout_error(part, style, setting.title)
    for setting, part in by_setting(results.loc[results.scenario.isin(floors(results).scenario)]):
        for kind, draw in ONSET_FIGURES.items():
            if figure := draw(part, style):
                yield f"{setting.slug}-{kind}", figure
    yield from sweeps(table, style)


def training(records: Sequence[RunRecord], style: Styles) -> Iterator[Named]:
    """Draws the validation errors of each setting while its models were trained."""
    table = training_table(records)
    for setting, part in by_setting(seed_means(table)) if len(table) else ():
        yield f"{setting.slug}-training", training_curves(part, style, setting.title)


def pictures(example: Example, style: Styles) -> Iterator[Named]:
    """Draws spectra and snapshots of a rollout."""
    yield f"{example.setting.slug}-spectra", spectra(example, style)
    yield f"{example.setting.slug}-rollout", rollout_snapshots(example)


def animation(example: Example) -> bytes:
    """Renders the rollout of every model beside the truth, as an animated GIF."""
    films = {"truth": speed(example.target)} | {model: speed(flow) for model, flow in example.predictions.items()}
    place = f"{example.setting.title}, strength {example.strength:g}"
    titles = [
        f"{place}: speed after {step} of {len(example.target)} steps" for step in range(1, len(example.target) + 1)
    ]
    return gif(films, titles, top_speed(example))
