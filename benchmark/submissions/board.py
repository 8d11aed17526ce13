"""A board of results by many people: one small file each, which says how far it has been checked."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd
from rich.console import Console

from ...datasets.store.files import checksum, read_bytes, write_atomically
from ..aggregation.long_table import PRIMARY
from ..records.parsing import as_json, parse
from ..records.records import RunRecord
from ..runs.machine import Machine
from .archive import read_json
from .submission import Verdict, rescore

STATES = ("verified", "reproduced", "reported")
"""Scored here on simulations that nobody knew; repeated here on the data of the record alone; the word of a source."""
SETTING = ["scenario", "history", "train_simulations", "strength", "split", "metric"]
COLUMNS = ["place", "state", "model", "family", *SETTING, "seeds", "value", "size", "source"]


class BoardRow(NamedTuple):
    """Holds one error, over all rollout steps; ``seed`` and ``size`` are None where a source does not tell them."""

    scenario: str
    history: int
    train_simulations: int
    strength: float
    seed: int | None
    split: str
    metric: str
    value: float
    size: int | None
    """How many numbers the network holds, trained or not."""


@dataclass(frozen=True, kw_only=True)
class BoardEntry:
    """Holds what one submission, or one publication, says of one model."""

    model: str
    family: str
    state: Literal["verified", "reproduced", "reported"]
    source: str
    """SHA-256 of the archive, or where the numbers are published."""
    date: str
    rows: Sequence[BoardRow]

    def __post_init__(self):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", self.date):
            raise ValueError(f"expected a date such as 2026-01-31, got {self.date!r:.80}")
        if not self.rows:
            raise ValueError("expected at least one row, got none")


def accept(
    archive: str | Path,
    board: str | Path = "board",
    machine: Machine | None = None,
    console: Console | None = None,
    *,
    trust_model_file: bool = False,
    tolerance: float = 1e-3,
    seed: int | None = None,
) -> list[Path]:
    """Rescores a submission, see :func:`.rescore`, and puts each of its models onto the board: ``verified``, or
    ``reproduced`` where the data are imported, so that there are no new simulations to score it on.

    Returns:
        The files that were written.

    Raises:
        ValueError: as :func:`.rescore`; or a run does not agree, and then nothing is written.
    """
    verdicts = list(rescore(archive, machine, console, trust_model_file=trust_model_file, seed=seed))
    wrong = [verdict for verdict in verdicts if not verdict.holds(tolerance)]
    if wrong:
        raise ValueError(
            f"expected {len(verdicts)} runs to agree, got {len(wrong)} that do not, such as {wrong[0].record.hash} of "
            f"{wrong[0].record.model}: {wrong[0]}"
        )
    source, written = checksum(read_bytes(Path(archive))), []
    for model in sorted({verdict.record.model for verdict in verdicts}):
        own = [verdict for verdict in verdicts if verdict.record.model == model]
        entry = BoardEntry(
            model=model,
            family=own[0].record.family or "",
            state="verified" if all(verdict.fresh for verdict in own) else "reproduced",
            source=f"sha256:{source}",
            date=datetime.date.today().isoformat(),
            rows=[_row(verdict) for verdict in own],
        )
        written.append(_write(entry, Path(board), source[:8]))
    return written


def report_row(file: str | Path, board: str | Path = "board") -> Path:
    """Puts numbers of a publication onto the board, as ``reported``, from a TOML file with the fields of
    :class:`BoardEntry` and a table ``rows``; ``seed`` and ``size`` may be left out.

    Raises:
        ValueError: the file is not such a description, or claims more than to be reported.
    """
    path = Path(file)
    try:
        content = tomllib.loads(read_bytes(path).decode())
        rows = [{"seed": None, "size": None, **row} for row in content.get("rows", [])]
        entry = parse(BoardEntry, {"state": "reported", **content, "rows": rows}, path.name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise ValueError(f"expected a row for the board in {path}, got: {error}") from error
    if entry.state != "reported":
        raise ValueError(f"expected no state but 'reported' in {path}, got {entry.state!r}: `symbreak accept` checks")
    return _write(entry, Path(board), checksum(entry.source.encode())[:8])


def read_board(board: str | Path = "board", *, rank_all: bool = False) -> pd.DataFrame:
    """Reads a board: a row for each model, source and setting, means over seeds, best first.

    ``place`` counts the ``verified`` ones of each setting, by their error; with ``rank_all`` all of them.

    Returns:
        Columns :data:`COLUMNS`.

    Raises:
        ValueError: there is no such folder, or a file in it is not an entry.
    """
    paths = sorted(Path(board).glob("*.json"))
    if not paths:
        raise ValueError(f"expected a board in {board}, got a folder without entries")
    entries = [parse(BoardEntry, read_json(path), path.name) for path in paths]
    rows = [
        {"state": entry.state, "model": entry.model, "family": entry.family, "source": entry.source, **row._asdict()}
        for entry in entries
        for row in entry.rows
    ]
    keys = ["state", "model", "family", "source", *SETTING]
    groups = pd.DataFrame(rows).groupby(keys, as_index=False, dropna=False)
    table = groups.agg(seeds=("seed", "nunique"), value=("value", "mean"), size=("size", "max"))
    ranked = table if rank_all else table.loc[table.state == "verified"]
    table["place"] = ranked.groupby(SETTING).value.rank(method="min")
    table = table.sort_values([*SETTING, "place", "value"], ignore_index=True)
    return table.astype({"place": "Int64", "size": "Int64"}).loc[:, COLUMNS]


def _row(verdict: Verdict) -> BoardRow:
    """Takes the error that models are ranked by from a record that has been checked."""
    record = verdict.record
    split, metric, value = _error(record)
    return BoardRow(
        scenario=record.scenario,
        history=record.history,
        train_simulations=record.train_simulations,
        strength=record.strength,
        seed=record.seed,
        split=split,
        metric=metric,
        value=value,
        size=max(verdict.stored, record.n_parameters or 0),
    )


def _error(record: RunRecord) -> tuple[str, str, float]:
    """Finds the first of :data:`.PRIMARY` that the record has.

    Raises:
        ValueError: its rollout left the finite numbers.
    """
    means = {(row.metric, row.split): row.value for row in record.rows if row.step == "mean"}
    metric, split = next(each for each in PRIMARY if each in means)
    value = means[metric, split]
    if value is None:
        raise ValueError(f"expected finite errors, got a rollout of {record.hash} that left the finite numbers")
    return split, metric, value


def _write(entry: BoardEntry, board: Path, mark: str) -> Path:
    path = board / f"{entry.model}-{mark}.json"
    write_atomically(path, (json.dumps(as_json(entry), indent=1, allow_nan=False) + "\n").encode())
    return path
