"""What all convolutions between fields of a point group share."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn, zeros

from ..fields.fields import Fields
from .built import BuiltConv2d


class FieldConv2d(BuiltConv2d):
    """A :class:`BuiltConv2d` between fields, with one bias a field: shared by its components, none for vectors.

    Any other bias would break the symmetry.

    Args:
        source, target: what the input's and the output's channels mean.

    Raises:
        ValueError: fields of different groups.
    """

    def __init__(self, source: Fields, target: Fields, kernel_size: int, boundary: tuple[str, str]):
        super().__init__(kernel_size, boundary)
        if source.group != target.group:
            raise ValueError(f"target: expected fields of {source.group.name}, got fields of {target.group.name}")
        self.source, self.target = source, target
        self.bias = None if target.kind == "vector" else nn.Parameter(zeros(target.count))

    def channel_bias(self) -> Float[Tensor, " C_out"] | None:
        return None if self.bias is None else self.target.by_channel(self.bias)


def initial_scale(basis: Float[Tensor, "N o i k k"], source: Fields, gain: float) -> float:
    """Standard deviation of weights ``[O, I, N]`` that gives kernel entries the variance ``gain^2 / (C_in k^2)``."""
    return gain * (basis.shape[1] / (source.count * basis.square().sum().item())) ** 0.5
