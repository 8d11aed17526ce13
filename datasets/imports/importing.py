"""Import of published tensors into the store."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..recipes import DataError, Imported, chunks
from ..store import MANIFEST, Frames, encode, finish, read_bytes, read_contents, verify, write_atomically
from ..store.manifest import check_scale
from .asymmetry import asymmetry_of_files
from .axes import axes_warning


def import_tensors(
    source: Path | str,
    data_dir: Path | str,
    *,
    name: str,
    group: str = "C4",
    boundary: tuple[str, str] = ("closed", "closed"),
    axes: str = "xy",
    test_share: float = 0.25,
) -> Path:
    """Converts published ``.pt`` files, such as ``raw_data_*.pt`` of the original study, and returns the new folder.

    Every tensor ``[T, 2, H, W]`` is one simulation (or one station of a measurement), in the order of the file names,
    where ``raw_2`` comes before ``raw_10``; ``[N, T, 2, H, W]`` are N of them, and lists, tuples and dictionaries of
    such tensors are read through. The last ones, a share of ``test_share``, become *Domain*; of the others the first
    65 % of the frames are for training, the next 15 % for validation and the last 20 % are *Future*. There is no smoke
    (it is stored as zero) and no simulator, hence no equivariance error, but a statistical asymmetry under the group,
    see :func:`~.asymmetry.asymmetry`.

    Args:
        source: a file, or a folder of files.
        data_dir: the folder of all data sets.
        name: name of the data set.
        group: the group in which the flow is roughly symmetric; on a grid of unequal sides, those of its elements that
            map the grid onto itself.
        boundary: walls per axis.
        axes: order of ``H, W``: ``xy`` as PhiFlow and this project store grids, or ``yx``, rows of pixels with the
            lowest row first. The two components are ``(vx, vy)`` in both cases.
        test_share: share of the simulations to test on, in (0, 1).

    Raises:
        DataError: a file cannot be read, or holds anything but floating-point tensors of one shape, or the same list
            of them twice; pickled code is never run.
        ValueError: fewer than two simulations, fewer than 20 frames, a share outside (0, 1), unknown axes, or what
            :class:`Imported` refuses.

    Warns:
        UserWarning: the flow would be much nearer to divergence-free with the other ``axes``.
    """
    if not 0 < test_share < 1:
        raise ValueError(f"expected a test_share between 0 and 1, got {test_share}")
    if axes not in ("xy", "yx"):
        raise ValueError(f"expected axes xy or yx, got {axes!r}")
    contents = [(file, read_bytes(file)) for file in _files(Path(source))]
    pairs = [pair for file, content in contents for pair in _tensors(file, content)]
    if not pairs:
        raise DataError(f"expected tensors [T, 2, H, W] in {source}, got none")
    fields = torch.stack(_of_one_shape(pairs))
    fields = fields.mT.contiguous() if axes == "yx" else fields
    if not fields.isfinite().all() or not fields.any():
        raise DataError(f"expected finite velocities in {source}, got NaN, infinity, or nothing but 0")
    _check_moving(fields, source)
    count, frames, _, x, y = fields.shape
    if count < 2 or frames < 20:
        raise ValueError(f"expected at least 2 simulations of 20 frames, got {count} of {frames}")
    test = min(max(round(count * test_share), 1), count - 1)
    digest = hashlib.sha256(b"".join(content for _, content in contents)).hexdigest()
    imported = Imported(
        name=name,
        source=digest,
        shape=(x, y),
        boundary=boundary,
        group=group,
        axes=axes,
        train=count - test,
        valid=0,
        test=test,
        train_frames=round(0.65 * frames),
        valid_frames=round(0.15 * frames),
        future_frames=frames - round(0.65 * frames) - round(0.15 * frames),
    )
    training = fields[: imported.train, : imported.train_frames]
    check_scale(float(torch.linalg.vector_norm(training, dtype=torch.float64)) / training.numel() ** 0.5, Path(source))
    folder = _store(imported, fields.numpy(), data_dir)
    if line := axes_warning(fields, axes):
        warnings.warn(line, stacklevel=2)
    return folder


def find_imported(imported: Imported, data_dir: Path | str) -> Path:
    """Finds the folder of a data set that was imported before.

    Raises:
        DataError: it is not below ``data_dir``, or it is damaged.
    """
    folder = imported.folder(data_dir)
    if not (folder / MANIFEST).exists():
        raise DataError(
            f"expected the imported data set {imported.name} in {folder}, got none: it cannot be simulated; name the "
            "--data-dir where it is, or import its files again"
        )
    verify(folder)
    return folder


def _store(imported: Imported, fields: np.ndarray, data_dir: Path | str) -> Path:
    folder = imported.folder(data_dir)
    if (folder / MANIFEST).exists():
        verify(folder)
        return folder
    for chunk in chunks(imported):
        offset = 0 if chunk.simulations == "train" else imported.train
        velocity = fields[offset + chunk.first : offset + chunk.last]
        for file, (start, stop) in chunk.files(imported).items():
            part = velocity[:, start:stop]
            smoke = np.zeros((*part.shape[:2], *imported.shape), dtype=np.float32)
            write_atomically(folder / file, encode(imported, Frames(part, smoke), None, start))
    contents = read_contents(imported, folder)
    asymmetry = asymmetry_of_files(folder, imported, contents.checksums)
    finish(imported, folder, contents, equivariance_error={}, asymmetry=asymmetry)
    return folder


def _files(source: Path) -> list[Path]:
    files = sorted(source.glob("*.pt"), key=_natural) if source.is_dir() else [source]
    if not files:
        raise DataError(f"expected .pt files in {source}, got none")
    return files


def _natural(file: Path) -> list[str | int]:
    """Makes a sort key that orders numbers in names by their value."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", file.name)]


def _tensors(file: Path, content: bytes) -> Iterator[tuple[Path, Tensor]]:
    try:
        with warnings.catch_warnings(action="ignore"):
            loaded = torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # whatever damaged bytes make the unpickler stumble over
        reason = re.split(r"\.\s|\n", str(error))[0] or type(error).__name__
        raise DataError(f"expected tensors and nothing else in {file}, got: {reason}") from error
    stack, opened = [loaded], set()
    while stack:
        item = stack.pop(0)
        if isinstance(item, list | tuple | dict):
            if item and id(item) in opened:
                raise DataError(f"expected every list of tensors once in {file}, got one inside of itself or twice")
            opened.add(id(item))
            stack[:0] = list(item.values() if isinstance(item, dict) else item)
        elif isinstance(item, Tensor) and item.ndim == 5:
            stack[:0] = list(item)
        elif isinstance(item, Tensor) and item.ndim == 4 and item.shape[1] == 2:
            if not item.is_floating_point() or item.layout != torch.strided:
                raise DataError(f"expected dense floating-point tensors in {file}, got {item.dtype}, {item.layout}")
            yield file, item.detach().float()
        else:
            got = tuple(item.shape) if isinstance(item, Tensor) else type(item).__name__
            raise DataError(f"expected tensors [T, 2, H, W] in {file}, got {got}")


def _check_moving(fields: Tensor, source: Path | str) -> None:
    """Refuses frames that no error can be relative to; the first one is never predicted."""
    still = (~fields[:, 1:].flatten(2).any(2)).nonzero()
    if len(still):
        simulation, frame = still[0].tolist()
        raise DataError(
            f"expected a flow in every frame after the first in {source}, got velocity 0 everywhere in frame "
            f"{frame + 2} of simulation {simulation + 1}"
        )


def _of_one_shape(pairs: list[tuple[Path, Tensor]]) -> list[Tensor]:
    for file, tensor in pairs:
        if tensor.shape != pairs[0][1].shape:
            raise DataError(f"expected {tuple(pairs[0][1].shape)} in {file}, got {tuple(tensor.shape)}")
    return [tensor for _, tensor in pairs]
