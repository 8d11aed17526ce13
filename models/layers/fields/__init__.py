"""What the channels of a layer mean: fields of a group, and how it acts on them."""

from .eighth_turns import C8, EighthTurns
from .fields import Fields, Turns, representation
from .scales import DILATIONS, ScaleGroup

__all__ = [
    "C8",
    "DILATIONS",
    "EighthTurns",
    "Fields",
    "ScaleGroup",
    "Turns",
    "representation",
]
