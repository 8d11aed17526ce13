"""What the command line knows of a command before it imports it, and how commands fail."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple


class Command(NamedTuple):
    """Names the dataclass that holds the arguments of a command, and is called to run it."""

    module: str
    """Name of a module in this folder."""
    name: str
    """Name of the class in that module."""
    description: str
    """Line in ``symbreak --help``: the first line of the docstring of the class."""

    def load(self) -> type[Any]:
        """Imports the command, and with it what it needs."""
        return getattr(import_module(f".{self.module}", __package__), self.name)


class CommandFailed(Exception):
    """Says what a command could not do, once it has done what it could."""
