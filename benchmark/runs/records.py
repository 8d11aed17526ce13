"""Files of a results folder: ``runs/<hash>`` with ``.json`` (record), ``.pt`` (weights), ``.npz`` (one rollout)."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import UnionType
from typing import Any

import numpy as np
import torch

from ...datasets.store.files import write_atomically

Record = dict[str, Any]


def save_run(folder: Path, record: Record, weights: dict[str, torch.Tensor], rollout: dict[str, np.ndarray]) -> None:
    """Writes a finished run; its record comes last, so that a run with a record is complete."""
    runs, name = folder / "runs", record["hash"]
    if weights:
        write_atomically(runs / f"{name}.pt", as_bytes(lambda file: torch.save(weights, file)))
    if rollout:
        write_atomically(runs / f"{name}.npz", as_bytes(lambda file: np.savez_compressed(file, **rollout)))
    write_atomically(runs / f"{name}.json", json.dumps(record, indent=1, allow_nan=False).encode())


def as_bytes(write: Callable[[io.BytesIO], object]) -> bytes:
    """What ``write`` puts into a file."""
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def load_run(path: Path) -> Record:
    """One record; raises ``ValueError`` that names a file which is no record."""
    try:
        record = json.loads(path.read_text())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected a run record in {path}, got {error}") from error
    if not isinstance(record, dict) or record.get("hash") != path.stem or not _is_whole(record):
        raise ValueError(f"expected a run record of {path.stem} in {path}, got other content")
    return record


def _is_whole(record: Record) -> bool:
    """Whether a record holds what tables and pages are made of."""
    try:
        return all(isinstance(value, kinds) for kinds, values in _read(record) for value in values)
    except (KeyError, TypeError, AttributeError):
        return False


def _read(record: Record) -> Iterator[tuple[type | UnionType, list]]:
    """What is read of a record, with the types that it has to have."""
    config, number = record["config"], int | float
    yield str, [record[key] for key in ("status", "reason", "scenario", "symmetry", "model", "machine")]
    yield number, [record["strength"], record["seed"], config["history"], config["recipe"]["train"]]
    yield str, list(record["versions"].values())
    if record["status"] == "done" or record.get("diverged"):
        data = record["data"]
        yield str, [record["family"], data["hash"]]
        yield number, [record["n_parameters"]]
        yield number | None, [data["asymmetry"] if "asymmetry" in data else data["equivariance_error"]["10"]]
    if record["status"] == "done":
        curves, metrics = record["curves"], record["metrics"]
        yield number, [record["train_seconds"], curves["best_epoch"], *curves["valid_rmse"]]
        yield str, [row[key] for row in metrics for key in ("split", "metric")]
        yield number | str, [row["step"] for row in metrics]
        yield number | None, [row["value"] for row in metrics]


def load_runs(folder: Path) -> list[Record]:
    """All records of a results folder, in the order of their hashes.

    Raises:
        ValueError: there are none, or one is damaged.
    """
    records = [load_run(path) for path in sorted((folder / "runs").glob("*.json"))]
    if not records:
        raise ValueError(f"expected runs in {folder / 'runs'}, got none: `symbreak run` writes them")
    return records


def finished(folder: Path, name: str) -> Record | None:
    """The record of this run if it has finished well; a damaged one does not count, the run is repeated."""
    path = folder / "runs" / f"{name}.json"
    if not path.exists():
        return None
    try:
        record = load_run(path)
    except ValueError:
        return None
    return record if record["status"] == "done" else None


def set_aside(folder: Path, name: str) -> None:
    """Moves the files of a run to ``runs/superseded``: kept, but no longer part of the results."""
    target = folder / "runs" / "superseded"
    for path in (folder / "runs").glob(f"{name}.*"):
        target.mkdir(exist_ok=True)
        path.replace(target / path.name)


def load_rollout(folder: Path, name: str) -> dict[str, np.ndarray] | None:
    """The stored rollout of a run (``prediction`` and ``target``, ``[N, 2, X, Y]``), if it has one.

    Raises:
        ValueError: the file is damaged.
    """
    path = folder / "runs" / f"{name}.npz"
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {key: arrays[key] for key in ("prediction", "target")}
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"expected a stored rollout in {path}, got: {error}") from error


def load_weights(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """The stored weights of a run, none for a model that has none. The file is not trusted: it cannot execute code.

    Raises:
        ValueError: the file holds anything but named, dense tensors.
    """
    path = folder / "runs" / f"{name}.pt"
    if not path.exists():
        return {}
    try:
        if zipfile.is_zipfile(path):
            _check_stored_size(path)
        weights = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ValueError(f"expected weights in {path.name}, got: {reason}") from error
    if not isinstance(weights, dict) or not all(map(_is_weight, weights.items())):
        raise ValueError(f"expected dense tensors by name in {path.name}, got other content")
    return weights


def _check_stored_size(path: Path) -> None:
    """Torch compresses nothing, so contents larger than their file are made to fill the memory."""
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > path.stat().st_size:
        raise ValueError(f"{size} bytes, unpacked, in a file of {path.stat().st_size}")


def _is_weight(item: tuple[object, object]) -> bool:
    name, value = item
    return isinstance(name, str) and isinstance(value, torch.Tensor) and value.layout == torch.strided
