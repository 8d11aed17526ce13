"""A data set on disk and its windows of consecutive frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ..recipes import Recipe, file_names
from .files import read_bytes
from .manifest import read_manifest
from .well import decode, drawn


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
        self.floor = self.manifest.floor

    def velocity(self, split: str) -> Float[Tensor, "N T 2 X Y"]:
        """Reads all frames of ``train``, ``valid``, ``future`` (later frames of the training simulations) or ``domain``
        (the test simulations). Checksums are verified on the way.

        Raises:
            DataError: a file is missing or damaged.
        """
        return self._read(split, "velocity")

    def environment(self, split: str) -> Float[Tensor, "N 4 X Y"]:
        """Returns what the law adds to the symmetric one for each simulation of a split: force, drag and openness, see
        :meth:`~symbreak.simulators.Scenario.environment`.

        Raises:
            DataError: a file is missing or damaged.
            ValueError: imported data, whose environment is not known.
        """
        if not isinstance(self.recipe, Recipe):
            raise ValueError(f"expected simulated data, got {self.recipe.scenario}, whose environment is not known")
        recipe, fields = self.recipe, []
        for name in file_names(recipe, split):
            draws = drawn(read_bytes(self.path / name, self.manifest.files[name]), str(self.path / name))
            fields.append(recipe.physics.environment(recipe.box, draws, recipe.strength).float())
        return torch.cat(fields)

    def smoke(self, split: str) -> Float[Tensor, "N T X Y"]:
        """Reads the smoke in the same frames."""
        return self._read(split, "smoke")

    def windows(
        self, split: str, *, history: int, horizon: int, smoke: bool = False, after_onset: range | None = None
    ) -> Windows:
        """Cuts out ``history + horizon`` consecutive frames of velocity, with ``smoke`` as a third channel on request.

        Args:
            after_onset: numbers of frames after the onset at which a history may end; any if None. In ``range(1)`` the
                asymmetry is hidden, in ``range(5, 6)`` the flow has begun to reveal it.

        Raises:
            ValueError: a window longer than the simulations of the split, or no onset to count from.
        """
        frames = self.velocity(split)
        if smoke:
            frames = torch.cat((frames, self.smoke(split)[:, :, None]), 2)
        ends = None if after_onset is None else self._frames_after_onset(after_onset)
        told = self.environment(split) if self.recipe.onset is not None else None
        return Windows(frames, history=history, horizon=horizon, ends=ends, environment=told)

    def _frames_after_onset(self, numbers: range) -> range:
        """Converts frames counted from the onset to frames counted from the first stored one."""
        onset = self.recipe.onset
        if onset is None:
            raise ValueError(f"expected data with an onset to count frames from, got {self.recipe.scenario}")
        return range(onset + numbers.start, onset + numbers.stop)

    def _read(self, split: str, field: str) -> Tensor:
        parts = [
            getattr(decode(read_bytes(self.path / name, self.manifest.files[name]), str(self.path / name)), field)
            for name in file_names(self.recipe, split)
        ]
        return torch.from_numpy(np.concatenate(parts))


class Windows(torch.utils.data.Dataset[Tensor]):
    """Cuts frames into windows: window ``i`` starts ``first + i % W`` frames into simulation ``i // W``, where ``W``
    windows fit into each simulation.

    Args:
        ends: the frames at which a history may end, counted from 0; all that fit if None.
        environment: what the law adds to the symmetric one in each simulation, if the data store it.
    """

    def __init__(
        self,
        frames: Float[Tensor, "N T C X Y"],
        *,
        history: int,
        horizon: int,
        ends: range | None = None,
        environment: Float[Tensor, "N E X Y"] | None = None,
    ):
        if history < 1 or horizon < 1:
            raise ValueError(f"expected a history and a horizon of at least one frame, got {history} and {horizon}")
        if history + horizon > frames.shape[1]:
            raise ValueError(f"expected history + horizon of at most {frames.shape[1]}, got {history + horizon}")
        self.frames, self.environment = frames, environment
        self.history, self.horizon = history, horizon
        fitting = range(history - 1, frames.shape[1] - horizon)
        ends = fitting if ends is None else ends
        if ends.step != 1 or not ends:
            raise ValueError(f"ends: expected a range of consecutive frames, got {ends}")
        if not (fitting.start <= ends.start and ends.stop <= fitting.stop):
            raise ValueError(
                f"expected histories that end at frames {fitting.start} to {fitting.stop - 1}, got {ends.start} to "
                f"{ends.stop - 1}"
            )
        self.first, self.per_simulation = ends.start - history + 1, len(ends)

    def __len__(self) -> int:
        return self.frames.shape[0] * self.per_simulation

    def __getitem__(self, index: int) -> Float[Tensor, "T C X Y"]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"expected an index below {len(self)}, got {index}")
        return self.batch(torch.tensor([index % len(self)]))[0]

    def batch(self, indices: Int[Tensor, " B"]) -> Float[Tensor, "B T C X Y"]:
        """Collects the windows with these indices, history first."""
        simulation = indices.div(self.per_simulation, rounding_mode="floor")
        start = self.first + indices % self.per_simulation
        steps = torch.arange(self.history + self.horizon)
        return self.frames[simulation[:, None], start[:, None] + steps]

    def environments(self, indices: Int[Tensor, " B"]) -> Float[Tensor, "B E X Y"] | None:
        """Collects the environments of the windows with these indices, None where the data do not store them."""
        if self.environment is None:
            return None
        return self.environment[indices.div(self.per_simulation, rounding_mode="floor")]
