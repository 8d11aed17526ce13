"""Locally connected layers: a kernel for each place."""

from .locally_connected import LocallyConnected2d
from .scaled_local import ScaledLocalConv2d
from .smooth_local import SmoothLocalConv2d
from .turned_local import TurnedLocalConv2d

__all__ = [
    "LocallyConnected2d",
    "ScaledLocalConv2d",
    "SmoothLocalConv2d",
    "TurnedLocalConv2d",
]
