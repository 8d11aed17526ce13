"""The source that a result came from."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("symmetry", "simulators", "datasets", "models", "benchmark")
PATIENCE = 10.0
"""Seconds that git may take."""


@dataclass(frozen=True)
class Source:
    """Names the code of a run. Both are None where symbreak is installed as a package, or git is missing."""

    commit: str | None = None
    """Commit of the checkout that symbreak ran from."""
    dirty: bool | None = None
    """Whether its rooms had changed since, or held files that git does not know."""


@cache
def source() -> Source:
    """Finds the :class:`Source` of this process.

    Asked once per process: what was imported does not change with the files.
    """
    return source_of(ROOT)


def source_of(folder: Path) -> Source:
    """Does the same as :func:`source` for any folder that holds the rooms; one that merely lies inside somebody's work
    tree is no checkout."""
    try:
        root, commit = _git(folder, "rev-parse", "--show-toplevel", "HEAD").splitlines()
        if Path(root).resolve() != folder.resolve():
            return Source()
        return Source(commit, bool(_git(folder, "status", "--porcelain", "--", *ROOMS)))
    except (OSError, ValueError, subprocess.SubprocessError):
        return Source()


def _git(folder: Path, *arguments: str) -> str:
    """Asks git about ``folder``, not about the repository of a hook that may be running; takes no locks."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=PATIENCE)
    return os.fsdecode(done.stdout)
