"""Compares the numbers of two records of one run."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

from ..records.records import RunRecord

SCALES = {"skill": 1.0}
"""A number below its scale is compared by its absolute difference in that unit: skill crosses zero, ..."""
NOISE = 1e-3
"""... and the equivariance error of a strict model is rounding noise; this is the scale of all but skill."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Agreement:
    """Holds the largest difference between what was recorded and what was found, and where it is."""

    difference: float
    """``|recorded - found| / max(|recorded|, |found|, scale)``; infinite where only one side holds a number."""
    where: str = ""

    def __str__(self) -> str:
        if not self.difference:
            return "bit for bit"
        return f"a largest relative difference of {self.difference:.2g} ({self.where})"


def compare(recorded: RunRecord, found: RunRecord) -> Agreement:
    """Compares metrics, equivariance errors of the data and parameter counts of two records, for those splits and
    metrics that are in the recorded one: later versions compute more.

    Raises:
        ValueError: one of them holds no such numbers, or one number twice.
    """
    left, right = numbers(recorded), numbers(found)
    known = {key[:2] for key in left}
    differences = {key: _difference(key, left, right) for key in left | right if key[:2] in known}
    worst = max(differences, key=lambda key: differences[key])
    if not differences[worst]:
        return Agreement(0.0)
    pair = f"{_shown(left.get(worst))} recorded, {_shown(right.get(worst))} found"
    return Agreement(differences[worst], f"{' '.join(worst)}: {pair}")


def numbers(record: RunRecord) -> dict[Key, float | None]:
    """Lists what a record claims, by split, metric and step; ``None`` where a metric was not finite."""
    if record.data is None or record.metrics is None or record.n_parameters is None:
        raise ValueError("expected metrics, data and n_parameters in the record, got one without")
    errors = record.data.equivariance_error.items()
    rows: list[tuple[Key, float | None]] = [
        ((row.split, row.metric, str(row.step)), row.value) for row in record.metrics
    ]
    rows += [(("data", "equivariance_error", steps), error) for steps, error in errors]
    rows += [] if record.data.asymmetry is None else [(("data", "asymmetry", ""), record.data.asymmetry)]
    rows += [(("model", "n_parameters", ""), record.n_parameters)]
    claims = {key: None if value is None else _finite(value) for key, value in rows}
    if len(claims) < len(rows):
        raise ValueError(f"expected each metric of a record once, got {len(rows) - len(claims)} of them repeated")
    return claims


def circumstances(recorded: RunRecord, found: RunRecord) -> list[str]:
    """Lists why two records may differ: versions, machines, devices and commits that are not the same."""
    before, now = _circumstances(recorded), _circumstances(found)
    return [f"{name} {before.get(name)} then, {value} now" for name, value in now.items() if before.get(name) != value]


def _circumstances(record: RunRecord) -> dict[str, str | None]:
    return record.versions | {"machine": record.machine, "device": record.device, "commit": record.commit}


def _finite(value: int | float) -> float:
    if not abs(value) <= sys.float_info.max:
        raise ValueError(f"expected finite numbers or null in the record, got {value!r:.80}")
    return float(value)


def _shown(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.7g}"


def _difference(key: Key, left: dict[Key, float | None], right: dict[Key, float | None]) -> float:
    a, b = left.get(key), right.get(key)
    if key in left and key in right and a == b:
        return 0.0
    return math.inf if a is None or b is None else abs(a - b) / max(abs(a), abs(b), SCALES.get(key[1], NOISE))
