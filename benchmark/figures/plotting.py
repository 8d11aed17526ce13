"""The figures of a folder, whether of results or of data."""

from __future__ import annotations

from pathlib import Path

import joblib

from ...datasets.store.manifest import MANIFEST
from .folder import plot_folder
from .plumes import plot_data


def plot(folder: str | Path, field: str = "speed", workers: int | None = None) -> list[Path]:
    """Draws the figures of a results folder, or the plumes of a data set, into its folder ``figures``.

    Args:
        folder: results folder, or folder of a data set.
        field: what to show of the plumes of a data set, ``speed`` or ``smoke``; results show speed alone.
        workers: processes that draw results side by side; one for each core if none is given.

    Returns:
        The paths of all files.

    Raises:
        ValueError: as :func:`..plot_folder` and :func:`..plot_data` do.
    """
    folder = Path(folder)
    if is_data_set(folder):
        return plot_data(folder, field)
    if field != "speed":
        raise ValueError(
            f"expected the field speed of a results folder, got {field}: smoke is shown of data sets alone"
        )
    return plot_folder(folder, workers=workers or joblib.cpu_count())


def is_data_set(folder: str | Path) -> bool:
    """Returns whether the folder is that of a data set, not of results."""
    return (Path(folder) / MANIFEST).exists()
