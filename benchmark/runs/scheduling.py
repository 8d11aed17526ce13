"""Calls a function on many arguments side by side, on this machine or on a Ray cluster, and survives lost workers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import cache
from itertools import islice
from os import _exit as leave  # as it is, whatever a model that is running may find in its place
from typing import Any, Literal

from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import TerminatedWorkerError

from ...datasets.ctrl_c import hidden_ctrl_c

Backend = Literal["loky", "ray"]
Outcome = tuple[int, Any]
RETRIES_AFTER_LOST_NODE = 3
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def run_all(
    function: Callable[..., Any],
    arguments: Sequence[tuple],
    workers: int,
    backend: Backend,
    device: str = "cpu",
    apart: bool = False,
) -> Iterator[Outcome]:
    """Yields ``(index, function(*arguments[index]))`` as they finish; the result is None where the worker was lost.

    Args:
        workers: processes side by side; on a Ray cluster, calls that share one GPU, and else as many as it has cores.
        device: what the calls compute on, so that Ray gives them nodes that have it; auto: GPUs if the cluster has any.
        apart: makes the calls in processes that are started for them alone, where one worker would be this process.

    Raises:
        ValueError: the Ray backend without Ray installed, or for CUDA where no node has a GPU.
    """
    if backend == "ray":
        return _on_ray(function, arguments, workers, device)
    return _on_processes(function, arguments, workers, apart)


def _on_processes(
    function: Callable[..., Any], arguments: Sequence[tuple], workers: int, apart: bool
) -> Iterator[Outcome]:
    """Runs calls in a pool, which a killed process takes with it. What had not finished then runs again, and what may
    have killed it, one call at a time, so that the culprit is known and the rest goes on. One worker is this process
    itself, unless the calls are to be apart."""
    todo = dict(enumerate(arguments))
    if workers == 1 and not apart:
        yield from (_numbered(function, index, each) for index, each in todo.items())
        return
    while todo:
        try:
            for index, result in _pool(function, todo, workers):
                del todo[index]
                yield index, result
        except TerminatedWorkerError:
            for index in list(todo)[:workers]:
                yield index, _alone(function, index, todo.pop(index))


def _pool(function: Callable[..., Any], todo: dict[int, tuple], workers: int) -> Iterator[Outcome]:
    """Runs calls in the order of ``todo``, at most ``workers`` ahead, so that those under way come first. Starts no
    more processes than there are calls; whoever stops waiting ends them."""
    processes = min(workers, len(todo))
    pool = ProcessPoolExecutor(max_workers=processes, env=ONE_THREAD)
    waiting, running = iter(list(todo.items())), set[Future[Outcome]]()
    try:
        while True:
            for index, each in islice(waiting, processes - len(running)):
                with hidden_ctrl_c():
                    running.add(pool.submit(_under, os.getpid(), function, index, each))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        pool.shutdown(kill_workers=bool(running))


def _alone(function: Callable[..., Any], index: int, each: tuple) -> Any:
    """Makes the call in a process of its own; returns None if that is lost too."""
    try:
        return next(_pool(function, {index: each}, 1))[1]
    except TerminatedWorkerError:
        return None


def _on_ray(function: Callable[..., Any], arguments: Sequence[tuple], workers: int, device: str) -> Iterator[Outcome]:
    """Lets Ray schedule the calls on its nodes and repeat those of a node that is lost."""
    try:
        import ray
    except ImportError as error:
        raise ValueError("expected Ray for --backend ray, got none: pip install 'symbreak[ray]'") from error
    if not ray.is_initialized():
        ray.init(log_to_driver=False)
    share = _gpu_share(device, workers, ray.cluster_resources().get("GPU", 0.0))
    remote = ray.remote(_numbered).options(num_cpus=1, num_gpus=share, max_retries=RETRIES_AFTER_LOST_NODE)
    pending = {remote.remote(function, index, each): index for index, each in enumerate(arguments)}
    while pending:
        (ready,), _ = ray.wait(list(pending), num_returns=1)
        index = pending.pop(ready)
        try:
            yield ray.get(ready)
        except (ray.exceptions.WorkerCrashedError, ray.exceptions.NodeDiedError, ray.exceptions.OutOfMemoryError):
            yield index, None


def _gpu_share(device: str, workers: int, gpus: float) -> float:
    """Computes the part of a GPU that a call asks Ray for, so that ``workers`` of them share one."""
    if device == "cuda" and not gpus:
        raise ValueError("expected a GPU in the Ray cluster for --device cuda, got none: use --device cpu")
    return 1 / workers if gpus and device != "cpu" else 0.0


def _under(parent: int, function: Callable[..., Any], index: int, each: tuple) -> Outcome:
    """Calls :func:`_numbered` in a process that ends with its parent."""
    _end_with(parent)
    return _numbered(function, index, each)


@cache
def _end_with(parent: int) -> None:
    """Makes this process look every second whether it has been orphaned: it would outlive a parent that is killed
    alone, and write where a repeated command writes."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        leave(1)

    threading.Thread(target=watch, daemon=True).start()


def _numbered(function: Callable[..., Any], index: int, each: tuple) -> Outcome:
    return index, function(*each)
