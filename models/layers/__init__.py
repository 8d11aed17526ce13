"""Layers that can be used on their own in other networks. Importing them imports neither PhiFlow nor e2cnn."""

from .built_once import BuiltOnce, kernels_built_once
from .convolutions.dense_branch import DenseBranch
from .convolutions.dense_pathway import DensePathwayConv2d
from .convolutions.field import FieldConv2d
from .convolutions.plain import PlainConv2d
from .convolutions.relaxed_group import RelaxedGroupConv2d
from .convolutions.relaxed_steerable import RelaxedSteerableConv2d
from .convolutions.relaxed_translation import RelaxedTranslationConv2d
from .convolutions.residual_pathway import ResidualPathwayConv2d
from .convolutions.steerable import SteerableConv2d
from .convolutions.stencil import Stencil
from .fields.eighth_turns import C8, EighthTurns
from .fields.fields import Fields
from .fields.scales import DILATIONS, ScaleGroup
from .relaxed_layer import RelaxedLayer
from .untied.scaled_local import ScaledLocalConv2d
from .untied.smooth_local import SmoothLocalConv2d
from .untied.turned_local import TurnedLocalConv2d

__all__ = [
    "C8",
    "DILATIONS",
    "BuiltOnce",
    "DenseBranch",
    "DensePathwayConv2d",
    "EighthTurns",
    "FieldConv2d",
    "Fields",
    "PlainConv2d",
    "RelaxedGroupConv2d",
    "RelaxedLayer",
    "RelaxedSteerableConv2d",
    "RelaxedTranslationConv2d",
    "ResidualPathwayConv2d",
    "ScaleGroup",
    "ScaledLocalConv2d",
    "SmoothLocalConv2d",
    "SteerableConv2d",
    "Stencil",
    "TurnedLocalConv2d",
    "kernels_built_once",
]
