"""Time stepping of plumes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import torch

from .box import Box
from .pressure import pressure_solve
from .state import Law, Plumes
from .step import step

SMALLEST_NORMAL = torch.finfo(torch.float64).tiny


def simulate(plumes: Plumes, law: Law, box: Box, steps: int) -> Iterator[Plumes]:
    """Yields the plumes after 1 ... ``steps`` steps under the law, in double precision.

    On a CPU the result does not depend, to the last bit, on how many plumes share a batch, and on one kind of machine
    neither on the process. Runs on one thread, with denormal numbers flushed to zero, because the tails of the smoke
    underflow and would slow each step down a hundredfold. Loops over it are several times faster inside of
    :func:`one_thread_without_denormals`, because changing the number of threads back and forth is slow.

    Raises:
        FloatingPointError: the flow blew up.
    """
    device = plumes.smoke.device
    solve, law = pressure_solve(box, law.open_x, law.open_y).to(device), law.to(device)
    for number in range(1, steps + 1):
        with one_thread_without_denormals(), torch.no_grad():
            plumes = step(plumes, law, solve, box)
            finite = plumes.velocity_x.isfinite().all().item()
        if not finite:
            raise FloatingPointError(f"expected a finite flow, got NaN or infinity in step {number}")
        yield plumes


@contextmanager
def one_thread_without_denormals() -> Generator[None, None, None]:
    """Restricts torch to one thread and flushes denormals, which holds for the calling thread only; restores both."""
    threads = torch.get_num_threads()
    flushed = (torch.tensor(SMALLEST_NORMAL, dtype=torch.float64) / 2).item() == 0
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(flushed)
        torch.set_num_threads(threads)
