"""Ctrl-C and the processes that a command starts."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import resource_tracker

from joblib.externals.loky.backend import resource_tracker as resource_tracker_of_loky


@contextmanager
def hidden_ctrl_c() -> Generator[None]:
    """Hides Ctrl-C, which goes to all processes of a terminal, from processes that are started inside: whoever started
    them ends them, also while they still import. The trackers of resources come first: their start ends the hiding."""
    resource_tracker.ensure_running()
    resource_tracker_of_loky.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
