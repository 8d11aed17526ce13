"""Reads what `symbreak tune` chose for each model and scenario: step size and length of training."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from ...datasets.store.files import read_bytes

CHOICE = ["scenario", "model", "learning_rate", "epochs", "relaxation"]


def read_choices(path: Path) -> dict[tuple[str, str], dict[str, float | int]]:
    """Reads ``learning_rate``, ``epochs`` and ``relaxation`` by scenario and model, from a ``choices.csv``; files of
    earlier versions have no ``relaxation``, which is then 1.

    Raises:
        ValueError: the file is not such a table.
    """
    import pandas as pd  # takes long to import, and most grids are not tuned

    try:
        kinds = {"learning_rate": float, "epochs": int, "relaxation": float}
        table = pd.read_csv(BytesIO(read_bytes(path)), dtype=kinds)
        table = table.assign(relaxation=table.get("relaxation", 1.0))[CHOICE]
    except (ValueError, KeyError) as error:
        raise ValueError(f"expected a table with {', '.join(CHOICE)} in {path}, got: {error}") from error
    return {
        (row["scenario"], row["model"]): {name: row[name] for name in CHOICE[2:]} for row in table.to_dict("records")
    }
