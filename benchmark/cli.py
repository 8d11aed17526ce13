"""``symbreak``: parses the command line. Exit code 0, or 2 and one line: what was expected and what was got; after
Ctrl-C, 130 and one line."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

from .commands import COMMANDS, CommandFailed

ABOUT = "Measure how much symmetry a network should have. `symbreak --version` prints the version."

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C ended: 128 and the number of the signal."""
NO_MEMORY = re.compile("DefaultCPUAllocator|out of memory")
"""What errors of torch say, which have no type of their own."""


@dataclass(frozen=True)
class Unnamed:
    """Stands for a command that the command line does not name."""


class UsageError(ValueError):
    """Says that a command line is not a command with arguments that it takes."""


def main(args: Sequence[str] | None = None) -> None:
    """Runs the command that a command line asks for; its imports can be interrupted as the command can."""
    args = sys.argv[1:] if args is None else list(args)
    try:
        if args == ["--version"]:
            print_version()
        else:
            parse(args)()
    except KeyboardInterrupt:
        _exit(
            "interrupted: what was finished is kept, the same command (without --overwrite) goes on from there",
            INTERRUPTED,
        )
    except OSError as error:
        _exit(f"expected to read or write {error.filename or 'a file'}, got: {error.strerror or error}")
    except (ValueError, FloatingPointError, CommandFailed) as error:
        _exit(str(error))
    except (MemoryError, BrokenExecutor) as error:
        _exit(f"expected enough memory, got {type(error).__name__}: what was finished is kept; {error}")
    except RuntimeError as error:
        if not NO_MEMORY.search(str(error)):
            raise
        _exit(f"expected enough memory, got: {str(error).splitlines()[0]}: what was finished is kept")


def print_version() -> None:
    """Prints name and version, as in ``symbreak 0.1.0``."""
    from importlib.metadata import version

    sys.stdout.write(f"symbreak {version('symbreak')}\n")


def parse(args: Sequence[str]) -> Any:
    """Reads a command line; imports no command but the one that it names.

    Returns:
        The command with its arguments, to be called.

    Raises:
        UsageError: the command line is wrong, with the complaint of tyro on one line.
    """
    import tyro

    first = args[0] if args else "none"
    if first not in COMMANDS and not first.startswith("-"):
        raise UsageError(f"expected one of the commands {', '.join(COMMANDS)}, got {repr(first) if args else first}")
    markers = (tyro.conf.CascadeSubcommandArgs, tyro.conf.OmitSubcommandPrefixes, tyro.conf.FlagCreatePairsOff)
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            return tyro.cli(choices(args), prog="symbreak", description=ABOUT, args=whole_help(args), config=markers)
    except BrokenPipeError:  # `--help | head`: tyro's texts are not printed by rich, which sees to this itself
        from .commands.console import CONSOLE

        CONSOLE.on_broken_pipe()
    except SystemExit as exit:
        if not exit.code:
            raise
        message = one_line(complaint.getvalue())
        if any(word.partition("=")[0] == "--from" for word in args):  # a record stands in place of a preset
            message = re.sub(
                r"^expected one of .*, got", "expected one record after --from and no preset, got", message
            )
        raise UsageError(message) from exit


def whole_help(args: Sequence[str]) -> Sequence[str]:
    """Drops other arguments beside ``--help``, because tyro leaves given positional ones out of the help. Those of
    ``run`` and ``tune`` stay: the options of a preset are shown after its name."""
    asked = not {"-h", "--help"}.isdisjoint(args)
    return [args[0], "--help"] if asked and args[0] in COMMANDS.keys() - {"run", "tune"} else args


def choices(args: Sequence[str]) -> Any:
    """Returns the union of all commands, from which tyro chooses.

    Only the command that ``args`` name is imported; of the others tyro gets the names and summaries.
    """
    import tyro

    chosen = next((word for word in args if word in COMMANDS), None)
    union: Any = None
    for name, command in COMMANDS.items():
        kind = command.load() if name == chosen else Unnamed
        choice = Annotated[
            kind, tyro.conf.subcommand(name, description=None if name == chosen else command.description)
        ]
        union = choice if union is None else union | choice
    return union


def one_line(box: str) -> str:
    """Takes the message out of one of tyro's boxes, without title, frame, hints and tyro's own names."""
    message = box.strip().split("\n", 1)[-1]  # the first line is the title, which says no more than the message
    text = " ".join(re.sub(r"[╭╮╰╯│─]|-{3,}", " ", message).split())
    text = re.split(r"For full helptext|Argument helptext:|Arguments similar to", text)[0]
    text = re.sub(
        r"Unrecognized options: ([^-, ]+).* Available subcommands: (.*\S)", r"expected one of \2, got '\1'", text
    )
    text = re.sub(r"Available subcommands: .*", "", text)
    text = re.sub(r"(Perhaps you meant: --\S+).*", r"(\1)", text)
    return re.sub(r"Error parsing (__tyro\S*|preset):", "", text).strip()


def _exit(message: str, code: int = 2) -> NoReturn:
    line = f"symbreak: {' '.join(message.split())}\n"
    sys.stderr.write(line.encode(errors="backslashreplace").decode())
    sys.exit(code)


if __name__ == "__main__":
    main()
