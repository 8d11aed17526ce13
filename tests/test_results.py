"""What stands in results/ is what its runs give, and the pages quote that (see test_readme.py)."""

from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from symbreak.benchmark.analysis.long_table import tabulate
from symbreak.benchmark.runs.records import load_runs
from symbreak.benchmark.tables.leaderboard import tables
from symbreak.benchmark.tables.summary import summary
from symbreak.benchmark.tables.tables import markdown, page

RESULTS = Path(__file__).parents[1] / "results"
FOLDERS = [path.parent for path in sorted(RESULTS.glob("*/leaderboard.md"))]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_tables_are_those_of_the_runs(folder):
    results = tabulate(load_runs(folder))
    assert results.to_csv(index=False) == (folder / "results.csv").read_text()
    every = tables(results)
    for name, table in vars(every).items():
        again = pd.read_csv(StringIO(table.to_csv(index=False)))
        pd.testing.assert_frame_equal(again, pd.read_csv(folder / f"{name}.csv"), rtol=1e-6)
    assert (folder / "leaderboard.md").read_text().startswith(page(every))
    assert (folder / "summary.md").read_text() == markdown(summary(results)) + "\n"
