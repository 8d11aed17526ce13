"""Executes one run: builds, trains, evaluates, stores."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float

from ...datasets import DataError, DataSet, Windows
from ...models import Task, build, count_parameters, get_model, load_model_file
from ...models.containment import contained, message, place, reason
from ...simulators.physics.simulate import one_thread_without_denormals
from ...symmetry import nontrivial_elements
from ..methods import base_model, method_of
from ..records.checkout import source
from ..records.configuration import RunConfig
from ..records.records import DataErrors, LearningCurves, RunRecord, save_run
from .evaluation import evaluate, predict, scored_windows
from .fingerprint import code_digest
from .memory import forget_peak, peak_memory
from .random_state import own_random_state, seed_random_state
from .rollout import Rollout
from .training import train

PACKAGES = ("symbreak", "torch", "numpy", "phiflow", "phiml", "e2cnn")
SHORTAGES = (OSError, DataError, MemoryError, torch.OutOfMemoryError)
"""Errors that are due to the machine, not to the run."""
HALF_BITS = 11
"""Significant bits of a number in half precision."""
CPU_ALLOCATOR = "DefaultCPUAllocator"
"""Name of the allocator in the message of torch, whose error for this has no type of its own."""


def choose_device(device: str) -> torch.device:
    """Chooses where to compute: ``auto`` takes CUDA where there is one.

    Raises:
        ValueError: unknown device, or CUDA is asked for and not there.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"expected one of the devices auto, cpu, cuda, got {device!r}")
    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError("expected a CUDA device for --device cuda, got none: use --device cpu")
    return torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")


@contextmanager
def reproducible() -> Iterator[None]:
    """Makes computations repeatable: on one thread of the CPU, with random numbers of its own; and on a GPU
    with convolutions in full single precision, which cuDNN would else round to the 10 bits of TF32, a thousand times
    the equivariance error of a strict model, and by algorithms that give the same sum each time."""
    same_sums = torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)
    with one_thread_without_denormals(), own_random_state(), same_sums:
        yield


def task_of(config: RunConfig, increment_scale: float) -> Task:
    """Describes what the model of a run is built for.

    Args:
        increment_scale: rms of the data's one-step change relative to its rms velocity.
    """
    return Task(
        history=config.history,
        shape=config.recipe.shape,
        group=config.recipe.group,
        boundary=config.recipe.boundary,
        predicts=config.predicts,
        increment_scale=increment_scale,
        has_environment=config.recipe.onset is not None,
    )


def untrained(config: RunConfig, increment_scale: float, seed: int) -> Rollout:
    """Builds and initialises the model of a run, with ``seed``, for its :func:`task_of`."""
    task = task_of(config, increment_scale)
    seed_random_state(seed)
    return Rollout(build(base_model(config.model), task, budget=config.budget), task)


def seeds(seed: int) -> tuple[int, int, int]:
    """Derives independent seeds for the initialisation, the shuffling, and what is drawn while training (such as
    dropout)."""
    return tuple(int(child.generate_state(1)[0]) for child in np.random.SeedSequence(seed).spawn(3))


def execute(
    config: RunConfig, data_path: Path, out: Path, device: str = "cpu", model_file: Path | None = None
) -> RunRecord:
    """Runs ``config`` and stores its record in ``out``. An exception becomes a record of a failed run, unless the run
    has been finished there meanwhile.

    Results do not depend on how many runs share the machine: each uses one thread.
    """
    with reproducible():
        record, weights, rollout = _attempt(config, data_path, out, device, model_file)
    return save_run(out, record, weights, rollout)


def save_lost_run(config: RunConfig, out: Path) -> RunRecord:
    """Records a run whose process was killed, unless it is done by now."""
    record = replace(identity(config), reason="the process was lost: killed, or out of memory")
    return save_run(out, record, {}, {})


def _attempt(config: RunConfig, data_path: Path, out: Path, device: str, model_file: Path | None):
    """Returns the record, the weights and an example rollout; the latter two are empty if the run failed. A model that
    fails in any way while it is trained or scored counts in tables as one that diverged: else it could raise an error
    in place of predicting NaN, and be left out. What cannot be built or read, and what the machine is too small for,
    has failed and does not count.

    A run that failed starts afresh when it is repeated. One that was interrupted or killed, or for which memory or disk
    did not suffice, goes on from its checkpoint, unless that is of other code."""
    record, trained = identity(config), False
    weights, rollout = {}, {}
    try:
        with contained():
            if model_file:
                load_model_file(model_file)
            record = replace(record, family=get_model(base_model(config.model)).family, code=code_digest(config.model))
            data, chosen = DataSet(data_path), choose_device(device)
            initialised = untrained(config, data.increment_rms / data.velocity_rms, seeds(config.seed)[0]).to(chosen)
            forget_peak(chosen)
            checkpoint = out / "runs" / f"{config.hash}.{record.code}.checkpoint"
            record = replace(record, data=data_errors(data), n_parameters=count_parameters(initialised))
            windows = _training_windows(config, data)
            trained = True
            measured, weights, rollout = _measure(config, initialised, data, windows, chosen, checkpoint)
            record = replace(record, status="done", **measured)
    except Exception as error:
        short = isinstance(error, SHORTAGES) or CPU_ALLOCATOR in message(error)
        record = replace(record, reason=f"{reason(error)} ({place(error)})", diverged=trained and not short)
        if short:
            return record, weights, rollout
    for checkpoint in (out / "runs").glob(f"{config.hash}.*checkpoint"):
        checkpoint.unlink(missing_ok=True)
    return record, weights, rollout


def identity(config: RunConfig) -> RunRecord:
    """Records what is known of a run before it starts; until it is done it counts as failed."""
    instructions = torch.backends.cpu.get_cpu_capability()
    return RunRecord(
        **config.labels,
        status="failed",
        reason="",
        config=config,
        source=source(),
        versions={name: importlib.metadata.version(name) for name in PACKAGES},
        machine=f"{platform.machine()} {platform.system()}, {instructions}, Python {platform.python_version()}",
    )


def _training_windows(config: RunConfig, data: DataSet) -> tuple[Windows, Windows]:
    """Reads the windows to train and to validate on."""
    trained = None if data.recipe.onset is None else range(config.evaluation.steps)
    train_windows, valid_windows = (
        data.windows(split, history=config.history, horizon=config.training.rollout, after_onset=trained)
        for split in ("train", "valid")
    )
    return train_windows, valid_windows


def _measure(
    config: RunConfig,
    rollout: Rollout,
    data: DataSet,
    windows: tuple[Windows, Windows],
    device: torch.device,
    checkpoint: Path,
):
    """Trains and evaluates; returns the measured part of the record, the weights, and an example rollout."""
    _, shuffling_seed, training_seed = seeds(config.seed)
    seed_random_state(training_seed)
    curves = train(
        rollout,
        train_windows=windows[0],
        valid_windows=windows[1],
        scale=data.velocity_rms,
        config=config.training,
        seed=shuffling_seed,
        method=method_of(config.model),
        elements=nontrivial_elements(rollout.task.group, rollout.task.shape),
        checkpoint=checkpoint,
    )
    rows = evaluate(rollout, data, config.evaluation, device)
    measured = {
        "device": device.type,
        "train_seconds": curves.seconds,
        "samples_per_second": curves.samples / curves.seconds if curves.seconds else 0.0,
        "peak_memory_bytes": peak_memory(device),
        "curves": LearningCurves(
            train_loss=tuple(curves.train_loss), valid_rmse=tuple(curves.valid_rmse), best_epoch=curves.best_epoch
        ),
        "metrics": tuple(rows),
    }
    weights = {name: value.cpu() for name, value in rollout.model.state_dict().items()}
    return measured, weights, _example(rollout, data, config, device)


def data_errors(data: DataSet) -> DataErrors:
    """Returns what a record holds about its data: their hash, and how far they are from the symmetry."""
    errors: dict[str, float | None] = {str(steps): error for steps, error in data.equivariance_error.items()}
    return DataErrors(hash=data.manifest.hash, equivariance_error=errors, asymmetry=data.asymmetry)


def _example(rollout: Rollout, data: DataSet, config: RunConfig, device: torch.device) -> dict[str, np.ndarray]:
    """Predicts from the middle of the first unseen simulation; returns the true frames and the predicted ones, in cells
    per frame, with the digits that pictures need."""
    windows, _ = scored_windows(data, config.history, config.evaluation)["domain"]
    chosen = torch.tensor([windows.per_simulation // 2])
    frames, told = windows.batch(chosen), windows.environments(chosen)
    told = None if told is None else told.to(device)
    prediction = predict(rollout, (frames / data.velocity_rms).to(device), config.evaluation.steps, told).cpu()
    flows = {"prediction": prediction[0] * data.velocity_rms, "target": frames[0, config.history :]}
    return {name: shortened(flow.numpy()) for name, flow in flows.items()}


def shortened(flow: Float[np.ndarray, "*N"]) -> Float[np.ndarray, "*N"]:
    """Rounds to the significant bits of half precision, without its range, which ends at 65504 and loses what is below
    6e-8; compressed, the zeros that follow take little room."""
    mantissa, exponent = np.frexp(flow)
    return np.ldexp(np.round(mantissa * 2**HALF_BITS) / 2**HALF_BITS, exponent)
