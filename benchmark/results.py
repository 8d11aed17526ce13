"""The long table of results: one row a number."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ..datasets.files import write_atomically
from .storage import Record, load_runs

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
)
DATA_ERROR_STEPS = "10"
"""``data_error`` is the equivariance error of the data over ten steps, on which strengths are compared."""


def tabulate(records: Iterable[Record]) -> pd.DataFrame:
    """The long table with the columns of :data:`COLUMNS` and ``history``, of the runs that finished.

    ``symmetry`` is the scenario's. ``step`` is a rollout step or ``mean``; a value that was not finite is empty.
    """
    rows = [
        {
            "scenario": record["scenario"],
            "symmetry": record["symmetry"],
            "strength": record["strength"],
            "data_error": record["data"]["equivariance_error"][DATA_ERROR_STEPS],
            "model": record["model"],
            "family": record["family"],
            "seed": record["seed"],
            "n_parameters": record["n_parameters"],
            "train_seconds": record["train_seconds"],
            "history": record["config"]["history"],
            **row,
            "step": str(row["step"]),
        }
        for record in records
        if record["status"] == "done"
        for row in record["metrics"]
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "history"])
    return table.sort_values(
        ["scenario", "history", "strength", "model", "seed", "split", "metric"], kind="stable", ignore_index=True
    )


def load_results(folder: Path) -> pd.DataFrame:
    """The long table of a results folder, made from its runs; writes it to ``results.csv``.

    Raises:
        ValueError: no runs, a damaged one, or none that finished.
    """
    records = load_runs(folder)
    table = tabulate(records)
    if table.empty:
        reasons = "; ".join(sorted({record["reason"] for record in records}))
        raise ValueError(f"expected a finished run in {folder}, got {len(records)} that failed: {reasons}")
    write_atomically(folder / "results.csv", table.to_csv(index=False).encode())
    return table
