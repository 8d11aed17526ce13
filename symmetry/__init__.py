"""Group elements, their action on fields, and the equivariance error. Imports nothing else of symbreak."""

from .assertion import assert_equivariant, commutation_errors
from .dilation import Dilation
from .elements import Element, Faces, PointElement, Shape, Shift
from .error import equivariance_error
from .groups import (
    C4,
    D4,
    GROUP_NAMES,
    MIRROR,
    SYMMETRY_OF_GROUP,
    PointGroup,
    nontrivial_elements,
    point_group,
    probes,
)

__all__ = [
    "C4",
    "D4",
    "GROUP_NAMES",
    "MIRROR",
    "SYMMETRY_OF_GROUP",
    "Dilation",
    "Element",
    "Faces",
    "PointElement",
    "PointGroup",
    "Shape",
    "Shift",
    "assert_equivariant",
    "commutation_errors",
    "equivariance_error",
    "nontrivial_elements",
    "point_group",
    "probes",
]
