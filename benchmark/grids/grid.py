"""Execution of a grid: the data first, then every missing run, on several workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from ..aggregation.long_table import setting_of, unlike
from ..records.configuration import RunConfig
from ..records.records import RunRecord, finished, load_run, set_aside
from ..runs.execute import execute, identity, save_lost_run
from ..runs.machine import Machine, generate_all, progress_bar
from ..runs.reproduced import outdated_models
from ..runs.scheduling import run_all
from .presets import Preset
from .warnings import off_budget, untuned


def run_grid(
    preset: Preset,
    out: str | Path,
    machine: Machine | None = None,
    console: Console | None = None,
    model_file: str | Path | None = None,
    overwrite: bool = False,
) -> list[RunRecord]:
    """Generates the missing data, executes the missing runs, and returns the records of the new runs.

    Each run is stored when it ends, so an interrupted grid goes on where it stopped. Runs that failed before are
    repeated.

    Args:
        preset: the grid.
        out: results folder.
        machine: where to run; all cores of this machine if none is given.
        console: shows the progress; silent if none is given.
        model_file: a Python file that registers models of the user, which join those of the preset.
        overwrite: repeats runs that are done already.

    Raises:
        ValueError: a preset that names unknown scenarios or models, damaged imports, or a folder with runs that tables
            could not tell apart from those of this grid; raised before anything is computed.
    """
    out, machine, console = Path(out), machine or Machine(), console or Console(quiet=True)
    model_file = None if model_file is None else Path(model_file)
    configs, imports = preset.runs(model_file), preset.verified_imports()
    left_out = set(preset.models) - {config.model for config in configs}
    if left_out:
        console.print(f"left out, made for other symmetries or grids: {', '.join(sorted(left_out))}")
    warn(configs, preset, console)
    out.mkdir(parents=True, exist_ok=True)
    superseded = set_aside_superseded(configs, out, preset.fixed_data)
    if superseded:
        console.print(f"{superseded} runs of other contents of the model file set aside in {out}/runs/superseded")
    return run_missing(configs, out, machine, console, model_file, overwrite, imports)


def run_missing(
    configs: Sequence[RunConfig],
    out: Path,
    machine: Machine,
    console: Console,
    model_file: Path | None = None,
    overwrite: bool = False,
    imports: Mapping[str, Path] | None = None,
) -> list[RunRecord]:
    """Does the work of :func:`run_grid` for runs that are listed one by one; earlier ones in ``out`` stay.

    Args:
        overwrite: sets runs that are done aside, so that an interrupted repetition goes on without it.
        imports: folders of imported data, by hash; see :meth:`Preset.verified_imports`.
    """
    for config in configs if overwrite else ():
        set_aside(out, config.hash)
    done = {config: record for config in configs if (record := finished(out, config.hash))}
    missing = [config for config in configs if config not in done]
    console.print(f"{len(configs)} runs, {len(done)} of them done before")
    if outdated := outdated_models(list(done.values()), out):
        names = ", ".join(sorted(outdated))
        console.print(f"done by other code than this; repeat with --overwrite: {names}", soft_wrap=True)
    if not missing:
        return []
    with progress_bar(console) as progress:
        recipes = list(dict.fromkeys(config.recipe for config in missing))
        data = generate_all(recipes, machine, progress, imports)
        return _execute_all(missing, data, out, machine, progress, model_file)


def warn(configs: Sequence[RunConfig], preset: Preset, console: Console) -> None:
    """Prints what the user of a grid may not expect, before it starts."""
    for warning in filter(None, (off_budget(configs), untuned(configs, preset.tuned))):
        console.print(warning, soft_wrap=True)


def set_aside_superseded(configs: Sequence[RunConfig], out: Path, fixed_data: bool = False) -> int:
    """Moves the runs of an earlier content of the model file away; returns how many.

    Means are over strengths and seeds, so runs of one setting and model differ in these alone; those of two models also
    in what is tuned.

    Args:
        fixed_data: whether all seeds of the grid share their simulations.

    Raises:
        ValueError: a run in ``out`` differs in more than that.
    """
    hashes = {config.hash for config in configs}
    grid = {key: found for found in map(identity, configs) for key in (setting_of(found), _trained(found))}
    old = []
    for record in (load_run(path) for path in sorted((out / "runs").glob("*.json")) if path.stem not in hashes):
        if like := grid.get(_trained(record)) or grid.get(setting_of(record)):
            changed = unlike(record, like, fixed_data)
            if set(changed) - {"model_source"} and record.counts:
                raise ValueError(
                    f"expected a folder for this grid alone, got {out}, whose run {record.hash} of "
                    f"{record.model} differs from the grid's in {', '.join(changed)}: name another one with --out"
                )
            if changed:
                old.append(record.hash)
    for name in old:
        set_aside(out, name)
    return len(old)


def _trained(record: RunRecord) -> tuple[object, ...]:
    return (*setting_of(record), record.model)


def _execute_all(
    configs: list[RunConfig],
    data: dict[str, Path],
    out: Path,
    machine: Machine,
    progress: Progress,
    model_file: Path | None,
) -> list[RunRecord]:
    """Executes runs; those of a user's file come last and in other processes, because it may change whatever it finds
    in its own: training and evaluation of other models, too."""
    task = progress.add_task("train and evaluate", total=len(configs))
    records = []
    for file in (None, model_file) if model_file else (None,):
        chosen = [config for config in configs if bool(config.model_source) == bool(file)]
        arguments = [(config, data[config.recipe.hash], out, machine.device, file) for config in chosen]
        calls = run_all(
            execute, arguments, machine.workers, machine.backend, machine.device, apart=model_file is not None
        )
        for index, record in calls:
            record = record or save_lost_run(chosen[index], out)
            records.append(record)
            progress.advance(task)
            if not record.done:
                progress.console.print(failure(record), markup=False, soft_wrap=True)
    return records


def failure(record: RunRecord) -> str:
    """Describes in one line which run failed, and why."""
    where = f"{record.scenario} at {record.strength:g}, history {record.history}"
    return f"failed: {record.model} on {where}, seed {record.seed}: {record.reason}"
