"""Records of runs, and the files of a results folder: ``runs/<hash>`` with ``.json`` (the record), ``.pt`` (weights)
and ``.npz`` (one rollout)."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch

from ...datasets.store.files import read_bytes, write_atomically
from .checkout import Source
from .configuration import RunConfig
from .parsing import OPTIONAL, as_json, parse

DATA_ERROR_STEPS = "10"
"""Number of steps of the equivariance error by which strengths are compared; imported data, which stand for
themselves, are compared by their statistical asymmetry."""


SURROGATE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)
"""Half of a character, as JSON writes it; without the other half no page or table can hold it."""
LONGEST_NUMBER = 20
"""Digits of whole numbers, with their sign: those of 64 bits have no more."""


class MetricRow(NamedTuple):
    """Holds one number of a run: ``step`` counts rollout steps from 1, or is ``mean`` for all of them; ``value`` is
    None where it was not finite."""

    split: str
    metric: str
    step: int | str
    value: float | None


DIVERGED = tuple(
    MetricRow(split, metric, "mean", None)
    for split in ("future", "domain", "revealed", "orbit")
    for metric in ("nrmse", "rmse", "relative_l2")
    if (split, metric) != ("orbit", "nrmse")
)
"""Rows of a run whose training diverged, on every split that there may be."""


@dataclass(frozen=True, kw_only=True)
class DataErrors:
    """Identifies the data of a run, and holds how far they are from the symmetry."""

    hash: str
    """Hash of the data set."""
    equivariance_error: dict[str, float | None]
    """``EE_n`` by the number ``n`` of steps; none for imported data, which no simulator can restart."""
    asymmetry: float | None = field(default=None, metadata=OPTIONAL)
    """Statistical asymmetry, for imported data only."""

    @property
    def compared(self) -> float | None:
        """Error or asymmetry that strengths are compared by, see :data:`DATA_ERROR_STEPS`; None where it is unknown."""
        return self.equivariance_error.get(DATA_ERROR_STEPS) if self.asymmetry is None else self.asymmetry


@dataclass(frozen=True, kw_only=True)
class LearningCurves:
    """Holds one value per epoch; both are empty where there was nothing to train."""

    train_loss: tuple[float, ...]
    """Mean loss on the batches."""
    valid_rmse: tuple[float, ...]
    """RMSE on validation windows, relative to the rms velocity."""
    best_epoch: int
    """Epoch whose weights were kept, counted from 0."""


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """Records a run: what defines it, what it ran on, and what it measured, as far as it got.

    A run is *done* or failed for a reason. One that failed because its training *diverged* still counts in tables.
    """

    hash: str
    """Hash of the configuration, and name of the file of the record."""
    status: Literal["done", "failed"]
    reason: str
    """Reason why the run failed; empty if it is done."""
    scenario: str
    symmetry: str
    strength: float
    model: str
    """Name of the model with its method, such as ``convnet+augment``."""
    seed: int
    config: RunConfig
    source: Source | None = field(default=None, metadata=OPTIONAL)
    versions: dict[str, str]
    """Versions of the libraries."""
    machine: str
    """Processor, system and Python."""
    family: str | None = field(default=None, metadata=OPTIONAL)
    code: str | None = field(default="", metadata=OPTIONAL)
    """Digest of the code, see :func:`..runs.fingerprint.code_digest`; empty where the record is older than digests."""
    data: DataErrors | None = field(default=None, metadata=OPTIONAL)
    n_parameters: int | None = field(default=None, metadata=OPTIONAL)
    device: str | None = field(default=None, metadata=OPTIONAL)
    train_seconds: float | None = field(default=None, metadata=OPTIONAL)
    samples_per_second: float | None = field(default=None, metadata=OPTIONAL)
    peak_memory_bytes: int | None = field(default=None, metadata=OPTIONAL)
    curves: LearningCurves | None = field(default=None, metadata=OPTIONAL)
    metrics: Sequence[MetricRow] | None = field(default=None, metadata=OPTIONAL)
    diverged: bool | None = field(default=None, metadata=OPTIONAL)
    """Whether the run failed because its training left the finite numbers."""

    @classmethod
    def from_json(cls, content: Any) -> RunRecord:
        """Reads the output of :meth:`as_json`.

        Raises:
            ValueError: a field is unknown, of the wrong type, or missing, also one that only runs that count need.
        """
        record = parse(cls, content)
        record._check()
        return record

    def _check(self) -> None:
        """Checks that the record holds what tables and pages are made of, and nothing that contradicts itself."""
        if self.done and self.diverged:
            raise ValueError("expected a run that is done or one that diverged, got both")
        measured = ("train_seconds", "curves", "metrics") if self.done else ()
        for name in ("family", "data", "n_parameters", *measured) if self.counts else ():
            if getattr(self, name) is None:
                raise ValueError(f"expected {name} in the record of a run that is done or diverged, got none")
        data = self.data if self.counts else None
        if data and data.asymmetry is None and DATA_ERROR_STEPS not in data.equivariance_error:
            raise ValueError(f"expected {DATA_ERROR_STEPS} in data.equivariance_error, got none")
        if data and data.hash != self.config.recipe.hash:
            raise ValueError(f"expected data.hash {self.config.recipe.hash} from config.recipe, got {data.hash!r:.80}")
        errors = data.equivariance_error if data else {}
        numbers = {f"data.equivariance_error.{steps}": error for steps, error in errors.items()}
        for name in ("n_parameters", "train_seconds", "samples_per_second", "peak_memory_bytes"):
            numbers[name] = getattr(self, name)
        for name, number in numbers.items():
            if number is not None and number < 0:
                raise ValueError(f"expected {name} >= 0, got {number!r:.80}")
        if self.done:
            self._check_measured()

    def _check_measured(self) -> None:
        """Checks the curves and the metrics of a run that is done."""
        curves, rows = self.curves, [tuple(row)[:3] for row in self.metrics or ()]
        if curves and not 0 <= curves.best_epoch < max(len(curves.valid_rmse), 1):
            got = f"{curves.best_epoch} of {len(curves.valid_rmse)}"
            raise ValueError(f"expected curves.best_epoch to be one of the epochs, got {got}")
        if not rows:
            raise ValueError("expected metrics in the record of a run that is done, got none")
        if len(set(rows)) < len(rows):
            twice = next(row for row in rows if rows.count(row) > 1)
            raise ValueError(f"expected each metric once, got several of {', '.join(map(str, twice))}")

    def as_json(self) -> dict[str, Any]:
        """Converts the record to what JSON can hold; fields that the run has no value for are left out."""
        return as_json(self)

    @property
    def done(self) -> bool:
        """Whether the run finished, with finite numbers or not."""
        return self.status == "done"

    @property
    def counts(self) -> bool:
        """Whether the run is a result, which tables show: it is done, or its training diverged."""
        return self.done or bool(self.diverged)

    @property
    def rows(self) -> Sequence[MetricRow]:
        """Rows that tables show: empty ones for a run that diverged, none for one that failed for another reason."""
        if not self.diverged:
            return (self.metrics or ()) if self.done else ()
        recipe = self.config.recipe
        splits = {"future", "domain", *(("revealed",) if recipe.onset else ()), *(("orbit",) if recipe.orbit else ())}
        return [row for row in DIVERGED if row.split in splits]

    @property
    def history(self) -> int:
        """Number of input frames."""
        return self.config.history

    @property
    def train_simulations(self) -> int:
        """Number of simulations, or stations, that the run was trained on."""
        return self.config.recipe.train

    @property
    def commit(self) -> str | None:
        """The commit that the run's code was checked out from, if it is known."""
        return self.source.commit if self.source else None


def save_run(
    folder: Path, record: RunRecord, weights: dict[str, torch.Tensor], rollout: dict[str, np.ndarray]
) -> RunRecord:
    """Writes a run; its record comes last, so that a run with a record is complete. A failed run never replaces
    one that is done, because another command on the same folder may have finished it.

    Returns:
        The record that the folder now holds.
    """
    if not record.done and (kept := finished(folder, record.hash)):
        return kept
    runs, name = folder / "runs", record.hash
    if weights:
        write_atomically(runs / f"{name}.pt", as_bytes(lambda file: torch.save(weights, file)))
    if rollout:
        arrays: dict[str, Any] = {**rollout}
        write_atomically(runs / f"{name}.npz", as_bytes(lambda file: np.savez_compressed(file, **arrays)))
    write_atomically(runs / f"{name}.json", json.dumps(record.as_json(), indent=1, allow_nan=False).encode())
    return record


def as_bytes(write: Callable[[io.BytesIO], object]) -> bytes:
    """Returns what ``write`` puts into a file."""
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def load_run(path: str | Path) -> RunRecord:
    """Loads one record.

    Raises:
        ValueError: the file is not a record of the run that it is named after, or the labels of the record contradict
            its configuration; the message names the file and what is wrong.
    """
    path = Path(path)
    try:
        text = read_bytes(path).decode()
        content = json.loads(text, parse_constant=_no_number, parse_int=_whole_number)
        if SURROGATE.search(text):
            json.dumps(content, ensure_ascii=False).encode()  # raises an error for halves of characters
        record = RunRecord.from_json(content)
    except (ValueError, RecursionError, OverflowError) as error:
        raise ValueError(f"expected a run record in {path}, got other content: {error}") from error
    if record.hash != path.stem:
        raise ValueError(f"expected a run record of {path.stem} in {path}, got that of {record.hash!r:.80}")
    _check_labels(record, path)
    return record


def _no_number(text: str) -> None:
    """Refuses NaN and infinities, which JSON does not have and Python reads all the same."""
    raise ValueError(f"expected numbers, got {text}")


def _whole_number(text: str) -> int:
    """Reads a whole number that tables can hold."""
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"expected numbers of at most {LONGEST_NUMBER} digits, got {len(text)}")
    return int(text)


def _check_labels(record: RunRecord, path: Path) -> None:
    """Refuses a record whose labels differ from those that follow from its configuration."""
    for name, expected in record.config.labels.items():
        if (got := getattr(record, name)) != expected:
            reason = "the record was edited, or written by a version of symbreak with other rules"
            raise ValueError(
                f"expected {name} {expected!r:.80} from the configuration in {path}, got {got!r:.80}: {reason}"
            )


def load_runs(folder: Path) -> list[RunRecord]:
    """Loads all records of a results folder, in the order of their hashes.

    Raises:
        ValueError: there are none, or one is damaged.
    """
    records = [load_run(path) for path in sorted((folder / "runs").glob("*.json"))]
    if not records:
        raise ValueError(f"expected runs in {folder / 'runs'}, got none: `symbreak run` writes them")
    return records


def finished(folder: Path, name: str) -> RunRecord | None:
    """Finds the record of a run if the run is done; a damaged record does not count, so that the run is repeated."""
    path = folder / "runs" / f"{name}.json"
    if not path.exists():
        return None
    try:
        record = load_run(path)
    except ValueError:
        return None
    return record if record.done else None


def set_aside(folder: Path, name: str) -> None:
    """Moves the files of a run to ``runs/superseded``: kept, but no longer part of the results."""
    target = folder / "runs" / "superseded"
    for path in (folder / "runs").glob(f"{name}.*"):
        target.mkdir(exist_ok=True)
        path.replace(target / path.name)


def load_rollout(folder: Path, name: str) -> dict[str, np.ndarray] | None:
    """Loads the stored rollout of a run (``prediction`` and ``target``, ``[N, 2, X, Y]``), if it has one.

    Raises:
        ValueError: the file is damaged.
    """
    path = folder / "runs" / f"{name}.npz"
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {key: arrays[key] for key in ("prediction", "target")}
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"expected a stored rollout in {path}, got: {error}") from error


def load_weights(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """Loads the stored weights of a run; a model without any has no file. The file cannot execute code.

    Raises:
        ValueError: the file holds anything but named, dense tensors.
    """
    path = folder / "runs" / f"{name}.pt"
    if not path.is_file():
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
    """Refuses contents larger than their file: torch compresses nothing, so these were made to fill the memory."""
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > path.stat().st_size:
        raise ValueError(f"{size} bytes, unpacked, in a file of {path.stat().st_size}")


def _is_weight(item: tuple[object, object]) -> bool:
    name, value = item
    return isinstance(name, str) and isinstance(value, torch.Tensor) and value.layout == torch.strided
