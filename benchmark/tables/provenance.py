"""Where the numbers come from: data sets, versions, and the configuration of every run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ..aggregation.long_table import setting_of
from ..records.records import RunRecord
from .markup import escaped, markdown

MEASURED = ("metrics", "curves")
"""Fields of a record that are not shown with a run, because they are long or shown elsewhere."""

RECORDS = (
    "The record of each, `runs/<hash>.json`, holds its whole configuration, versions and commit, and the hash of its "
    "data."
)


def provenance(records: Sequence[RunRecord]) -> str:
    """Writes a section of Markdown: what ran where, with which code, and on which data."""
    found = pd.DataFrame(data_sets(records), columns=["scenario", "strength", "train", "hash"])
    done = sum(record.done for record in records)
    parts = [f"## Provenance\n\n{len(records)} runs, {len(records) - done} failed. {RECORDS}"]
    parts.append("\n".join(f"- {escaped(words)}" for words in environments(records)))
    parts.append(markdown(found.assign(strength=found.strength.map("{:g}".format)).astype(str)))
    return "\n\n".join(parts) + "\n"


def data_sets(records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """Lists the data of the finished runs: ``scenario, strength, train, hash`` and ``errors`` (by step), each data set
    once."""
    found = {record.data.hash: (record, record.data) for record in records if record.done and record.data}
    rows = [
        {
            "scenario": record.scenario,
            "strength": record.strength,
            "train": record.train_simulations,
            "hash": name,
            "errors": data.equivariance_error,
        }
        for name, (record, data) in found.items()
    ]
    return sorted(rows, key=lambda row: (row["scenario"], row["strength"], row["train"], row["hash"]))


def environments(records: Sequence[RunRecord]) -> list[str]:
    """Describes which runs were made on which machine and device, with which versions of libraries and code."""
    models: dict[str, list[str]] = {}
    for record in records:
        models.setdefault("; ".join(_environment(record)), []).append(record.model)
    ordered = sorted(models.items(), key=lambda item: -len(item[1]))
    return [
        f"{len(runs)} run{'s' * (len(runs) > 1)} of {', '.join(sorted(set(runs)))}: {words}" for words, runs in ordered
    ]


def _environment(record: RunRecord) -> Iterator[str]:
    """Yields the commit where the record knows it, and the device where the run got so far."""
    yield record.machine
    if record.device:
        yield f"on {record.device}"
    yield ", ".join(f"{name} {version}" for name, version in record.versions.items())
    if record.source and record.source.commit:
        yield f"commit {record.source.commit}{', with changes' if record.source.dirty else ''}"


def runs_by_row(records: Sequence[RunRecord], names: Mapping[tuple[str, str], str]) -> dict[str, list[dict[str, Any]]]:
    """Describes the runs behind each row of the leaderboard, as ``title`` and ``text``: everything that a record holds
    besides measured values.

    Args:
        names: :func:`~..aggregation.kinds.row_names`; models that are in no table keep their own.
    """
    ordered = sorted(records, key=lambda record: (record.scenario, record.strength, record.seed))
    rows = [names.get((record.model, record.symmetry), record.model) for record in ordered]
    runs: dict[str, list[dict[str, Any]]] = {row: [] for row in sorted(set(rows))}
    for row, record in zip(rows, ordered, strict=True):
        shown = {key: value for key, value in record.as_json().items() if key not in MEASURED}
        title = f"{setting_of(record).title}, strength {record.strength:g}, seed {record.seed}: {record.status}"
        runs[row].append({"title": title, "text": "\n".join(_lines(shown))})
    return runs


def _lines(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yields one line per value: ``config.training.batch = 8``."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key} = {value}"
