"""The commands of ``symbreak``: each a dataclass of its arguments, to be called: ``Plot(Path("results/quick"))()``.

They check what was typed, call one function, and print what it returns; :mod:`symbreak.benchmark` exports these
functions. A command is imported when it is asked for, so that ``symbreak --help`` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .command import Command, CommandFailed

if TYPE_CHECKING:
    from .data import Export, Generate, Import, Measure, Verify
    from .listing import List
    from .models import Bench, Check
    from .results import Leaderboard, Plot, Quote, Report, Run, Tune
    from .submission import Accept, Board, ReportRow, Rescore, Submit

COMMANDS = {
    "list": Command("listing", "List", "Show the scenarios, models or presets."),
    "generate": Command("data", "Generate", "Simulate data sets; those that exist are left as they are."),
    "measure": Command("data", "Measure", "Measure how far data sets are from symmetric."),
    "verify": Command("data", "Verify", "Check the files of data sets: checksums, finite values, format, recipe."),
    "export": Command("data", "Export", "Write a data set as plain .pt files, one per split."),
    "import": Command("data", "Import", "Convert published .pt files of tensors [T, 2, X, Y] to a data set."),
    "run": Command("results", "Run", "Run the grid of a preset, from data to tables and figures; or repeat one run."),
    "tune": Command("results", "Tune", "Choose step size and length of each model's training on validation data."),
    "leaderboard": Command("results", "Leaderboard", "Rank the models of a results folder, and write its tables."),
    "plot": Command("results", "Plot", "Draw the figures of a results folder, or the plumes of a data set."),
    "report": Command("results", "Report", "Write one self-contained page of a results folder."),
    "quote": Command("results", "Quote", "Fill the quotations in Markdown pages from the files that they name."),
    "check": Command("models", "Check", "Check that a model obeys the contract, and which symmetries it has."),
    "bench": Command("models", "Bench", "Measure the speed of simulation, of training, or of tables and figures."),
    "submit": Command("submission", "Submit", "Pack a model, its runs and weights into an archive to be rescored."),
    "rescore": Command("submission", "Rescore", "Compute the metrics of a submission again, on its data and new ones."),
    "accept": Command("submission", "Accept", "Rescore a submission, and put its models onto a board."),
    "report-row": Command("submission", "ReportRow", "Put published numbers onto a board, as reported."),
    "board": Command("submission", "Board", "Show a board, and how far each of its rows has been checked."),
}
"""From this table the command line prints its help; it imports the one command that it runs."""

__all__ = [
    "COMMANDS",
    "Accept",
    "Bench",
    "Board",
    "Check",
    "Command",
    "CommandFailed",
    "Export",
    "Generate",
    "Import",
    "Leaderboard",
    "List",
    "Measure",
    "Plot",
    "Quote",
    "Report",
    "ReportRow",
    "Rescore",
    "Run",
    "Submit",
    "Tune",
    "Verify",
]


def __getattr__(name: str) -> Any:
    """Imports a command when it is first asked for."""
    for command in COMMANDS.values():
        if command.name == name:
            return command.load()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
