"""The tables of a results folder as files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ...datasets.store.files import write_atomically
from ..aggregation.loaded import LoadedResults, load
from ..analysis.leaderboard import LEADERBOARD, scores_by_setting
from .all_tables import compute_tables, csv_files
from .markup import latex, latex_tables, leaderboard_markdown, markdown
from .provenance import provenance


def write_leaderboard(results: str | Path | LoadedResults, folder: str | Path | None = None) -> pd.DataFrame:
    """Writes ``results.csv``, the :data:`~.all_tables.TABLES` as ``.csv``, all of them and the provenance as
    ``leaderboard.md``, the leaderboard as ``leaderboard.tex``, the others as ``tables.tex``, and the score in each
    setting as ``summary.md``.

    Args:
        results: a results folder, or what :func:`~..aggregation.loaded.load` has read of it.
        folder: where to write; the results folder if none is given.

    Returns:
        The leaderboard, see :func:`~..analysis.leaderboard.leaderboard`.

    Raises:
        ValueError: as :func:`~..aggregation.long_table.load_results` does.
    """
    loaded = load(results)
    computed = compute_tables(loaded)
    files = {
        "results.csv": loaded.results.to_csv(index=False),
        "leaderboard.md": f"{leaderboard_markdown(computed)}\n{provenance(loaded.records)}",
        "summary.md": markdown(scores_by_setting(loaded.results)) + "\n",
        "leaderboard.tex": latex(computed[LEADERBOARD.name]),
        "tables.tex": latex_tables(computed),
    }
    for name, text in (files | csv_files(computed)).items():
        write_atomically(Path(folder or loaded.folder) / name, text.encode())
    return computed[LEADERBOARD.name]
