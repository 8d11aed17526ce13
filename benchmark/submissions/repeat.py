"""Repeats a run from its own record, and keeps the evidence where the numbers are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from ...datasets.store.files import checksum, read_bytes
from ..records.configuration import RunConfig
from ..records.records import RunRecord, load_run
from ..runs.execute import choose_device, execute
from ..runs.machine import Machine, generate_all, progress_bar
from ..runs.reproduced import REPRODUCED, keep_reproduction
from .agreement import circumstances, compare


def repeat(
    path: str | Path,
    out: str | Path,
    machine: Machine | None = None,
    console: Console | None = None,
    model_file: str | Path | None = None,
) -> RunRecord:
    """Runs what ``path`` records again, on the device of the record unless ``machine`` names one. Missing data are
    simulated on the CPU unless ``machine`` names CUDA, even if the recorded run did.

    Args:
        path: ``runs/<hash>.json`` of a results folder.
        out: results folder of the new record, not that of ``path``.
        machine: where to run; this machine if none is given.
        console: shows the progress of the simulation, if data are missing; silent if none is given.
        model_file: the user's file, if the model of the record comes from one.

    Raises:
        ValueError: the file is not a valid record, its labels contradict its configuration, the run failed, or it was
            made with another model file.
    """
    path, out, machine, console = Path(path), Path(out), machine or Machine(), console or Console(quiet=True)
    model_file = None if model_file is None else Path(model_file)
    record = load_run(path)
    config = config_of(record)
    if (out / "runs").resolve() == path.parent.resolve():
        raise ValueError(f"expected --out other than the record's own folder, got {out}")
    check_model_file(config, model_file)
    device = record.device or "auto" if machine.device == "auto" else machine.device
    choose_device(device)
    with progress_bar(console) as progress:
        data = generate_all([config.recipe], machine, progress)[config.recipe.hash]
    execute(config, data, out, device, model_file)
    return load_run(out / "runs" / f"{config.hash}.json")


def reproduce(
    path: str | Path,
    out: str | Path,
    machine: Machine | None = None,
    console: Console | None = None,
    model_file: str | Path | None = None,
) -> RunRecord:
    """Repeats what ``path`` records, see :func:`repeat`, and compares the numbers, which must agree bit for bit.

    If they do and the record was made by other code than today's, ``reproduced.csv`` in its results folder notes that
    today's code gives the same numbers, see :func:`~..runs.reproduced.keep_reproduction`; if that file cannot be
    written, the console says so.

    Returns:
        The new record.

    Raises:
        ValueError: as :func:`repeat`; or the run failed; or a number differs. The message gives the largest difference,
            and those in versions, machine and commit.
    """
    path, console = Path(path), console or Console(quiet=True)
    recorded, found = load_run(path), repeat(path, out, machine, console, model_file)
    if not found.done:
        raise ValueError(f"expected the run to finish again, got: {found.reason}")
    agreement = compare(recorded, found)
    if agreement.difference:
        changes = "; ".join(circumstances(recorded, found)) or "the same versions and machine"
        raise ValueError(f"expected the metrics of {path} bit for bit, got {agreement}; {changes}")
    try:
        if keep_reproduction(recorded, found, path.parent.parent):
            console.print(
                f"made by other code, which gave the same: noted in {path.parent.parent / REPRODUCED}", soft_wrap=True
            )
    except (OSError, ValueError) as error:
        console.print(f"made by other code, which gave the same; that could not be noted: {error}", soft_wrap=True)
    return found


def config_of(record: RunRecord) -> RunConfig:
    """Returns the configuration of a finished run.

    Raises:
        ValueError: the run failed.
    """
    if not record.done:
        raise ValueError(f"expected a finished run, got one that failed: {record.reason}")
    return record.config


def check_model_file(config: RunConfig, model_file: Path | None) -> None:
    """Checks that a run's model comes from this file, or from none.

    Raises:
        ValueError: it does not.
    """
    got = checksum(read_bytes(model_file)) if model_file else ""
    if got != config.model_source:
        raise ValueError(f"expected {_named(config.model_source)} for {config.model}, got {_named(got)}")


def _named(source: Any) -> str:
    return f"the model file with SHA-256 {source[:12]}..." if source else "no model file"
