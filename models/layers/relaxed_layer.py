"""Layers that may leave their symmetry, at a price."""

from __future__ import annotations

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor


class RelaxedLayer(ABC):
    """A layer whose distance from its symmetry enters the loss."""

    @abstractmethod
    def relaxation_penalty(self) -> Float[Tensor, ""]:
        """What the layer adds to the loss, once and as it is."""
