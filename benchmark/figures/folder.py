"""Every figure of a results folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed
from matplotlib.figure import Figure

from ...datasets.store.files import write_atomically
from ..analysis.cells import cells
from ..analysis.long_table import SETTING, Setting, table_of
from ..runs.records import RunRecord, load_runs
from .curves import error_curve, learned_curve
from .drawing import drawn
from .examples import Example, examples, speed, top_speed
from .film import gif
from .palette import Styles, model_styles
from .spectra import spectra
from .steps import rollout_error
from .stills import stills
from .sweeps import sweeps
from .training_curves import training_curves, training_table

CURVES = {"": error_curve, "-learned": learned_curve, "-steps": rollout_error}
"""Figures of one setting, by the end of their names."""
Named = tuple[str, Figure]


def save(figures: Iterable[tuple[Path, Figure]], workers: int = 1) -> list[Path]:
    """Writes figures, each with its path without ending, as PNG and as SVG; returns the paths of all files.

    Args:
        workers: processes that draw side by side.
    """
    jobs = (delayed(drawn)(path, figure) for path, figure in figures)
    written = []
    for files in Parallel(n_jobs=workers, return_as="generator")(jobs):
        for path, content in files.items():
            write_atomically(path, content)
            written.append(path)
    return written


def plot_folder(results: Path, folder: Path, workers: int = 1) -> list[Path]:
    """Draws every figure of a results folder into ``folder``.

    Args:
        workers: processes that draw side by side.

    Raises:
        ValueError: as :func:`~..analysis.long_table.load_results` does, and where a stored rollout is damaged.
    """
    records = load_runs(results)
    table = table_of(records, results)
    style = model_styles(table)
    shown = examples(results, records, style)
    named = chain(curves(table, style), training(records, style), *(pictures(example, style) for example in shown))
    written = save(((folder / name, figure) for name, figure in named), workers)
    for example in shown:
        written.append(folder / f"{example.setting.slug}-rollout.gif")
        write_atomically(written[-1], animation(example))
    return written


def curves(results: pd.DataFrame, style: Styles) -> Iterator[Named]:
    """The curves of each setting, and those over history lengths and training-set sizes where there are several."""
    table = cells(results)
    for key, part in table.groupby(SETTING):
        setting = Setting(*key)
        for kind, draw in CURVES.items():
            yield f"{setting.slug}{kind}", draw(part, style, setting.title)
    yield from sweeps(table, style)


def training(records: Sequence[RunRecord], style: Styles) -> Iterator[Named]:
    """The validation errors of each setting while its models were trained."""
    table = training_table(records)
    for key, part in cells(table).groupby(SETTING) if len(table) else ():
        setting = Setting(*key)
        yield f"{setting.slug}-training", training_curves(part, style, setting.title)


def pictures(example: Example, style: Styles) -> Iterator[Named]:
    """Stills and spectra of a rollout."""
    yield f"{example.setting.slug}-spectra", spectra(example, style)
    yield f"{example.setting.slug}-rollout", stills(example)


def animation(example: Example) -> bytes:
    """The rollout of every model beside the truth, as an animated GIF."""
    films = {"truth": speed(example.target)} | {model: speed(flow) for model, flow in example.predictions.items()}
    place = f"{example.setting.title}, strength {example.strength:g}"
    titles = [
        f"{place}: speed after {step} of {len(example.target)} steps" for step in range(1, len(example.target) + 1)
    ]
    return gif(films, titles, top_speed(example))
