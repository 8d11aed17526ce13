"""The contract of a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .layers.relaxed_layer import RelaxedLayer
from .task import Task


class Forecaster(nn.Module, ABC):
    """Maps a history of velocity frames to the next frame or its increment, see :class:`Task`.

    A model is a subclass with a constructor ``(task)`` or ``(task, *, width=16)`` and a ``forward``; it names no
    device and keeps constants in buffers.

    A class with ``informed = True`` has a ``forward(history, environment=None)``. Where the data store the fields that
    :data:`~.task.ENVIRONMENT` lists, it is given them, ``[B, E, X, Y]``; it is made for such data only.
    """

    informed: ClassVar[bool] = False

    def __init__(self, task: Task):
        super().__init__()
        self.task = task

    @abstractmethod
    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        """Predicts the next velocity frame or its increment, as the task says."""

    def relaxation_penalty(self) -> Float[Tensor, ""]:
        """Computes what is added to the loss as it is; by default the sum over the model's relaxed layers, or 0."""
        layers = [layer for layer in self.modules() if isinstance(layer, RelaxedLayer)]
        return sum((layer.relaxation_penalty() for layer in layers), torch.zeros(()))

    def learned_relaxation(self) -> float | None:
        """Measures how far the weights are from the symmetry: by default the mean over the layers in which that can
        be measured, None if there are none.

        0 at the constraint; see :meth:`.layers.relaxed_layer.RelaxedLayer.learned_relaxation`.
        """
        layers = (layer.learned_relaxation() for layer in self.modules() if isinstance(layer, RelaxedLayer))
        known = [relaxation for relaxation in layers if relaxation is not None]
        return torch.stack(known).mean().item() if known else None

    def frames_as_channels(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B C X Y"]:
        """Reshapes ``[B, T, 2, X, Y] -> [B, 2T, X, Y]``: the input of a convolutional network.

        Raises:
            ValueError: if the number of frames or the grid is not the task's.
        """
        self.check_history(history)
        return history.flatten(1, 2)

    def check_history(self, history: Tensor) -> None:
        """Raises ``ValueError`` if the number of frames or the grid is not the task's."""
        expected = (self.task.history, 2, *self.task.shape)
        if tuple(history.shape[1:]) != expected:
            raise ValueError(f"history: expected shape [B, {', '.join(map(str, expected))}], got {list(history.shape)}")
