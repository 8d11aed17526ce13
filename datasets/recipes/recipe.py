"""The recipe of a data set, which determines its data completely."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar

from ...simulators import Box, Scenario, get_scenario
from .source import DataSource

SIMULATIONS_PER_FILE = 8
SMALLEST_BUOYANCY, LARGEST_BUOYANCY = 1e-6, 1.0
"""Bounds between which velocities stay far from the limits of single precision."""
LARGEST_SEED = 2**63 - 1
"""The largest whole number of 64 bits with a sign, which every reader of HDF5 knows."""
LARGEST_ORBIT = 24
"""Largest number of states in the split ``orbit``."""
MEASURED_STEPS = 20
"""Least number of steps after the onset that a data set stores: those over which its error is measured."""
SPLITS = ("train", "valid", "future", "domain")


@dataclass(frozen=True, kw_only=True)
class Recipe(DataSource):
    """Describes what to simulate.

    Attributes:
        scenario: name of a scenario, see ``symbreak list scenarios``.
        strength: how much of the symmetry is broken, in [0, 1].
        resolution: cells along each side of the box.
        train, valid, test: number of simulations. No two share both inflow and force, except in ``published-levels``,
            the same four plumes over and over, and ``published-scaling``, one plume on 38 grids.
        train_frames: frames of each training simulation that networks are trained on ...
        valid_frames: frames after those for validation, where validation uses the training simulations (``valid = 0``).
        future_frames: ... and the frames after those, which make the *Future* split. Other simulations have as many
            frames in all.
        first_frame: steps before the first stored frame.
        buoyancy: acceleration of the flow per unit of smoke, in cells per step^2; each simulation draws its own around
            it.
        as_published: stores the velocity of each cell's lower faces, so that components sit half a cell off, as the
            public notebook of the original study does; for comparison only, because it breaks every rotation. Not for
            scenarios that render their frames at another scale.
        seed: seed of all draws. They depend on ``(seed, split, index)`` and on nothing else, so that data sets of
            different strength hold the same plumes.

    Raises:
        ValueError: a value of the wrong type or out of range.
    """

    scenario: str
    strength: float = 0.0
    resolution: int = 64
    train: int = 24
    valid: int = 6
    test: int = 8
    train_frames: int = 40
    valid_frames: int = 0
    future_frames: int = 20
    first_frame: int = 10
    buoyancy: float = 0.01
    seed: int = 0
    as_published: bool = False

    is_simulated: ClassVar[bool] = True

    def __post_init__(self):
        scenario = get_scenario(self.scenario)
        self._check_types()
        object.__setattr__(self, "shape", (self.resolution, self.resolution))
        object.__setattr__(self, "boundary", scenario.boundary)
        object.__setattr__(self, "group", scenario.group)
        if not 0 <= self.strength <= 1:
            raise ValueError(f"expected a strength in [0, 1], got {self.strength}")
        if (self.valid == 0) != (self.valid_frames > 0):
            raise ValueError(f"expected valid or valid_frames above 0, got {self.valid} and {self.valid_frames}")
        simulations = self.train + self.valid + self.test
        if scenario.plumes is not None and simulations > len(scenario.plumes):
            raise ValueError(
                f"expected train, valid and test of at most {len(scenario.plumes)} together, which is how many plumes "
                f"{self.scenario} has, got {simulations}"
            )
        if not SMALLEST_BUOYANCY <= self.buoyancy <= LARGEST_BUOYANCY:
            raise ValueError(
                f"expected a buoyancy in [{SMALLEST_BUOYANCY:g}, {LARGEST_BUOYANCY:g}], got {self.buoyancy}"
            )
        if self.seed > LARGEST_SEED:
            raise ValueError(f"expected a seed of at most 2^63 - 1, got {self.seed}")
        for name, least in MINIMA.items():
            if getattr(self, name) < least:
                raise ValueError(f"expected {name} of at least {least}, got {getattr(self, name)}")
        for name, most in MAXIMA.items():
            if getattr(self, name) > most:
                raise ValueError(f"expected {name} of at most {most:,}, got {getattr(self, name)}")
        if self.as_published and scenario.render is not Scenario.render:
            raise ValueError(f"expected as_published of frames as they are simulated, got {self.scenario}, rendered")
        if scenario.onset and not self.first_frame <= scenario.onset <= self.last_frame - MEASURED_STEPS:
            raise ValueError(
                f"expected frames that hold {scenario.onset} to {scenario.onset + MEASURED_STEPS} for {self.scenario}, "
                f"whose asymmetry begins at {scenario.onset}, got {self.first_frame} to {self.last_frame}"
            )
        if self.last_frame > scenario.last_frame:
            raise ValueError(f"expected frames up to {scenario.last_frame} at most, got {self.last_frame}")

    def _check_types(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type == "int" and (not isinstance(value, int) or isinstance(value, bool)):
                raise ValueError(f"expected a whole number for {field.name}, got {value!r}")
            if field.type == "float":
                if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
                    raise ValueError(f"expected a finite number for {field.name}, got {value!r}")
                object.__setattr__(self, field.name, float(value) + 0.0)

    @property
    def last_frame(self) -> int:
        """Number of steps from rest to the last stored frame."""
        return self.first_frame + self.frames - 1

    @property
    def physics(self) -> Scenario:
        """The scenario, with its group, draws and law."""
        return get_scenario(self.scenario)

    @property
    def onset(self) -> int | None:
        """The stored frame at which the asymmetry begins, counted from 0; None where it acts from rest."""
        return self.physics.onset - self.first_frame if self.physics.onset else None

    @property
    def orbit(self) -> int:
        """Number of states of the split ``orbit``: as many as test simulations, up to 24; 0 without a floor."""
        return min(self.test, LARGEST_ORBIT) if self.physics.has_floor else 0

    @property
    def revision(self) -> int:
        """The revision of the scenario."""
        return self.physics.revision

    @property
    def label(self) -> str:
        """``<scenario> at strength <strength>``."""
        return f"{self.scenario} at strength {self.strength:g}"

    @property
    def box(self) -> Box:
        return self.physics.box(self.resolution)

    @property
    def symmetry(self) -> str:
        """``rotation``, ``translation``, ``reflection`` or ``scaling``."""
        return self.physics.symmetry

    def parameters(self) -> dict[str, float]:
        """Returns the simulation parameters in the sense of The Well's format."""
        return {name: getattr(self, name) for name in ("strength", "buoyancy", "seed", "first_frame")}

    def frame_name(self, frame: int) -> str:
        """Numbers frames by their steps from rest."""
        return f"step {self.first_frame + frame}"

    def folder(self, data_dir: Path | str) -> Path:
        """Returns the folder of the data set: ``<data-dir>/<scenario>/strength-0.50-<hash>``."""
        return Path(data_dir) / self.scenario / f"strength-{self.strength:.2f}-{self.hash}"


MINIMA = {
    "resolution": 8,
    "train": 1,
    "valid": 0,
    "test": 1,
    "train_frames": 2,
    "valid_frames": 0,
    "future_frames": 2,
    "first_frame": 1,
    "seed": 0,
}
MAXIMA = {"resolution": 2048, "train": 100_000, "valid": 100_000, "test": 100_000}
"""Sizes beyond which no machine simulates; a digit too many is refused before memory is asked for."""
