"""The long table of results: one row per number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from ...datasets.recipes.imported import PREFIX
from ...simulators import list_scenarios
from ..records.records import DATA_ERROR_STEPS, LearningCurves, RunRecord, load_runs

COLUMNS = (
    "scenario",
    "symmetry",
    "strength",
    "data_error",
    "model",
    "family",
    "seed",
    "split",
    "metric",
    "step",
    "value",
    "n_parameters",
    "train_seconds",
    "history",
    "train_simulations",
)
SETTING = ["scenario", "history", "train_simulations"]
"""What a model is asked to learn, and from how much; over strengths, models and seeds there are curves and means."""
TRIAL = [*SETTING, "strength", "seed"]
"""What two models have in common when they are compared."""
MEASURED = ["data_error", "value", "train_seconds"]
"""Columns of what was measured."""
LARGEST = 1e100
"""Measured numbers beyond it count as not finite, and those below its reciprocal as 0: their squares, sums and ratios
leave double precision."""
EXACT = 1e-12
"""Relative error that counts as none: no forecast in single precision is nearer, and unlike 0 it has a logarithm."""
REASONS = 3
"""Most reasons of failed runs that one message gives."""
VARIED = {"seed", "recipe.strength"}
OF_A_MODEL = {"model", "model_source", "training.learning_rate", "training.epochs", "training.relaxation"}
"""Parts of the configuration in which runs of one grid may differ; and those in which runs of two models may."""
PRIMARY = (("relative_l2", "orbit"), ("relative_l2", "domain"), ("nrmse", "domain"))
"""Metrics and splits to rank models by, the preferred one first."""
ERROR = (
    "The error is the relative L2 over all rollout steps on whole orbits where the asymmetry is hidden, on unseen "
    "simulations elsewhere; in settings with runs older than that metric, the nRMSE"
)
"""What :func:`primary` selects, in words."""
FLOOR = "floor"
"""The row, and the line, of the least error that a strictly equivariant network can have."""
FLOORED = {"floor_relative_l2": "relative_l2", "floor": "rmse"}
"""Metrics of records that bound another one from below."""


class Setting(NamedTuple):
    """Names what a model learns: scenario, number of input frames, number of training simulations."""

    scenario: str
    history: int
    train_simulations: int

    @property
    def slug(self) -> str:
        """Text for names of files."""
        return f"{self.scenario}-history-{self.history}-train-{self.train_simulations}"

    @property
    def title(self) -> str:
        frames, simulations = _plural(self.history, "input frame"), _plural(self.train_simulations, "simulation")
        return f"{self.scenario}, {frames}, trained on {simulations}"


def is_imported(scenario: str) -> bool:
    """Returns whether ``data_error`` is a statistical asymmetry; it must not share an axis with equivariance errors."""
    return scenario.startswith(PREFIX)


def in_plume_units(scenario: str) -> bool:
    """Returns whether the group acts in plume units where ``data_error`` is measured, :attr:`Scenario.observe`: it then
    lacks the interpolation of frames that is part of every model's equivariance error."""
    return scenario in {known.name for known in list_scenarios() if known.observe is not None}


def is_like_models(scenario: str) -> bool:
    """Returns whether ``data_error`` and the equivariance error of models are one measure, so that a diagonal means
    something."""
    return not is_imported(scenario) and not in_plume_units(scenario)


def data_error_label(scenario: str) -> str:
    """Says what ``data_error`` is, for the axis of a figure."""
    if is_imported(scenario):
        return "statistical asymmetry of the data (not an equivariance error)"
    if in_plume_units(scenario):
        return f"equivariance error of the data in plume units (n = {DATA_ERROR_STEPS})"
    return f"equivariance error of the data (n = {DATA_ERROR_STEPS})"


def _plural(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def setting_of(record: RunRecord) -> Setting:
    """Returns the setting of a run."""
    return Setting(record.scenario, record.history, record.train_simulations)


def tabulate(records: Iterable[RunRecord]) -> pd.DataFrame:
    """Makes the long table with the columns of :data:`COLUMNS`, of the runs that finished or whose training diverged.

    ``symmetry`` is the scenario's. ``step`` is a rollout step or ``mean``; a value that was not finite is empty, see
    :func:`measurable`, as are the errors of a diverged training.
    """
    rows = [
        {
            "scenario": record.scenario,
            "symmetry": record.symmetry,
            "strength": record.strength,
            "data_error": record.data.compared if record.data else None,
            "model": record.model,
            "family": record.family,
            "seed": record.seed,
            "n_parameters": record.n_parameters,
            "train_seconds": record.train_seconds,
            "history": record.history,
            "train_simulations": record.train_simulations,
            **row._asdict(),
            "step": str(row.step),
        }
        for record in records
        for row in record.rows
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table[MEASURED] = table[MEASURED].astype(float).apply(measurable)
    return table.sort_values(
        [*SETTING, "strength", "model", "seed", "split", "metric"], kind="stable", ignore_index=True
    )


def measurable(values: pd.Series) -> pd.Series:
    """Empties numbers beyond :data:`LARGEST`, infinite ones among them, and rounds to 0 what is as small."""
    size = values.abs()
    return values.mask(size > LARGEST).mask(size < 1 / LARGEST, 0.0)


def validation_errors(curves: LearningCurves) -> list[float]:
    """Returns the error of each epoch, raised to :data:`EXACT` and lowered to :data:`LARGEST`, so that it has a
    logarithm."""
    return np.clip(curves.valid_rmse, EXACT, LARGEST).tolist()


def load_results(folder: str | Path) -> pd.DataFrame:
    """Makes the long table of a results folder from its runs.

    Raises:
        ValueError: there are no runs, one is damaged, none finished, or a table could not tell two of them apart.
    """
    folder = Path(folder)
    return table_of(load_runs(folder), folder)


def table_of(records: Sequence[RunRecord], folder: Path) -> pd.DataFrame:
    """Does the work of :func:`load_results` for records that are loaded already."""
    check_one_grid(records)
    table = tabulate(records)
    if table.empty:
        reasons = sorted({record.reason for record in records})
        others = [f"and {len(reasons) - REASONS} other reasons"] if len(reasons) > REASONS else []
        said = "; ".join([*reasons[:REASONS], *others])
        raise ValueError(f"expected a finished run in {folder}, got {len(records)} that failed: {said}")
    return table


def label(record: RunRecord) -> tuple[Any, ...]:
    """Returns the name of a run in tables: setting, strength, model, seed."""
    return (*setting_of(record), record.strength, record.model, record.seed)


def check_one_grid(records: Iterable[RunRecord]) -> None:
    """Refuses records that cannot all come from one grid, because means and ranks over them would mix what does not
    compare: two runs of one model on one cell, which would be averaged as if they were two seeds, or runs of one
    setting that differ in more than strength, seed and model.

    Raises:
        ValueError: there are two such runs; the message says what differs between their configurations.
    """
    first: dict[tuple[Any, ...], RunRecord] = {}
    for record in records:
        if record.counts:
            other = first.setdefault(label(record), record)
            if other is not record:
                changed = ", ".join(differences(other.config, record.config))
                difference = (
                    f"which differ in {changed}: keep them in two results folders"
                    if changed
                    else "which are the same run twice: keep one of them"
                )
                raise ValueError(
                    f"expected one run of {record.model} per scenario, history, training simulations, strength and "
                    f"seed, got {other.hash} and {record.hash}, {difference}"
                )
            for place in (setting_of(record), (*setting_of(record), record.model)):
                like = first.setdefault(place, record)
                if changed := unlike(record, like):
                    raise ValueError(
                        f"expected the runs of one grid, got {like.hash} of {like.model} and {record.hash} of "
                        f"{record.model}, which differ in {', '.join(changed)}: keep them in two results folders"
                    )


def unlike(record: RunRecord, like: RunRecord, fixed_data: bool | None = None) -> list[str]:
    """Names what differs between two runs of one setting, but never between runs of one grid.

    Args:
        fixed_data: whether all seeds share their simulations, or each has its own; either if not known.
    """
    if record is like:
        return []
    varied = VARIED if like.model == record.model else VARIED | OF_A_MODEL
    apart = record.seed - like.seed
    if data_seed(record) - data_seed(like) in {None: (0, apart), True: (0,), False: (apart,)}[fixed_data]:
        varied = varied | {"recipe.seed"}
    return sorted(set(differences(record.config, like.config)) - varied)


def data_seed(record: RunRecord) -> int:
    """Returns the seed of the simulations; 0 for imported data, which have none."""
    return getattr(record.config.recipe, "seed", 0)


def differences(one: Any, other: Any, prefix: str = "") -> list[str]:
    """Names the values in which two configurations differ, such as ``training.batch``.

    Args:
        one, other: dataclasses, whose values are numbers, text or dataclasses.
    """
    found: list[str] = []
    for name in dict.fromkeys(field.name for each in (one, other) for field in fields(each)):
        a, b = getattr(one, name, None), getattr(other, name, None)
        if is_dataclass(a) and is_dataclass(b):
            found += differences(a, b, f"{prefix}{name}.")
        elif a != b:
            found.append(prefix + name)
    return found


def select(results: pd.DataFrame, metric: str, split: str = "domain", step: str = "mean") -> pd.DataFrame:
    """Selects the rows of one metric, split and step."""
    return results.loc[(results.metric == metric) & (results.split == split) & (results.step == step)]


def primary(results: pd.DataFrame) -> pd.DataFrame:
    """Selects the errors that models are ranked by, over all rollout steps: in each setting the first of
    :data:`PRIMARY` that all its runs have. Applying it again changes nothing."""
    means = results.loc[(results.step == "mean") & results.metric.isin([metric for metric, _ in PRIMARY])]
    parts = [
        max((select(part, metric, split) for metric, split in PRIMARY), key=len)
        for _, part in means.groupby(SETTING, sort=False)
    ]
    return pd.concat(parts) if parts else means


def floors(results: pd.DataFrame) -> pd.DataFrame:
    """Lists the errors on orbits that no strictly equivariant network can fall below, at every step, as rows of a model
    that is called :data:`FLOOR`, with the metrics that :data:`FLOORED` bounds; none where data have no floor."""
    rows = results.loc[results.metric.isin([*FLOORED]) & (results.split == "orbit")]
    rows = rows.drop_duplicates([*TRIAL, "metric", "step"])
    rows = rows.assign(metric=[FLOORED[metric] for metric in rows.metric])
    return rows.assign(model=FLOOR, family="bound", n_parameters=0, train_seconds=0.0)


def mean_data_error(rows: pd.DataFrame) -> pd.Series:
    """Averages the error of the data over the seeds of each setting and strength, aligned with the rows; the same
    number where all seeds have the same data."""
    place = [*SETTING, "strength"]
    means = rows.drop_duplicates([*place, "data_error"]).groupby(place).data_error.mean()
    return rows[place].join(means.rename("data_error"), on=place).data_error


def by_setting(rows: pd.DataFrame) -> Iterator[tuple[Setting, pd.DataFrame]]:
    """Yields each setting of a table with its rows, in order."""
    for key, part in rows.groupby(SETTING):
        yield Setting(*cast("tuple[str, int, int]", key)), part


def by_model(rows: pd.DataFrame) -> pd.DataFrame:
    """Arranges the values of one metric, split and step: one row per cell (:data:`TRIAL`), one column per model;
    NaN where a model was not run, infinite where its rollout left the finite numbers, at least :data:`EXACT`."""
    errors = rows.fillna({"value": float("inf")}).set_index([*TRIAL, "model"]).value
    return errors.clip(lower=EXACT).unstack("model")
