"""The commands of ``symbreak``: each a dataclass of its arguments, to be called: ``Plot(Path("results/quick"))()``.

What draws, makes tables or measures speed is imported where it is called: ``symbreak --help`` has no need of it.
"""

from .console import CONSOLE, CommandFailed
from .data import Export, Generate, Import, Measure, Verify
from .listing import List
from .models import Bench, Check
from .results import Leaderboard, Plot, Quote, Report, Run, Tune
from .submission import Rescore, Submit

COMMANDS = {
    "list": List,
    "generate": Generate,
    "measure": Measure,
    "verify": Verify,
    "export": Export,
    "import": Import,
    "run": Run,
    "tune": Tune,
    "leaderboard": Leaderboard,
    "plot": Plot,
    "report": Report,
    "quote": Quote,
    "check": Check,
    "bench": Bench,
    "submit": Submit,
    "rescore": Rescore,
}

__all__ = ["COMMANDS", "CONSOLE", "CommandFailed", *(command.__name__ for command in COMMANDS.values())]
