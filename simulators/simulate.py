"""Runs plumes forward: the PhiFlow step, traced once per box and batch to native tensor operations."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import torch
from phiml.backend.torch import TORCH
from phiml.math import precision

from .box import Box
from .plume import plume_step
from .pressure import PressureSolve, pressure_solve
from .state import Law, Plumes

SMALLEST_NORMAL = torch.finfo(torch.float64).tiny


def simulate(plumes: Plumes, law: Law, box: Box, steps: int) -> Iterator[Plumes]:
    """The plumes after 1 ... ``steps`` steps under the law, in double precision.

    The result does not depend, to the last bit, on how many plumes share a batch, and on one kind of machine neither
    on the process. Runs on one thread, with denormal numbers flushed to zero, because the tails of the smoke
    underflow and would slow each step down a hundredfold. Loops over it are several times faster inside of
    :func:`one_thread_without_denormals`, because changing the number of threads back and forth is slow.

    Raises:
        FloatingPointError: the flow blew up.
    """
    solve = PressureSolve(*(part.to(plumes.smoke.device) for part in pressure_solve(box, law.open_x, law.open_y)))
    law = Law(*(part.to(plumes.smoke.device) for part in law))
    step = traced_step(box, plumes.smoke.shape[0], str(plumes.smoke.device))
    for number in range(1, steps + 1):
        with one_thread_without_denormals(), torch.no_grad():
            plumes = Plumes(*step(*plumes, *law, *solve))
            finite = plumes.velocity_x.isfinite().all().item()
        if not finite:
            raise FloatingPointError(f"expected a finite flow, got NaN or infinity in step {number}")
        yield plumes


@lru_cache(maxsize=16)
def traced_step(box: Box, count: int, device: str) -> Callable[..., tuple]:
    """:func:`plume_step` without PhiFlow's handling of fields around each operation: bitwise the same result."""
    step = native_step(box, device)
    generator = torch.Generator().manual_seed(0)
    x, y = box.shape
    cell, face_x, face_y = (count, x, y), (count, x + 1, y), (count, x, y + 1)
    shapes = (cell, face_x, face_y)
    shapes += (cell, (count, 2, x, y), (1, 1, 1), (1, 1, 1), (x + 1,), (y + 1,))
    shapes += ((x + 1,), (y + 1,), (x, x), (y, y), (x, y))
    examples = [torch.rand(shape, generator=generator, dtype=torch.float64).to(device) for shape in shapes]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.jit.trace(step, examples, check_trace=False)


def native_step(box: Box, device: str = "cpu") -> Callable[..., tuple]:
    """:func:`plume_step` on the flat list of tensors of ``Plumes``, ``Law`` and ``PressureSolve``."""

    def step(*tensors: torch.Tensor) -> tuple:
        plumes, law, solve = Plumes(*tensors[:3]), Law(*tensors[3:9]), PressureSolve(*tensors[9:])
        with phiflow_on(device):
            return tuple(plume_step(plumes, law, solve, box))

    return step


@contextmanager
def phiflow_on(device: str) -> Iterator[None]:
    """PhiFlow computes with torch, in double precision, on the given device."""
    kind, _, number = device.partition(":")
    devices = TORCH.list_devices("CPU" if kind == "cpu" else "GPU")
    before = TORCH.get_default_device()
    TORCH.set_default_device(devices[int(number or 0)])
    try:
        with TORCH, precision(64):
            yield
    finally:
        TORCH.set_default_device(before)


@contextmanager
def one_thread_without_denormals() -> Iterator[None]:
    """One thread, because flushing denormals holds for the calling thread only; both are put back afterwards."""
    threads = torch.get_num_threads()
    flushed = (torch.tensor(SMALLEST_NORMAL, dtype=torch.float64) / 2).item() == 0
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(flushed)
        torch.set_num_threads(threads)
