"""What stands in results/ is what its runs give, and the pages quote that (see test_readme.py)."""

from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from symbreak.benchmark.aggregation.loaded import load
from symbreak.benchmark.analysis.leaderboard import scores_by_setting
from symbreak.benchmark.tables.all_tables import TABLES, compute_tables
from symbreak.benchmark.tables.markup import leaderboard_markdown, markdown

RESULTS = Path(__file__).parents[1] / "results"
FOLDERS = [path.parent for path in sorted(RESULTS.glob("*/leaderboard.md"))]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_tables_are_those_of_the_runs(folder):
    loaded = load(folder)
    assert loaded.results.to_csv(index=False) == (folder / "results.csv").read_text()
    computed = compute_tables(loaded)
    for name in (table.name for table in TABLES if table.csv):
        again = pd.read_csv(StringIO(computed[name].to_csv(index=False)))
        pd.testing.assert_frame_equal(again, pd.read_csv(folder / f"{name}.csv"), rtol=1e-6)
    assert (folder / "leaderboard.md").read_text().startswith(leaderboard_markdown(computed))
    assert (folder / "summary.md").read_text() == markdown(scores_by_setting(loaded.results)) + "\n"
