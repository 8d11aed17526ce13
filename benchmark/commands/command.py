"""What the command line knows of a command before it imports it, and how commands fail."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple


class Command(NamedTuple):
    """Names the dataclass that holds a command's arguments, and is called to run it."""

    module: str
    """File of this folder."""
    name: str
    """Class in that file."""
    summary: str
    """Line of ``symbreak --help``: the first of the class's docstring."""

    def load(self) -> type[Any]:
        """Imports the command, and with it what it needs."""
        return getattr(import_module(f".{self.module}", __package__), self.name)


class CommandFailed(Exception):
    """Says what a command could not do after it has done what it could."""
