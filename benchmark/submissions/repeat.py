"""Repeats a run from its own record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from ...datasets.store.files import checksum, read_bytes
from ..runs.configuration import RunConfig
from ..runs.execute import choose_device, execute, identity
from ..runs.machine import Machine, progress_bar
from ..runs.records import Record, load_run
from ..runs.simulation import generate_all

LABELS = ("hash", "scenario", "symmetry", "strength", "model", "seed")


def repeat(
    path: str | Path,
    out: str | Path,
    machine: Machine | None = None,
    console: Console | None = None,
    model_file: str | Path | None = None,
) -> Record:
    """Runs what ``path`` records again, on the device of the record unless ``machine`` names one. Data that are missing
    are simulated on the CPU, as they were unless that run named CUDA, unless ``machine`` does.

    Args:
        path: ``runs/<hash>.json`` of a results folder.
        out: results folder of the new record, another one than that of ``path``.
        machine: where to run; this machine if none is given.
        console: shows the progress of the simulation, if data are missing; silent if none is given.
        model_file: the user's file, if the record is of a model from one.

    Raises:
        ValueError: the record is none, does not hold together, or is of another model file.
    """
    path, out, machine, console = Path(path), Path(out), machine or Machine(), console or Console(quiet=True)
    model_file = None if model_file is None else Path(model_file)
    record = load_run(path)
    config = config_of(record)
    if (out / "runs").resolve() == path.parent.resolve():
        raise ValueError(f"expected --out other than the record's own folder, got {out}")
    check_model_file(config, model_file)
    device = record.get("device", "auto") if machine.device == "auto" else machine.device
    choose_device(device)
    with progress_bar(console) as progress:
        data = generate_all([config.recipe], machine, progress)[config.recipe.hash]
    execute(config, data, out, device, model_file)
    return load_run(out / "runs" / f"{config.hash}.json")


def config_of(record: Record) -> RunConfig:
    """The configuration of a finished run.

    Raises:
        ValueError: the run failed, the configuration is damaged, or the record's labels contradict it.
    """
    if record.get("status") != "done":
        raise ValueError(f"expected a finished run, got one that failed: {record.get('reason')}")
    config = RunConfig.from_dict(record.get("config"))
    for name, value in ((name, identity(config)[name]) for name in LABELS):
        if record.get(name) != value:
            reason = "the record was edited, or written by a version of symbreak with other rules"
            raise ValueError(f"expected {name} {value} from the configuration, got {record.get(name)!r:.80}: {reason}")
    return config


def check_model_file(config: RunConfig, model_file: Path | None) -> None:
    """Raises ``ValueError`` unless the file, or none, is what the run's model came from."""
    got = checksum(read_bytes(model_file)) if model_file else ""
    if got != config.model_source:
        raise ValueError(f"expected {_named(config.model_source)} for {config.model}, got {_named(got)}")


def _named(source: Any) -> str:
    return f"the model file with SHA-256 {source[:12]}..." if source else "no model file"
