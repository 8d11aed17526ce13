"""Caches what a layer builds from its parameters, for one optimisation step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


class BuiltOnce(nn.Module, ABC):
    """Describes a layer that uses something built from its parameters alone, such as a kernel.

    Inside :func:`kernels_built_once` that happens once, however often the layer is called.
    """

    _kept: dict[tuple[bool, torch.dtype | None], Any] | None = None
    """What was built, inside such a context."""

    @abstractmethod
    def build(self) -> Any:
        """Builds it, with its graph."""

    def _built(self) -> Any:
        """Returns what :meth:`build` gives, built now or kept from before."""
        if self._kept is None:
            return self.build()
        mode = self._mode()
        if mode not in self._kept:
            self._kept[mode] = self.build()
        return self._kept[mode]

    def _mode(self) -> tuple[bool, torch.dtype | None]:
        """Returns what the result depends on: whether gradients are recorded, and the dtype of autocast, if any."""
        device = next(self.parameters()).device.type
        autocast = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else None
        return torch.is_grad_enabled(), autocast


@contextmanager
def kernels_built_once(model: nn.Module) -> Iterator[None]:
    """Lets each layer of ``model`` build its kernel at most once inside: for one optimisation step, or one rollout.

    Kernels are built at the first use, with their graph, and forgotten at the exit. Those built under ``no_grad`` or
    autocast are used there alone: elsewhere others are built, once again. Parameters must not change inside. Inside
    another such context this one does nothing.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, BuiltOnce) and layer._kept is None]
    for layer in layers:
        layer._kept = {}
    try:
        yield
    finally:
        for layer in layers:
            layer._kept = None
