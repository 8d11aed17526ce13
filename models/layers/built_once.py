"""What is built from parameters, once per optimisation step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


class BuiltOnce(nn.Module, ABC):
    """A layer that works with something built from its parameters alone, such as a kernel.

    Inside :func:`kernels_built_once` that happens once, however often the layer is called.
    """

    def __init__(self):
        super().__init__()
        self._keeps = False
        self._kept = None

    @abstractmethod
    def build(self):
        """Builds it, with its graph."""

    def _built(self):
        """What :meth:`build` returns, now or when it was kept."""
        if not self._keeps:
            return self.build()
        if self._kept is None:
            self._kept = self.build()
        return self._kept


@contextmanager
def kernels_built_once(model: nn.Module) -> Iterator[None]:
    """Inside, each layer of ``model`` builds its kernel at most once: for one optimisation step, or a rollout.

    Kernels are built at the first use, with their graph, and forgotten at the exit. Parameters must not change inside.
    Inside another such context this one does nothing.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, BuiltOnce) and not layer._keeps]
    for layer in layers:
        layer._keeps = True
    try:
        yield
    finally:
        for layer in layers:
            layer._keeps, layer._kept = False, None
