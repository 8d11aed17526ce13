"""The last step of every data set: statistics, checksums, the measured error and, at the very end, the manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..recipes.imported import Imported
from ..recipes.plan import file_names
from ..recipes.recipe import Recipe
from .files import checksum, read_bytes, remove_leftovers, remove_record, write_atomically
from .manifest import Manifest, installed_versions, write_manifest
from .statistics import field_statistics, overall_rms, to_yaml
from .well import Frames, decode


def finish(recipe: Recipe | Imported, folder: Path, measured: Callable[[dict[str, str]], dict[str, Any]]) -> None:
    """Reads all files once, one at a time, and completes the data set.

    Args:
        recipe: what the data are.
        folder: where all its HDF5 files are.
        measured: from the checksums of the files to the manifest's ``equivariance_error`` and ``asymmetry``.

    Raises:
        DataError: a file is missing or damaged, or the folder cannot be written.
    """
    checksums, largest = {}, 0.0

    def read(split: str) -> Iterator[Frames]:
        nonlocal largest
        for name in file_names(recipe, split):
            content = read_bytes(folder / name)
            checksums[name] = checksum(content)
            frames = decode(content, str(folder / name))
            largest = max(largest, float(np.abs(frames.velocity).max()))
            yield frames

    statistics = field_statistics(read("train"))
    for split in ("valid", "future", "domain"):
        for _ in read(split):
            pass
    stats = to_yaml(statistics)
    write_atomically(folder / "stats.yaml", stats)
    checksums["stats.yaml"] = checksum(stats)
    manifest = Manifest(
        recipe=recipe,
        hash=recipe.hash,
        files=dict(sorted(checksums.items())),
        velocity_rms=overall_rms(statistics, "rms"),
        increment_rms=overall_rms(statistics, "rms_delta"),
        largest_velocity=largest,
        versions=installed_versions(),
        **measured(checksums),
    )
    write_manifest(folder, manifest)
    for name in checksums:
        remove_record(folder / name)
    remove_leftovers(folder)
