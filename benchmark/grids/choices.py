"""Reads what `symbreak tune` chose for each model and scenario: step size and length of training."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from ...datasets.store.files import read_bytes

CHOICE = ["scenario", "model", "learning_rate", "epochs"]


def read_choices(path: Path) -> dict[tuple[str, str], dict[str, float | int]]:
    """Reads ``learning_rate`` and ``epochs`` by scenario and model, from a ``choices.csv``.

    Raises:
        ValueError: the file is not such a table.
    """
    import pandas as pd  # takes long to import, and most grids are not tuned

    try:
        table = pd.read_csv(BytesIO(read_bytes(path)), dtype={"learning_rate": float, "epochs": int})[CHOICE]
    except (ValueError, KeyError) as error:
        raise ValueError(f"expected a table with {', '.join(CHOICE)} in {path}, got: {error}") from error
    return {
        (row.scenario, row.model): {"learning_rate": row.learning_rate, "epochs": row.epochs}
        for row in table.itertuples()
    }
