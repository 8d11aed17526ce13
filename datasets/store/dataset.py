"""A data set on disk and its windows of consecutive frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ..recipes.plan import file_names
from .files import read_bytes
from .manifest import read_manifest
from .well import decode


class DataSet:
    """Reads a generated or imported data set.

    Raises:
        DataError: no complete data set is at ``path``.
    """

    def __init__(self, path: Path | str):
        self.path = Path(path)
        self.manifest = read_manifest(self.path)
        self.recipe = self.manifest.recipe
        self.velocity_rms = self.manifest.velocity_rms
        self.increment_rms = self.manifest.increment_rms
        self.equivariance_error = self.manifest.equivariance_error
        self.asymmetry = self.manifest.asymmetry

    def velocity(self, split: str) -> Float[Tensor, "N T 2 X Y"]:
        """Reads all frames of ``train``, ``valid``, ``future`` (later frames of the training simulations) or ``domain``
        (the test simulations). Checksums are verified on the way.

        Raises:
            DataError: a file is missing or damaged.
        """
        return self._read(split, "velocity")

    def smoke(self, split: str) -> Float[Tensor, "N T X Y"]:
        """Reads the smoke in the same frames."""
        return self._read(split, "smoke")

    def windows(self, split: str, *, history: int, horizon: int, smoke: bool = False) -> Windows:
        """Cuts windows of ``history + horizon`` consecutive velocity frames; ``smoke`` adds a third channel.

        Raises:
            ValueError: a window longer than the simulations of the split.
        """
        frames = self.velocity(split)
        if smoke:
            frames = torch.cat((frames, self.smoke(split)[:, :, None]), 2)
        return Windows(frames, history=history, horizon=horizon)

    def _read(self, split: str, field: str) -> Tensor:
        parts = [
            getattr(decode(read_bytes(self.path / name, self.manifest.files[name]), str(self.path / name)), field)
            for name in file_names(self.recipe, split)
        ]
        return torch.from_numpy(np.concatenate(parts))


class Windows(torch.utils.data.Dataset):
    """Holds windows, ``W`` of each simulation: window ``i`` starts ``i % W`` frames into simulation ``i // W``."""

    def __init__(self, frames: Float[Tensor, "N T C X Y"], *, history: int, horizon: int):
        if history < 1 or horizon < 1:
            raise ValueError(f"expected a history and a horizon of at least one frame, got {history} and {horizon}")
        if history + horizon > frames.shape[1]:
            raise ValueError(f"expected history + horizon of at most {frames.shape[1]}, got {history + horizon}")
        self.frames = frames
        self.history, self.horizon = history, horizon
        self.per_simulation = frames.shape[1] - history - horizon + 1

    def __len__(self) -> int:
        return self.frames.shape[0] * self.per_simulation

    def __getitem__(self, index: int) -> Float[Tensor, "T C X Y"]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"expected an index below {len(self)}, got {index}")
        return self.batch(torch.tensor([index % len(self)]))[0]

    def batch(self, indices: Int[Tensor, " B"]) -> Float[Tensor, "B T C X Y"]:
        """Collects the windows with these indices, history first."""
        simulation = indices.div(self.per_simulation, rounding_mode="floor")
        start = indices % self.per_simulation
        steps = torch.arange(self.history + self.horizon)
        return self.frames[simulation[:, None], start[:, None] + steps]
