"""Keeps the evidence that earlier code gave the same numbers as today's: the runs that were repeated bit for bit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ...datasets.store.files import write_atomically
from ..records.records import RunRecord
from .fingerprint import code_digest

REPRODUCED = "reproduced.csv"


class Reproduction(NamedTuple):
    """States that code with the digest ``reproduced_by`` repeated a run made by code with the digest ``code``, and got
    the same numbers bit for bit."""

    model: str
    """Name of the model with its method, as in a record."""
    code: str
    reproduced_by: str
    scenario: str
    hash: str
    """Hash of the repeated run."""
    commit: str
    """Commit of the code that repeated the run; empty where it is not known."""


def read_reproductions(folder: Path) -> list[Reproduction]:
    """Reads ``reproduced.csv`` of a results folder; none if it has no such file.

    Raises:
        ValueError: the file is not such a table.
    """
    path = folder / REPRODUCED
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        header, *lines = [*csv.reader(file)] or [[]]
    if tuple(header) != Reproduction._fields or any(len(line) != len(header) for line in lines):
        raise ValueError(f"expected a table with {', '.join(Reproduction._fields)} in {path}, got other content")
    return [Reproduction(*line) for line in lines]


def keep_reproduction(recorded: RunRecord, found: RunRecord, folder: Path) -> bool:
    """Adds a run that was repeated bit for bit to ``reproduced.csv`` of its results folder; returns whether it did.

    There is nothing to add if both digests are the same or either is unknown, or if the table already has a run of
    this model, scenario and pair of digests.

    Raises:
        OSError: the folder cannot be written.
        ValueError: the existing table is damaged.
    """
    if not recorded.code or not found.code or recorded.code == found.code:
        return False
    new = Reproduction(found.model, recorded.code, found.code, found.scenario, found.hash, found.commit or "")
    known = read_reproductions(folder)
    if any(each[:4] == new[:4] for each in known):
        return False
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([Reproduction._fields, *sorted([*known, new])])
    write_atomically(folder / REPRODUCED, text.getvalue().encode())
    return True


def outdated_models(records: list[RunRecord], folder: Path) -> set[str]:
    """Names the models with records made by code other than today's, which today's code is not known to reproduce.

    What one code repeated, and what another repeated of that one, are the same numbers: evidence adds up, also that of
    the results folders beside this one.

    Args:
        records: records of runs that finished.
        folder: their results folder; its ``reproduced.csv`` is read, and those of the folders beside it.
    """
    today = {record.model: code_digest(record.model) for record in records}
    known = list(_evidence(folder))
    same = set(today.items())
    while found := {pair for each in known for pair in _pairs(each) if not same.isdisjoint(_pairs(each))} - same:
        same |= found
    return {record.model for record in records if today[record.model] and (record.model, record.code or "") not in same}


def _evidence(folder: Path) -> Iterator[Reproduction]:
    """Reads the table of a results folder, and those of the folders beside it that are such tables."""
    yield from read_reproductions(folder)
    for path in sorted(folder.resolve().parent.glob(f"*/{REPRODUCED}")):
        with suppress(ValueError):
            yield from read_reproductions(path.parent)


def _pairs(each: Reproduction) -> set[tuple[str, str | None]]:
    """Returns both codes of a reproduction, each with the model."""
    return {(each.model, each.code), (each.model, each.reproduced_by)}
