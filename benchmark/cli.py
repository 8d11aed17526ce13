"""``symbreak``: parses the command line. Exit code 0, or 2 and one line: what was expected and what was got."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from typing import Annotated

import tyro

from .commands import COMMANDS, CONSOLE, CommandFailed

MARKERS = (tyro.conf.CascadeSubcommandArgs, tyro.conf.OmitSubcommandPrefixes, tyro.conf.FlagCreatePairsOff)


class UsageError(ValueError):
    """The command line does not name a command and its arguments."""


def main(args: Sequence[str] | None = None) -> None:
    """Entry point of the command line."""
    try:
        parse(args)()
    except KeyboardInterrupt:
        _exit("interrupted: what was finished is kept, the same command (without --overwrite) goes on from there")
    except OSError as error:
        _exit(f"expected to read or write {error.filename or 'a file'}, got: {error.strerror or error}")
    except (ValueError, FloatingPointError, CommandFailed) as error:
        _exit(str(error))
    except (MemoryError, BrokenExecutor) as error:
        _exit(f"expected enough memory, got {type(error).__name__}: what was finished is kept; {error}")


def parse(args: Sequence[str] | None = None):
    """The command that a command line asks for.

    Raises:
        UsageError: with what tyro has to say, on one line.
    """
    choices = tuple(Annotated[command, tyro.conf.subcommand(name)] for name, command in COMMANDS.items())
    union = choices[0]
    for choice in choices[1:]:
        union = union | choice
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            return tyro.cli(union, prog="symbreak", args=args, config=MARKERS)
    except BrokenPipeError:  # `--help | head`: tyro's texts are not printed by rich, which sees to this itself
        CONSOLE.on_broken_pipe()
    except SystemExit as exit:
        if not exit.code:
            raise
        raise UsageError(one_line(complaint.getvalue())) from exit


def one_line(box: str) -> str:
    """The message in one of tyro's boxes, without frame, hints and tyro's own names."""
    text = " ".join(re.sub(r"[╭╮╰╯│─]|-{3,}", " ", box).split())
    text = re.split(r"For full helptext|Argument helptext:|Arguments similar to", text)[0]
    text = re.sub(r"(Perhaps you meant: --\S+).*", r"(\1)", text)
    text = re.sub(r"^(Unrecognized options|Value error|Parsing error|Required options) ", "", text)
    return re.sub(r"Error parsing __tyro\S*:", "", text).strip()


def _exit(message: str) -> None:
    sys.stderr.write(f"symbreak: {' '.join(message.split())}\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
