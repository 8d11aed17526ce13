"""Where the numbers come from: data sets, versions, and the configuration of every run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..results import setting_of
from ..storage import Record

MEASURED = ("metrics", "curves")
"""What a record holds that is not shown with a run, because the page shows it elsewhere or it is long."""


def data_sets(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Data of the finished runs: ``scenario, strength, train, hash`` and ``errors`` (by step), each data set once."""
    found = {record["data"]["hash"]: record for record in records if record["status"] == "done"}
    rows = [
        {
            "scenario": record["scenario"],
            "strength": record["strength"],
            "train": record["config"]["recipe"]["train"],
            "hash": name,
            "errors": record["data"]["equivariance_error"],
        }
        for name, record in found.items()
    ]
    return sorted(rows, key=lambda row: (row["scenario"], row["strength"], row["train"], row["hash"]))


def environments(records: Sequence[Record]) -> list[tuple[str, int]]:
    """Machines, versions of the libraries and commits of the code, in words, each with its number of runs."""
    words = (
        "; ".join(
            [record["machine"], *(f"{name} {version}" for name, version in record["versions"].items()), *_code(record)]
        )
        for record in records
    )
    return Counter(words).most_common()


def _code(record: Record) -> Iterator[str]:
    """The commit that a run was made from, where its record knows."""
    source = record.get("source", {})
    if source.get("commit"):
        yield f"commit {source['commit']}{', with changes' * source['dirty']}"


def runs_by_model(records: Sequence[Record]) -> dict[str, list[dict[str, Any]]]:
    """Each model's runs, as ``title`` and ``text``: all that its record says besides what it measured."""
    ordered = sorted(records, key=lambda record: (record["scenario"], record["strength"], record["seed"]))
    runs: dict[str, list[dict[str, Any]]] = {model: [] for model in sorted({record["model"] for record in records})}
    for record in ordered:
        shown = {key: value for key, value in record.items() if key not in MEASURED}
        title = (
            f"{setting_of(record).title}, strength {record['strength']:g}, seed {record['seed']}: {record['status']}"
        )
        runs[record["model"]].append({"title": title, "text": "\n".join(_lines(shown))})
    return runs


def _lines(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """``config.training.batch = 8``, one line a value."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key} = {value}"
