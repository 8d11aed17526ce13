"""Verification that a data set is what its manifest says."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..recipes.plan import FOLDER_OF_SPLIT, file_names
from ..recipes.source import DataError
from .files import read_bytes
from .manifest import read_manifest
from .well import decode


def verify(path: Path | str) -> None:
    """Reads every file of a data set: manifest and recipe hash, which ends the folder's name, checksums, format, shape,
    finite values.

    Raises:
        DataError: names the first file that is not as expected.
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
