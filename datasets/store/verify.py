"""Verification of a data set against its manifest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..recipes import FOLDER_OF_SPLIT, DataError, Recipe, file_names
from .files import read_bytes
from .floor import as_lists, floor_of_files
from .manifest import MANIFEST, Manifest, read_manifest
from .well import decode

ROUNDING = 1e-9
"""Relative rounding error of sums in double precision, between kinds of machines."""


def verify(path: Path | str) -> None:
    """Reads every file of a data set: manifest and recipe hash, which ends the folder's name, checksums, format, shape,
    finite values.

    Raises:
        DataError: a file is not as expected; the message names the first one.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    recipe = manifest.recipe
    if not folder.resolve().name.endswith(recipe.hash):
        raise DataError(f"expected the data set of hash {recipe.hash} in a folder of that name, got {folder}")
    read_bytes(folder / "stats.yaml", manifest.files["stats.yaml"])
    lengths = {"train": recipe.train_frames, "valid": recipe.valid_frames, "future": recipe.future_frames}
    for split in FOLDER_OF_SPLIT:
        for name in file_names(recipe, split):
            velocity, smoke = decode(read_bytes(folder / name, manifest.files[name]), str(folder / name))
            length = lengths.get(split) or recipe.frames
            grid = recipe.shape
            if velocity.shape[1:] != (length, 2, *grid) or smoke.shape[1:] != (length, *grid):
                raise DataError(f"expected {length} frames of {grid} in {folder / name}, got {velocity.shape}")
            if not (np.isfinite(velocity).all() and np.isfinite(smoke).all()):
                raise DataError(f"expected finite values in {folder / name}, got NaN or infinity")
    _check_floor(folder, manifest)


def _check_floor(folder: Path, manifest: Manifest) -> None:
    """Computes the floor again from the split ``orbit``."""
    recipe = manifest.recipe
    floor = floor_of_files(folder, recipe, manifest.files) if isinstance(recipe, Recipe) else None
    found, expected = {} if floor is None else as_lists(floor), manifest.floor or {}
    same = found.keys() == expected.keys() and all(
        len(found[name]) == len(values) and np.allclose(found[name], values, rtol=ROUNDING, atol=0)
        for name, values in expected.items()
    )
    if not same:
        raise DataError(f"expected the floor that follows from the split orbit in {folder / MANIFEST}, got another")
