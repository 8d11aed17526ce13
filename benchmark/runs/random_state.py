"""The random numbers that a run draws: those of torch, NumPy's global generator and Python."""

from __future__ import annotations

import random
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


@contextmanager
def own_random_state() -> Generator[None]:
    """Lets everything inside draw from states of its own, and puts those of before back at the exit."""
    python, legacy = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(legacy)


def seed_random_state(seed: int) -> None:
    """Seeds all generators, because models of users may draw from any of them."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def random_state() -> dict[str, Any]:
    """Returns the states as tensors, numbers and text, which a checkpoint can hold."""
    name, keys, *rest = np.random.get_state(legacy=True)
    state = {"cpu": torch.get_rng_state(), "python": random.getstate()}
    state["numpy"] = (str(name), torch.from_numpy(np.asarray(keys, np.int64)), *rest)
    if torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state()
    return state


def restore_random_state(state: dict[str, Any]) -> None:
    """Puts states back that :func:`random_state` returned."""
    torch.set_rng_state(state["cpu"])
    random.setstate(state["python"])
    name, keys, *rest = state["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))
    if "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"])
