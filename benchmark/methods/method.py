"""Defines what a way of training can do to data and loss."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from jaxtyping import Float
from torch import Tensor

from ...models import Forecaster
from ...symmetry import Element
from .gradnorm import GradNorm

Batch = Float[Tensor, "B N 2 X Y"]
Loss = Float[Tensor, ""]


class Method(ABC):
    """Changes the windows of a batch before the loss, and the loss before it is minimised.

    Random choices come from torch's generator, which the trainer seeds and stores.
    """

    learned: GradNorm | None = None
    """What the method learns while the network is trained; most methods learn nothing."""

    @abstractmethod
    def windows(self, windows: Batch, elements: Sequence[Element]) -> Batch:
        """Gives the windows to train on."""

    @abstractmethod
    def loss(self, objective: Loss, model: Forecaster, history: Batch, elements: Sequence[Element]) -> Loss:
        """Gives what is minimised, from the data term plus the model's own penalty."""

    def state_dict(self) -> dict[str, Any]:
        """Gives the tensors and numbers that a training needs to go on where it stopped."""
        return {} if self.learned is None else self.learned.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restores what :meth:`state_dict` gave."""
        if self.learned is not None:
            self.learned.load_state_dict(state)


class Plain(Method):
    """Trains on the data as they are."""

    def windows(self, windows, elements):
        return windows

    def loss(self, objective, model, history, elements):
        return objective
