"""Keeps what a user's model does from ending the process, and puts what it raises on one line."""

from __future__ import annotations

import os
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

LONGEST_REASON = 300
"""Characters of a reason that are kept."""


class Ended(RuntimeError):
    """Says that a model tried to end the process."""


@contextmanager
def contained() -> Generator[None]:
    """Turns ``sys.exit()``, ``os._exit()`` and whatever else is no ``Exception`` into :class:`Ended`, which can be
    recorded as any error. Ctrl-C remains what it is."""
    process, leave = os.getpid(), os._exit

    def refuse(status: int) -> NoReturn:
        if os.getpid() != process:
            leave(status)
        raise Ended(f"os._exit({status})")

    try:
        with patch.object(os, "_exit", refuse):
            yield
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise Ended(reason(error)) from error


def reason(error: BaseException) -> str:
    """Describes an error as ``ValueError: what it says``: one line of printable text that is not too long."""
    return shortened(f"{type(error).__name__}: {message(error)}")


def message(error: BaseException) -> str:
    """Returns what an error says, all of it, also where that raises an error in turn."""
    try:
        return str(error)
    except Exception as failure:
        return f"no message, because its text ended in {type(failure).__name__}"


def shortened(text: str) -> str:
    """Puts text on one line, cuts it at :data:`LONGEST_REASON`, and escapes what no terminal or file can hold."""
    line = " ".join(text.split())
    line = line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}..."
    return line.encode(errors="backslashreplace").decode()


def place(error: BaseException) -> str:
    """Names where the first cause of an error was raised, as in ``my_model.py, line 12``."""
    while error.__cause__ is not None:
        error = error.__cause__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    return f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "at no known place"
