"""The last step of every data set: statistics, checksums, the measured error and, at the very end, the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..recipes import DataSource, file_names
from .files import checksum, read_bytes, remove_leftovers, remove_record, write_atomically
from .manifest import Manifest, installed_versions, write_manifest
from .statistics import Statistics, field_statistics, overall_rms, to_yaml
from .well import Frames, decode


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Holds what one pass over the files of a data set finds.

    Attributes:
        checksums: SHA-256 of each file.
        statistics: statistics of the training fields, see :func:`~.statistics.field_statistics`.
        largest_velocity: the largest component at a cell centre, in cells per step.
    """

    checksums: dict[str, str]
    statistics: Statistics
    largest_velocity: float


def read_contents(recipe: DataSource, folder: Path) -> Contents:
    """Reads all files of a data set, one at a time, and writes ``stats.yaml``.

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
    for split in ("valid", "future", "domain", "orbit"):
        for _ in read(split):
            pass
    stats = to_yaml(statistics)
    write_atomically(folder / "stats.yaml", stats)
    checksums["stats.yaml"] = checksum(stats)
    return Contents(checksums=checksums, statistics=statistics, largest_velocity=largest)


def finish(
    recipe: DataSource,
    folder: Path,
    contents: Contents,
    *,
    equivariance_error: dict[int, float],
    asymmetry: float | None = None,
    floor: dict[str, list[float]] | None = None,
) -> None:
    """Writes the manifest, which makes a data set complete, and removes files needed only to resume a generation.

    Args:
        recipe: recipe of the data.
        folder: folder that holds all files.
        contents: contents of the files.
        equivariance_error: ``EE_n`` by ``n``, empty for data that no simulator can restart.
        floor: floor of the split ``orbit``, for data that have one.
        asymmetry: statistical asymmetry of imported data, see :class:`~.manifest.Manifest`.

    Raises:
        DataError: the folder cannot be written.
    """
    manifest = Manifest(
        recipe=recipe,
        hash=recipe.hash,
        files=dict(sorted(contents.checksums.items())),
        velocity_rms=overall_rms(contents.statistics, "rms"),
        increment_rms=overall_rms(contents.statistics, "rms_delta"),
        largest_velocity=contents.largest_velocity,
        equivariance_error=equivariance_error,
        asymmetry=asymmetry,
        floor=floor,
        versions=installed_versions(),
    )
    write_manifest(folder, manifest)
    for name in contents.checksums:
        remove_record(folder / name)
    remove_leftovers(folder)
