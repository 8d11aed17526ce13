"""Peak memory of a run."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path

import torch

PROCESS = Path("/proc/self")


def forget_peak(device: torch.device) -> None:
    """Makes :func:`peak_memory` count afresh: a worker executes many runs, one after the other. Where the system cannot
    forget (outside Linux, on the CPU), it stays the peak of the process since it began."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif PROCESS.exists():
        with suppress(OSError):
            (PROCESS / "clear_refs").write_text("5", "ascii")


def peak_memory(device: torch.device) -> int:
    """Returns the peak in bytes: of what was allocated on a CUDA device, or, on the CPU, of the memory of this process,
    libraries included; 0 where the system does not report it."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if PROCESS.exists():
        return 1024 * int(re.search(r"VmHWM:\s*(\d+) kB", (PROCESS / "status").read_text("utf-8"))[1])
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
