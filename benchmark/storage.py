"""Files of a results folder: ``runs/<hash>`` with ``.json`` (record), ``.pt`` (weights), ``.npz`` (one rollout)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

Record = dict[str, Any]


def write_atomically(path: Path, write: Callable[[Path], Any]) -> None:
    """Lets ``write`` fill a temporary file beside ``path``, then renames it: readers see all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def save_run(folder: Path, record: Record, weights: dict[str, torch.Tensor], rollout: dict[str, np.ndarray]) -> None:
    """Writes a finished run; its record comes last, so that a run with a record is complete."""
    runs, name = folder / "runs", record["hash"]
    if weights:
        write_atomically(runs / f"{name}.pt", lambda path: torch.save(weights, path))
    if rollout:
        write_atomically(runs / f"{name}.npz", lambda path: _write_arrays(path, rollout))
    text = json.dumps(record, indent=1, allow_nan=False)
    write_atomically(runs / f"{name}.json", lambda path: path.write_text(text))


def _write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load_run(path: Path) -> Record:
    """One record; raises ``ValueError`` that names a file which is no record."""
    try:
        record = json.loads(path.read_text())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"expected a run record in {path}, got {error}") from error
    if not isinstance(record, dict) or record.get("hash") != path.stem:
        raise ValueError(f"expected a run record of {path.stem} in {path}, got other content")
    return record


def load_runs(folder: Path) -> list[Record]:
    """All records of a results folder, in the order of their hashes.

    Raises:
        ValueError: there are none, or one is damaged.
    """
    records = [load_run(path) for path in sorted((folder / "runs").glob("*.json"))]
    if not records:
        raise ValueError(f"expected runs in {folder / 'runs'}, got none: `symbreak run` writes them")
    return records


def is_done(folder: Path, name: str) -> bool:
    """Whether this run has finished well; a damaged record does not count, the run is repeated."""
    path = folder / "runs" / f"{name}.json"
    if not path.exists():
        return False
    try:
        return load_run(path)["status"] == "done"
    except ValueError:
        return False


def load_rollout(folder: Path, name: str) -> dict[str, np.ndarray] | None:
    """The stored rollout of a run (``prediction`` and ``target``, ``[N, 2, X, Y]``), if it has one."""
    path = folder / "runs" / f"{name}.npz"
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return {key: arrays[key] for key in arrays.files}
