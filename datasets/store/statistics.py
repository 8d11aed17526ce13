"""Mean, standard deviation and rms of the training fields and of their changes, in one pass over the files."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import yaml

from .well import Frames

Statistics = dict[str, dict[str, float | list[float]]]
"""Statistics by name, such as ``rms_delta``, and by field: a float for smoke, one per component for velocity."""


class Moments:
    """Accumulates sums of values and of squares, per component, in double precision."""

    def __init__(self):
        self.count, self.sum, self.squares = 0, np.zeros(()), np.zeros(())

    def add(self, values: np.ndarray) -> None:
        """Adds ``values``: ``[n, components]``."""
        values = values.astype(np.float64)
        self.count += len(values)
        self.sum = self.sum + values.sum(0)
        self.squares = self.squares + np.square(values).sum(0)

    def mean(self) -> np.ndarray:
        return self.sum / self.count

    def rms(self) -> np.ndarray:
        return np.sqrt(self.squares / self.count)

    def std(self) -> np.ndarray:
        return np.sqrt(np.maximum(self.squares / self.count - np.square(self.mean()), 0))


def field_statistics(parts: Iterable[Frames]) -> Statistics:
    """Computes ``mean, std, rms`` of each field and of its change from frame to frame (``_delta``): floats for smoke,
    one per component for velocity. The layout is that of The Well's ``stats.yaml``."""
    moments = {key: Moments() for key in ("smoke", "velocity", "smoke_delta", "velocity_delta")}
    for frames in parts:
        fields = {"smoke": frames.smoke[:, :, None], "velocity": frames.velocity}
        for name, values in fields.items():
            for key, part in ((name, values), (f"{name}_delta", np.diff(values, axis=1))):
                moments[key].add(np.moveaxis(part, 2, -1).reshape(-1, part.shape[2]))
    return {
        f"{statistic}{suffix}": {
            "smoke": float(getattr(moments[f"smoke{suffix}"], statistic)()[0]),
            "velocity": getattr(moments[f"velocity{suffix}"], statistic)().tolist(),
        }
        for suffix in ("", "_delta")
        for statistic in ("mean", "std", "rms")
    }


def overall_rms(statistics: Statistics, name: str) -> float:
    """Computes the root mean square over both velocity components; ``name`` is ``rms`` or ``rms_delta``."""
    return float(np.sqrt(np.mean(np.square(statistics[name]["velocity"]))))


def to_yaml(statistics: Statistics) -> bytes:
    return yaml.safe_dump(statistics, sort_keys=False).encode()
