"""The source of a data set: a recipe to simulate, or files that somebody else made."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import Field, asdict
from pathlib import Path
from typing import Any, ClassVar

from ...simulators import Box
from ...symmetry import Shape

DATA_VERSION = 2


class DataError(ValueError):
    """Signals that data on disk are missing, damaged, or cannot be written. The message names the file."""


class DataSource(ABC):
    """Describes a data set, which is completely determined by this description: its physics, its size, its name on
    disk. Subclasses are frozen dataclasses.

    Attributes:
        train, valid, test: number of simulations or stations.
        train_frames: frames of each training simulation that networks are trained on ...
        valid_frames: frames after those for validation, where validation uses the training simulations (``valid = 0``).
        future_frames: ... and the frames after those, which make the *Future* split. Other simulations have as many
            frames in all.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    scenario: str
    """Name of the physics in tables."""
    strength: float
    """How much of the symmetry is broken, in [0, 1]."""
    group: str
    """Name of the group that the data have, exactly or roughly, where nothing breaks it."""
    shape: Shape
    """The grid ``(X, Y)``."""
    boundary: tuple[str, str]
    """Walls along x and y."""
    train: int
    valid: int
    test: int
    train_frames: int
    valid_frames: int
    future_frames: int

    is_simulated: ClassVar[bool]
    """Whether the data can be simulated again, and on from any state."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Name of the data in figures."""

    @property
    @abstractmethod
    def onset(self) -> int | None:
        """The stored frame at which the asymmetry begins, counted from 0; None where it acts from rest."""

    @property
    @abstractmethod
    def orbit(self) -> int:
        """Number of states of the split ``orbit``, each of which is stored once for every element of the group."""

    @property
    @abstractmethod
    def symmetry(self) -> str:
        """``rotation``, ``translation``, ``reflection`` or ``scaling``."""

    @property
    @abstractmethod
    def box(self) -> Box:
        """The grid and its walls."""

    @property
    @abstractmethod
    def revision(self) -> int:
        """Revision of the data that the source makes; the first one does not enter the hash."""

    @abstractmethod
    def frame_name(self, frame: int) -> str:
        """Returns the name of stored frame ``frame``, counted from 0."""

    @abstractmethod
    def parameters(self) -> dict[str, float]:
        """Returns the simulation parameters in the sense of The Well's format."""

    @abstractmethod
    def folder(self, data_dir: Path | str) -> Path:
        """Returns the folder of the data set, below the folder of all data sets."""

    @property
    def frames(self) -> int:
        """Number of stored frames of a simulation."""
        return self.train_frames + self.valid_frames + self.future_frames

    @property
    def content(self) -> str:
        """All fields as JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def hash(self) -> str:
        """Twelve hexadecimal digits that identify the source and the version of the physics."""
        return self.hash_at(self.revision)

    def hash_at(self, revision: int) -> str:
        """Computes the hash at a revision; the first one does not enter."""
        version = f"{DATA_VERSION}" if revision == 1 else f"{DATA_VERSION}, revision {revision}"
        return hashlib.sha256(f"symbreak data {version}: {self.content}".encode()).hexdigest()[:12]
