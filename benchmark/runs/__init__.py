"""One run: its training, scores and rollouts, and the machine that it runs on.

What is exported is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .machine import Machine, generate_all, progress_bar
    from .rollout import Rollout

__all__ = ["Machine", "Rollout", "generate_all", "progress_bar"]
_MODULES = {
    "Machine": "machine",
    "Rollout": "rollout",
    "generate_all": "machine",
    "progress_bar": "machine",
}
__getattr__ = exports(__name__, _MODULES)
