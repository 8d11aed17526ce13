"""Training, evaluation, grids of runs, statistics, leaderboard, plots and the command line.

What is exported is imported when it is first asked for, so that the command line starts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy import exports

if TYPE_CHECKING:
    from .aggregation.long_table import load_results
    from .bench.bench import measure_speed
    from .bench.evidence import write_evidence
    from .bench.speed import write_bench
    from .figures.plotting import plot
    from .grids.estimate import estimate
    from .grids.grid import run_grid
    from .grids.presets import PRESETS, Preset
    from .grids.run import Finished, run
    from .grids.tuning import Search, tune
    from .records.configuration import Evaluation, RunConfig, Simulations, Training
    from .records.records import RunRecord, load_run
    from .report.page import write_report
    from .runs.machine import Machine
    from .submissions.agreement import Agreement, compare
    from .submissions.board import accept, read_board, report_row
    from .submissions.floor import floor_margins
    from .submissions.repeat import repeat, reproduce
    from .submissions.submission import Verdict, rescore, submit
    from .tables.leaderboard import write_leaderboard as leaderboard
    from .tables.quote import quote

__all__ = [
    "PRESETS",
    "Agreement",
    "Evaluation",
    "Finished",
    "Machine",
    "Preset",
    "RunConfig",
    "RunRecord",
    "Search",
    "Simulations",
    "Training",
    "Verdict",
    "accept",
    "compare",
    "estimate",
    "floor_margins",
    "leaderboard",
    "load_results",
    "load_run",
    "measure_speed",
    "plot",
    "quote",
    "read_board",
    "repeat",
    "report_row",
    "reproduce",
    "rescore",
    "run",
    "run_grid",
    "submit",
    "tune",
    "write_bench",
    "write_evidence",
    "write_report",
]
_MODULES = {
    "PRESETS": "grids.presets",
    "Agreement": "submissions.agreement",
    "Evaluation": "records.configuration",
    "Finished": "grids.run",
    "Machine": "runs.machine",
    "Preset": "grids.presets",
    "RunConfig": "records.configuration",
    "RunRecord": "records.records",
    "Search": "grids.tuning",
    "Simulations": "records.configuration",
    "Training": "records.configuration",
    "Verdict": "submissions.submission",
    "accept": "submissions.board",
    "read_board": "submissions.board",
    "report_row": "submissions.board",
    "compare": "submissions.agreement",
    "estimate": "grids.estimate",
    "floor_margins": "submissions.floor",
    "leaderboard": "tables.leaderboard:write_leaderboard",
    "load_results": "aggregation.long_table",
    "load_run": "records.records",
    "measure_speed": "bench.bench",
    "plot": "figures.plotting",
    "quote": "tables.quote",
    "repeat": "submissions.repeat",
    "reproduce": "submissions.repeat",
    "rescore": "submissions.submission",
    "run": "grids.run",
    "run_grid": "grids.grid",
    "submit": "submissions.submission",
    "tune": "grids.tuning",
    "write_bench": "bench.speed",
    "write_evidence": "bench.evidence",
    "write_report": "report.page",
}
__getattr__ = exports(__name__, _MODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
