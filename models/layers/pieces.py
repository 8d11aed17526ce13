"""How much of large weights is worked on at a time."""

from __future__ import annotations

import torch

IN_CACHE = 2**18
IN_MEMORY = 2**24


def at_once(numbers_each: int, device: torch.device) -> int:
    """How many things of so many numbers to work on at a time, one at least.

    A processor is fastest on what stays in its cache, a quarter of a million numbers. Elsewhere each piece costs a few
    launches of kernels, which take longer than what they do to so little: there the limit, 64 MiB in single precision,
    only bounds the memory.
    """
    return max(1, (IN_CACHE if device.type == "cpu" else IN_MEMORY) // numbers_each)
