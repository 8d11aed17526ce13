"""Data that were not simulated here: where they come from, in place of a recipe."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ..simulators import Box
from ..symmetry import Shape
from .recipe import DATA_VERSION

SYMMETRY_OF_GROUP = {
    "C4": "rotation",
    "D4": "rotation",
    "mirror": "reflection",
    "shift-x": "translation",
    "dilation": "scaling",
}


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What :func:`~.importing.import_tensors` made of somebody else's files. It stands where a recipe stands.

    Attributes:
        name: of the data set.
        source: SHA-256 of the files it was read from.
        shape: grid, ``(X, Y)``.
        boundary: walls per axis, as far as they are known.
        group: name of the group in which the flow is roughly symmetric.
        axes: of the grid in the source, ``xy`` or ``yx``; here it is ``xy``.
        train, valid, test: number of simulations or stations.
        train_frames, valid_frames, future_frames: see :class:`~.recipe.Recipe`.
    """

    name: str
    source: str
    shape: Shape
    boundary: tuple[str, str]
    group: str
    axes: str
    train: int
    valid: int
    test: int
    train_frames: int
    valid_frames: int
    future_frames: int

    @property
    def scenario(self) -> str:
        return f"imported-{self.name}"

    @property
    def symmetry(self) -> str:
        return SYMMETRY_OF_GROUP[self.group]

    @property
    def frames(self) -> int:
        return self.train_frames + self.valid_frames + self.future_frames

    @property
    def box(self) -> Box:
        return Box(self.shape, self.boundary)

    @property
    def hash(self) -> str:
        content = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(f"symbreak data {DATA_VERSION}: {content}".encode()).hexdigest()[:12]

    def folder(self, data_dir: Path | str) -> Path:
        return Path(data_dir) / self.scenario / self.hash

    def parameters(self) -> dict[str, float]:
        """Numbers that The Well's format calls simulation parameters: none are known."""
        return {}
