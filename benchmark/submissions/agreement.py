"""Do two records of one run hold the same numbers?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..runs.records import Record

SCALES = {"skill": 1.0}
"""A number below its scale is compared by its absolute difference in that unit: skill crosses zero, ..."""
NOISE = 1e-3
"""... and the equivariance error of a strict model is rounding noise; this is the scale of all but skill."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Agreement:
    """The largest difference between what was recorded and what was found, and where it is."""

    difference: float
    """``|recorded - found| / max(|recorded|, |found|, scale)``; infinite where only one side holds a number."""
    where: str = ""

    def __str__(self) -> str:
        if not self.difference:
            return "bit for bit"
        return f"a largest relative difference of {self.difference:.2g} ({self.where})"


def compare(recorded: Record, found: Record) -> Agreement:
    """Metrics, equivariance errors of the data and parameter counts of two records.

    Raises:
        ValueError: one of them holds no such numbers, or one number twice.
    """
    left, right = numbers(recorded), numbers(found)
    differences = {key: _difference(key, left, right) for key in left | right}
    worst = max(differences, key=differences.get)
    if not differences[worst]:
        return Agreement(0.0)
    pair = f"{_shown(left.get(worst))} recorded, {_shown(right.get(worst))} found"
    return Agreement(differences[worst], f"{' '.join(worst)}: {pair}")


def numbers(record: Record) -> dict[Key, float | None]:
    """What a record claims, by split, metric and step; ``None`` where a metric was not finite."""
    try:
        rows = [((row["split"], row["metric"], str(row["step"])), row["value"]) for row in record["metrics"]]
        rows += [(("data", "equivariance_error", str(n)), e) for n, e in record["data"]["equivariance_error"].items()]
        rows += [(("data", "asymmetry", ""), record["data"]["asymmetry"])] if "asymmetry" in record["data"] else []
        rows += [(("model", "n_parameters", ""), record["n_parameters"])]
        claims = {key: None if value is None else _finite(value) for key, value in rows}
    except (TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError(f"expected metrics, data and n_parameters in the record, got: {error!r:.80}") from error
    if len(claims) < len(rows):
        raise ValueError(f"expected each metric of a record once, got {len(rows) - len(claims)} of them again")
    return claims


def circumstances(recorded: Record, found: Record) -> list[str]:
    """Why two records may differ: versions, machines, devices and commits that are not the same."""
    before, now = _circumstances(recorded), _circumstances(found)
    return [f"{name} {before.get(name)} then, {value} now" for name, value in now.items() if before.get(name) != value]


def _circumstances(record: Record) -> dict[str, Any]:
    commit = record.get("source", {}).get("commit")
    return record.get("versions", {}) | {name: record.get(name) for name in ("machine", "device")} | {"commit": commit}


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise ValueError(f"expected finite numbers or null in the record, got {value!r:.80}")
    return float(value)


def _shown(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.7g}"


def _difference(key: Key, left: dict[Key, float | None], right: dict[Key, float | None]) -> float:
    a, b = left.get(key), right.get(key)
    if key in left and key in right and a == b:
        return 0.0
    return math.inf if a is None or b is None else abs(a - b) / max(abs(a), abs(b), SCALES.get(key[1], NOISE))
