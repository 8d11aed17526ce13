"""Chooses the step size and the length of training for each model and scenario, by the validation error alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
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
from .warnings import key_of, learns, penalised

Key = tuple[str, str]
"""Scenario and model."""
CHOICES, SEARCH = "choices.csv", "search.csv"
SEARCHED = [*CHOICE, "strength", "seed", "valid_rmse", "best_epoch", "train_seconds", "hash"]
ABOUT = (
    "`valid_rmse`: best RMSE on the validation simulations, relative to the rms velocity, in a training of `epochs` "
    "rounds with Adam's step size starting at `learning_rate` and the penalties of relaxed layers times `relaxation`. "
    "Candidates are compared by its geometric mean over strengths and seeds. Chosen are the learning rate that is best "
    "at the shortest length, the shortest length whose error is hardly above that of the best, and with these the best "
    "relaxation."
)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Candidates to choose from, the same for every model."""

    learning_rates: tuple[float, ...] = (0.003, 0.01, 0.03)
    """Step sizes, each tried at the shortest length."""
    epochs: tuple[int, ...] = (12, 24, 48)
    """Lengths, each tried with the best of these step sizes."""
    relaxations: tuple[float, ...] = (1.0,)
    """Factors on the penalties of relaxed layers, each tried with the chosen step size and length."""
    strengths: tuple[float, ...] = (0.5,)
    """Strengths of the symmetry breaking in the data to tune on."""
    seeds: tuple[int, ...] = (100, 101, 102)
    """Replicates; choose some that no results are made with."""
    slack: float = 0.05
    """Share by which a shorter training may exceed the validation error of the best length, and still be chosen."""

    def __post_init__(self):
        for name in ("learning_rates", "epochs", "relaxations", "strengths", "seeds"):
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
    3. With both, every factor on the penalties, for models that have some; the one with the smallest error stays.

    The error of a candidate is the geometric mean over strengths and seeds, infinite where a run failed.

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
    grid = replace(preset, strengths=search.strengths, seeds=search.seeds, tuned=None, **one)
    models = {key_of(config): config for config in grid.runs(model_file)}
    learning = {key for key, config in models.items() if learns(config)}
    configs = [config for config in grid.runs(model_file) if key_of(config) in learning]
    imports = grid.verified_imports()

    def searched(candidates: list[RunConfig]) -> pd.DataFrame:
        run_missing(candidates, out, machine, console, model_file, imports=imports)
        return pd.DataFrame([_row(config, out) for config in candidates], columns=SEARCHED)

    chosen: dict[Key, dict[str, Any]] = {key: {"epochs": search.epochs[0]} for key in learning}
    parts = []
    for name, values, keys in (
        ("learning_rate", search.learning_rates, learning),
        ("epochs", search.epochs[1:], learning),
        ("relaxation", search.relaxations, {key for key in learning if penalised(models[key])}),
    ):
        going_on = [config for config in configs if key_of(config) in keys & chosen.keys()]
        new = [_with(config, **chosen[key_of(config)] | {name: value}) for value in values for config in going_on]
        parts += [searched(new)] if new else []
        chosen = _by_key(choose(pd.concat(parts), search.slack))
    table = pd.concat(parts).drop_duplicates("hash").sort_values([*CHOICE, "strength", "seed"], ignore_index=True)
    choices = choose(table, search.slack)
    failed = [f"{model} ({scenario})" for scenario, model in sorted(learning - chosen.keys())]
    _write(*(_with_earlier(new, out / name, table) for new, name in ((table, SEARCH), (choices, CHOICES))), out)
    return choices, failed


def _with_earlier(new: pd.DataFrame, path: Path, searched: pd.DataFrame) -> pd.DataFrame:
    """Adds the rows of an earlier file, if there is one, for scenarios and models that were not ``searched`` now."""
    if not path.exists():
        return new
    earlier = pd.read_csv(path, dtype={"hash": str, "seed": "Int64"}).reindex(columns=new.columns)
    now, before = (pd.MultiIndex.from_frame(each[CHOICE[:2]]) for each in (searched, earlier))
    other = earlier[~before.isin(now)]
    return pd.concat([other, new]).sort_values(CHOICE, ignore_index=True) if len(other) else new


def _with(config: RunConfig, **training: Any) -> RunConfig:
    return replace(config, training=replace(config.training, **training))


def _row(config: RunConfig, out: Path) -> list:
    """Gives a run in the order of :data:`SEARCHED`; one that failed has an infinite error."""
    record, training = load_run(out / "runs" / f"{config.hash}.json"), config.training
    error, epoch = (min(record.curves.valid_rmse), record.curves.best_epoch) if record.curves else (inf, 0)
    chosen = [training.learning_rate, training.epochs, training.relaxation]
    measured = [error, epoch, round(record.train_seconds or 0.0, 1), config.hash]
    return [*key_of(config), *chosen, record.strength, config.seed, *measured]


def candidates(searched: pd.DataFrame) -> pd.DataFrame:
    """Averages the error of each candidate over strengths and seeds, in logarithms, best ones first; candidates with a
    run that failed are left out."""
    errors = np.log(searched.valid_rmse).groupby([searched[name] for name in CHOICE]).mean()
    return errors[np.isfinite(errors)].sort_values(kind="stable").rename("error").reset_index()


def choose(searched: pd.DataFrame, slack: float) -> pd.DataFrame:
    """Chooses for each model the best learning rate at the shortest length, the first length with at most ``1 + slack``
    times the error of the best one, and the best of the factors on its penalties that were tried with these.

    Returns:
        Columns :data:`CHOICE`; no row for a model all of whose candidates failed.
    """
    found = []
    for _, own in candidates(searched).groupby(CHOICE[:2]):
        plain = own[own.relaxation == 1]
        short = plain[plain.epochs == searched.epochs.min()]
        if len(short):
            lengths = plain[plain.learning_rate == short.learning_rate.iloc[0]].sort_values("epochs")
            epochs = lengths.epochs[lengths.error <= lengths.error.min() + np.log1p(slack)].iloc[0]
            tried = own[(own.learning_rate == short.learning_rate.iloc[0]) & (own.epochs == epochs)]
            found.append(tried.iloc[:1])
    chosen = pd.concat(found) if found else pd.DataFrame(columns=CHOICE)
    return chosen.loc[:, CHOICE].sort_values(CHOICE[:2], ignore_index=True)


def _by_key(choices: pd.DataFrame) -> dict[Key, dict[str, Any]]:
    """Returns what was chosen by scenario and model."""
    rows = choices.to_dict("records")
    return {(row["scenario"], row["model"]): {name: row[name] for name in CHOICE[2:]} for row in rows}


def _write(table: pd.DataFrame, choices: pd.DataFrame, out: Path) -> None:
    text = table.drop(columns="hash").assign(valid_rmse=table.valid_rmse.map("{:.4g}".format)).astype(str)
    write_atomically(out / SEARCH, table.to_csv(index=False).encode())
    write_atomically(out / "search.md", f"{markdown(text)}\n\n{ABOUT}\n".encode())
    write_atomically(out / CHOICES, choices.to_csv(index=False).encode())
