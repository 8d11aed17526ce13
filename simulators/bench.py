"""Benchmark of the simulation step, side by side with PhiFlow's own loop in the same run."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import cast

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed
from phi.physics import advect, fluid
from phiml.math import Solve

from .physics import (
    Box,
    Law,
    Plumes,
    one_thread_without_denormals,
    pressure_solve,
    project,
    simulate,
    stack_draws,
    still,
)
from .physics.plume import cells, phiflow_on, staggered
from .physics.step import mac_cormack, semi_lagrange
from .scenarios import get_scenario

WARM_UP = 20
REPEATS = 3
TOLERANCE = 1e-5
COLUMNS = ("device", "resolution", "batch", "what", "milliseconds", "share_of_phiflow")


def bench_simulate(
    resolutions: tuple[int, ...] = (32, 64),
    batches: tuple[int, ...] = (8, 40),
    *,
    steps: int = 20,
    workers: int = 2,
    device: str = "cpu",
) -> pd.DataFrame:
    """Measures milliseconds per simulation-step of ``rotation-buoyancy``, one row per resolution, batch and loop.

    The loops are ``ours`` (one process, one thread), ``ours, N workers`` (as many processes, each with such a batch;
    time over all simulation-steps), the ``projection`` and the ``advection`` of ours alone (of smoke and of velocity;
    what is left of ours are inflow, forces, drag and the check that the flow is finite), and ``phiflow``: the same step
    in PhiFlow's default style, in double precision, on the same device, with as many threads as torch uses. Its
    pressure is solved by ``Solve('auto')`` to 1e-5, relative and absolute, because at the default tolerance it raises
    ``Diverged`` on these plumes. Each is warmed up, timed three times, and the shortest time counts, so that whatever
    else runs on the machine disturbs it less.

    Returns:
        Columns ``device, resolution, batch, what, milliseconds, share_of_phiflow``.
    """
    rows = []
    for resolution in resolutions:
        for batch in batches:
            times = _times(resolution, batch, steps, workers, device)
            rows += [
                (device, resolution, batch, what, 1e3 * time, time / times["phiflow"]) for what, time in times.items()
            ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _times(resolution: int, batch: int, steps: int, workers: int, device: str) -> dict[str, float]:
    """Measures seconds per simulation-step, by loop."""
    box, law, plumes = warm_plumes(resolution, batch, device)
    solve = pressure_solve(box, law.open_x, law.open_y).to(device)
    law = law.to(device)
    times = {"ours": ours(resolution, batch, steps, device)}
    with Parallel(n_jobs=workers) as pool:
        pool(delayed(ours)(resolution, batch, 1, device) for _ in range(workers))
        spent = cast(list[float], pool(delayed(ours)(resolution, batch, steps, device) for _ in range(workers)))
    times[f"ours, {workers} workers"] = max(spent) / workers
    with one_thread_without_denormals():
        times["projection"] = _shortest(lambda: project(plumes.faces, solve, box)) / batch
        times["advection"] = _shortest(lambda: advection(plumes, law, box)) / batch
    with phiflow_on(device), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        times["phiflow"] = _shortest(lambda: phiflow_step(box, law, plumes)) / batch
    return times


def ours(resolution: int, batch: int, steps: int, device: str = "cpu") -> float:
    """Measures seconds per simulation-step of :func:`simulate`."""
    box, law, plumes = warm_plumes(resolution, batch, device)
    with one_thread_without_denormals():
        return _shortest(lambda: deque(simulate(plumes, law, box, steps), maxlen=0)) / (batch * steps)


def advection(plumes: Plumes, law: Law, box: Box) -> None:
    """Runs the advection of one step: the flow carries the smoke and itself."""
    mac_cormack(plumes, box)
    semi_lagrange(plumes.faces, law.velocity_time, box)


def warm_plumes(resolution: int, batch: int, device: str = "cpu") -> tuple[Box, Law, Plumes]:
    """Prepares plumes that have risen for some steps."""
    scenario = get_scenario("rotation-buoyancy")
    box = scenario.box(resolution)
    draws = stack_draws([scenario.draw(np.random.default_rng(i), i, box.shape, 0.01) for i in range(batch)])
    law = scenario.law(box, draws, 0.5)
    *_, plumes = simulate(still(box, batch, device), law, box, WARM_UP)
    return box, law, plumes


def phiflow_step(box: Box, law: Law, plumes: Plumes) -> None:
    """Takes the plume step as PhiFlow's documentation writes it."""
    smoke, velocity = cells(plumes.smoke, box), staggered(plumes.faces, box)
    smoke = advect.mac_cormack(smoke, velocity, 1.0) + cells(law.inflow, box)
    buoyancy = (smoke * cells(law.force.movedim(1, -1), box)).at(velocity)
    velocity = advect.semi_lagrangian(velocity, velocity, 1.0) + buoyancy
    fluid.make_incompressible(velocity, solve=Solve("auto", TOLERANCE, TOLERANCE))


def _shortest(call: Callable[[], object]) -> float:
    """Times a call repeatedly, after one that warms it up, and returns the shortest time in seconds."""
    times = []
    with torch.no_grad():
        for _ in range(1 + REPEATS):
            start = perf_counter()
            call()
            if torch.cuda.is_initialized():
                torch.cuda.synchronize()
            times.append(perf_counter() - start)
    return min(times[1:])
