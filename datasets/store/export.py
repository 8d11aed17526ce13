"""Export of data sets as plain ``.pt`` files of tensors."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import torch

from ..recipes import SPLITS
from .dataset import DataSet
from .files import write_atomically


def export(path: Path | str, target: Path | str) -> list[Path]:
    """Writes the velocity of each split to ``<target>/<split>.pt``: a list of ``[T, 2, X, Y]`` float32 tensors, one per
    simulation, which ``torch.load(..., weights_only=True)`` reads.

    Returns:
        The files that were written.

    Raises:
        DataError: the target cannot be written; or the data set is incomplete or damaged, and nothing is written.
    """
    dataset, written = DataSet(path), []
    velocities = {split: dataset.velocity(split) for split in SPLITS}
    for split, velocity in velocities.items():
        buffer = BytesIO()
        torch.save([simulation.clone() for simulation in velocity], buffer)
        file = Path(target) / f"{split}.pt"
        write_atomically(file, buffer.getvalue())
        written.append(file)
    return written
