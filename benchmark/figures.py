"""Every figure of a results folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ..datasets.files import write_atomically
from .asymmetry import error_curve, learned_curve
from .cells import cells
from .examples import Example, examples, speed, top_speed
from .film import gif
from .palette import Styles, model_styles, record_styles
from .results import SETTING, Setting, table_of
from .spectra import spectra
from .steps import rollout_error
from .stills import stills
from .storage import Record, as_bytes, load_runs
from .sweeps import sweeps
from .training_curves import training_curves, training_table

FORMATS = {".png": {"dpi": 150, "pil_kwargs": {"compress_level": 1}}, ".svg": {}}
"""Endings of the files of a figure, and how each is written."""
CURVES = {"": error_curve, "-learned": learned_curve, "-steps": rollout_error}
"""Figures of one setting, by the end of their names."""


def save(figure: Figure, path: Path) -> list[Path]:
    """Writes the figure as PNG and as SVG, laid out once for both; returns both paths."""
    if layout := figure.get_layout_engine():
        layout.execute(figure)
        figure.set_layout_engine(None)
    written = []
    for suffix, options in FORMATS.items():
        written.append(path.with_name(path.name + suffix))
        write_atomically(written[-1], as_bytes(partial(figure.savefig, format=suffix[1:], **options)))
    return written


def plot_folder(results: Path, folder: Path) -> list[Path]:
    """Draws every figure of a results folder into ``folder``.

    Raises:
        ValueError: as :func:`~.results.load_results` does.
    """
    records = load_runs(results)
    table = table_of(records, results)
    return plot_results(table, folder) + plot_training(records, folder) + plot_rollouts(results, records, folder)


def plot_results(results: pd.DataFrame, folder: Path) -> list[Path]:
    """The curves of each setting, and those over history lengths and training-set sizes where there are several."""
    written, style = [], model_styles(results)
    table = cells(results)
    for key, part in table.groupby(SETTING):
        setting = Setting(*key)
        for kind, draw in CURVES.items():
            written += save(draw(part, style, setting.title), folder / f"{setting.slug}{kind}")
    for name, figure in sweeps(table, style):
        written += save(figure, folder / name)
    return written


def plot_training(records: Sequence[Record], folder: Path) -> list[Path]:
    """The validation errors of each setting while its models were trained."""
    written, style, table = [], record_styles(records), training_table(records)
    for key, part in cells(table).groupby(SETTING) if len(table) else ():
        setting = Setting(*key)
        written += save(training_curves(part, style, setting.title), folder / f"{setting.slug}-training")
    return written


def plot_rollouts(results: Path, records: Sequence[Record], folder: Path) -> list[Path]:
    """Stills, film and spectra of one rollout of each setting that has stored any.

    Args:
        results: results folder of the records.
    """
    style = record_styles(records)
    return [path for example in examples(results, records, style) for path in _plot_example(example, style, folder)]


def _plot_example(example: Example, style: Styles, folder: Path) -> Iterable[Path]:
    name = example.setting.slug
    moving = folder / f"{name}-rollout.gif"
    write_atomically(moving, animation(example))
    return [
        *save(spectra(example, style), folder / f"{name}-spectra"),
        *save(stills(example), folder / f"{name}-rollout"),
        moving,
    ]


def animation(example: Example) -> bytes:
    """The rollout of every model beside the truth, as an animated GIF."""
    films = {"truth": speed(example.target)} | {model: speed(flow) for model, flow in example.predictions.items()}
    place = f"{example.setting.title}, strength {example.strength:g}"
    titles = [
        f"{place}: speed after {step} of {len(example.target)} steps" for step in range(1, len(example.target) + 1)
    ]
    return gif(films, titles, top_speed(example))
