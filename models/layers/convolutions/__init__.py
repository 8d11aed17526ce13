"""Convolutions with one kernel for all places, or a few that are mixed place by place."""

from .dense_branch import DenseBranch
from .dense_pathway import DensePathwayConv2d
from .field import FieldConv2d
from .plain import PlainConv2d
from .relaxed_group import RelaxedGroupConv2d
from .relaxed_steerable import RelaxedSteerableConv2d
from .relaxed_translation import RelaxedTranslationConv2d
from .residual_pathway import ResidualPathwayConv2d
from .steerable import SteerableConv2d
from .stencil import Stencil

__all__ = [
    "DenseBranch",
    "DensePathwayConv2d",
    "FieldConv2d",
    "PlainConv2d",
    "RelaxedGroupConv2d",
    "RelaxedSteerableConv2d",
    "RelaxedTranslationConv2d",
    "ResidualPathwayConv2d",
    "SteerableConv2d",
    "Stencil",
]
