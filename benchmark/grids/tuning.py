"""Chooses the step size and the length of training for each model and scenario, by the validation error alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

import pandas as pd
from rich.console import Console

from ...datasets.store.files import write_atomically
from ..records.configuration import RunConfig
from ..records.records import load_run
from ..runs.machine import Machine
from ..tables.markup import markdown
from .choices import CHOICE
from .grid import run_missing
from .presets import Preset
from .warnings import key_of, learns

CHOICES, SEARCH = "choices.csv", "search.csv"
SEARCHED = [*CHOICE, "valid_rmse", "best_epoch", "train_seconds", "hash"]
ABOUT = (
    "`valid_rmse`: best RMSE on the validation simulations, relative to the rms velocity, in a training of `epochs` "
    "rounds with Adam's step size starting at `learning_rate`. Chosen are the learning rate that is best at the "
    "shortest length, and the shortest length whose error is hardly above that of the best."
)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Candidates to choose from, the same for every model."""

    learning_rates: tuple[float, ...] = (0.003, 0.01, 0.03)
    """Step sizes, each tried at the shortest length."""
    epochs: tuple[int, ...] = (12, 24, 48)
    """Lengths, each tried with the best of these step sizes."""
    strength: float = 0.5
    """Strength of the symmetry breaking in the data to tune on."""
    seed: int = 100
    """Seed of initialisation and shuffling; choose one that no results are made with."""
    slack: float = 0.05
    """Share by which a shorter training may exceed the validation error of the best length, and still be chosen."""

    def __post_init__(self):
        for name in ("learning_rates", "epochs"):
            values = getattr(self, name)
            if not values or list(values) != sorted(set(values)):
                raise ValueError(f"expected at least one of {name}, in rising order, got {list(values)}")
        if not 0 <= self.slack < 1:
            raise ValueError(f"expected a slack in [0, 1), got {self.slack}")


def tune(
    preset: Preset,
    search: Search,
    out: str | Path,
    machine: Machine | None = None,
    console: Console | None = None,
    model_file: str | Path | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Searches for every model that learns, in every scenario of the preset.

    1. Every learning rate at the shortest length; the one with the smallest validation error stays.
    2. With it, every longer length; the shortest one stays whose error is at most ``search.slack`` above the best.

    Runs are kept in ``out/runs``, so that an interrupted search goes on where it stopped. Writes all candidates as
    ``search.csv`` and ``search.md``, and ``choices.csv``, which ``symbreak run --tuned`` reads; what these hold of
    other scenarios and models, from earlier searches, stays. Test data take no part. Of several histories or sizes of
    the training set, the first of the preset is searched.

    Returns:
        The choices of this search; and the models, with their scenarios, for which there is no choice because every
        learning rate failed.
    """
    out, machine, console = Path(out), machine or Machine(), console or Console(quiet=True)
    model_file = None if model_file is None else Path(model_file)
    one = {"history": preset.history[:1], "train_simulations": preset.train_simulations[:1]}
    grid = replace(preset, strengths=(search.strength,), seeds=(search.seed,), tuned=None, **one)
    configs = [config for config in grid.runs(model_file) if learns(config)]
    imports = grid.verified_imports()

    def searched(candidates: list[RunConfig]) -> pd.DataFrame:
        run_missing(candidates, out, machine, console, model_file, imports=imports)
        return pd.DataFrame([_row(config, out) for config in candidates], columns=SEARCHED)

    first, *longer = search.epochs
    short = searched([_with(config, rate, first) for rate in search.learning_rates for config in configs])
    rates = {(row.scenario, row.model): row.learning_rate for row in best_candidates(short).itertuples()}
    kept = [config for config in configs if key_of(config) in rates]
    long = searched([_with(config, rates[key_of(config)], epochs) for epochs in longer for config in kept])
    table = pd.concat([part for part in (short, long) if len(part)]).sort_values(CHOICE, ignore_index=True)
    failed = [f"{config.model} ({config.recipe.scenario})" for config in configs if key_of(config) not in rates]
    choices = choose(table, search.slack)
    _write(*(_with_earlier(new, out / name, table) for new, name in ((table, SEARCH), (choices, CHOICES))), out)
    return choices, failed


def _with_earlier(new: pd.DataFrame, path: Path, searched: pd.DataFrame) -> pd.DataFrame:
    """Adds the rows of an earlier file, if there is one, for scenarios and models that were not ``searched`` now."""
    if not path.exists():
        return new
    earlier = pd.read_csv(path, dtype={"hash": str})
    now, before = (pd.MultiIndex.from_frame(each[CHOICE[:2]]) for each in (searched, earlier))
    other = earlier[~before.isin(now)]
    return pd.concat([other, new]).sort_values(CHOICE, ignore_index=True) if len(other) else new


def _with(config: RunConfig, learning_rate: float, epochs: int) -> RunConfig:
    return replace(config, training=replace(config.training, learning_rate=learning_rate, epochs=epochs))


def _row(config: RunConfig, out: Path) -> list:
    """Gives a candidate in the order of :data:`SEARCHED`; one that failed has an infinite error."""
    record, training = load_run(out / "runs" / f"{config.hash}.json"), config.training
    error, epoch = (min(record.curves.valid_rmse), record.curves.best_epoch) if record.curves else (inf, 0)
    measured = [error, epoch, round(record.train_seconds or 0.0, 1), config.hash]
    return [*key_of(config), training.learning_rate, training.epochs, *measured]


def best_candidates(short: pd.DataFrame) -> pd.DataFrame:
    """Keeps the row with the smallest error of each scenario and model; none where every candidate failed."""
    finished = short[short.valid_rmse < inf].sort_values("valid_rmse", kind="stable")
    return finished.groupby(["scenario", "model"], sort=False).head(1)


def choose(searched: pd.DataFrame, slack: float) -> pd.DataFrame:
    """Chooses the best learning rate at the shortest length, and the first length with at most ``1 + slack`` times the
    error of the best one."""
    chosen = best_candidates(searched[searched.epochs == searched.epochs.min()])[CHOICE].sort_values(CHOICE[:2])
    for index, choice in chosen.iterrows():
        longer = searched[(searched[CHOICE[:3]] == choice[CHOICE[:3]]).all(axis=1)].sort_values("epochs")
        good = longer.valid_rmse <= (1 + slack) * longer.valid_rmse.min()
        chosen.loc[index, "epochs"] = longer.epochs[good].iloc[0]
    return chosen.reset_index(drop=True)


def _write(table: pd.DataFrame, choices: pd.DataFrame, out: Path) -> None:
    text = table.drop(columns="hash").assign(valid_rmse=table.valid_rmse.map("{:.4g}".format)).astype(str)
    write_atomically(out / SEARCH, table.to_csv(index=False).encode())
    write_atomically(out / "search.md", f"{markdown(text)}\n\n{ABOUT}\n".encode())
    write_atomically(out / CHOICES, choices.to_csv(index=False).encode())
