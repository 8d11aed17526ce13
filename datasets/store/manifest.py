"""``manifest.json``: the description of a complete data set, and the checksums of its files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..recipes import DATA_VERSION, FOLDER_OF_SPLIT, DataError, DataSource, Imported, Recipe, file_names
from .files import read_bytes, write_atomically

MANIFEST = "manifest.json"
SCALES = (1e-12, 1e12)
"""Least and largest rms velocity, in cells per step: errors and energies are squared in single precision, which ends at
1e38."""
VERSIONS_OF = ("numpy", "torch", "phiflow", "phiml")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Describes a complete data set: it is written last, so that a folder with a manifest is complete.

    Attributes:
        recipe: recipe of the data.
        hash: hash of the recipe.
        files: SHA-256 of each file.
        velocity_rms: root mean square of the training velocity, in cells per step.
        increment_rms: root mean square of its change from frame to frame.
        largest_velocity: the largest component that is stored, at the cell centres, in cells per step. The CFL number
            is that on the faces, in all steps from rest, see :func:`~..evidence.extremes`.
        equivariance_error: ``EE_n`` of the data, by ``n``; empty for imported data, which no simulator can restart.
        asymmetry: for imported data, a distance between their statistics and the moved ones, see
            :func:`~..imports.asymmetry.asymmetry`. It is not ``EE_n``, and on another scale; none for simulated data.
        floor: that of the split ``orbit``, see :class:`~.floor.Floor`, as lists by its names; none for data without it.
        versions: versions of the packages that computed the data.
        data_version: number that counts changes of the physics or of the format.
    """

    recipe: DataSource
    hash: str
    files: dict[str, str]
    velocity_rms: float
    increment_rms: float
    largest_velocity: float
    equivariance_error: dict[int, float]
    versions: dict[str, str]
    asymmetry: float | None = None
    floor: dict[str, list[float]] | None = None
    data_version: int = DATA_VERSION


def installed_versions() -> dict[str, str]:
    return {package: version(package) for package in VERSIONS_OF}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    content = asdict(manifest)
    if manifest.floor is None:  # manifests are as they were before there were floors
        del content["floor"]
    write_atomically(folder / MANIFEST, (json.dumps(content, indent=2) + "\n").encode())


def read_manifest(folder: Path | str) -> Manifest:
    """Reads the manifest of a data set.

    Raises:
        DataError: there is no manifest, or it is damaged, or of another version.
    """
    path = Path(folder) / MANIFEST
    if not path.exists():
        raise DataError(f"expected a data set with {path}, got none: its generation did not finish, or it is elsewhere")
    try:
        content = json.loads(read_bytes(path))
        errors = {int(steps): float(error) for steps, error in content["equivariance_error"].items()}
        fields = {name: _from_json(value) for name, value in content["recipe"].items()}
        recipe = Imported(**fields) if "source" in fields else Recipe(**fields)
        scale = float(content["velocity_rms"])
        manifest = Manifest(**content | {"recipe": recipe, "equivariance_error": errors, "velocity_rms": scale})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"expected a manifest in {path}, got: {error}") from error
    check_scale(manifest.velocity_rms, path)
    if manifest.data_version != DATA_VERSION:
        raise DataError(f"expected data of version {DATA_VERSION} in {path}, got {manifest.data_version}")
    if manifest.hash != recipe.hash:
        _check_revision(manifest, path)
        raise DataError(f"expected the recipe of hash {manifest.hash} in {path}, got one of hash {recipe.hash}")
    expected = {name for split in FOLDER_OF_SPLIT for name in file_names(recipe, split)} | {"stats.yaml"}
    if set(manifest.files) != expected:
        missing = sorted(expected - set(manifest.files)) or sorted(set(manifest.files) - expected)
        raise DataError(f"expected the files of the recipe in {path}, got a difference in {missing[0]}")
    return manifest


def check_scale(velocity_rms: float, place: Path) -> None:
    """Checks that training velocities can be scored, see :data:`SCALES`.

    Raises:
        DataError: they are 0, or in a unit that is too large or too small.
    """
    least, largest = SCALES
    if not least <= velocity_rms <= largest:
        advice = "nothing moves" if velocity_rms == 0 else "choose another unit"
        raise DataError(
            f"expected training velocities of an rms from {least:g} to {largest:g} in {place}, got {velocity_rms:g}: "
            f"{advice}"
        )


def _from_json(value: Any) -> Any:
    """Restores what JSON turned into a list."""
    return tuple(value) if isinstance(value, list) else value


def _check_revision(manifest: Manifest, path: Path) -> None:
    """Raises ``DataError`` for data of an older revision of their scenario."""
    recipe = manifest.recipe
    newest = recipe.revision
    for revision in range(1, newest):
        if manifest.hash == recipe.hash_at(revision):
            raise DataError(
                f"expected revision {newest} of {recipe.scenario} in {path}, got revision {revision}, of an older "
                "version of symbreak: generate the data again"
            )
