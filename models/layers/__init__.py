"""Layers that can be used on their own in other networks. Importing them imports neither PhiFlow nor e2cnn."""

from .built_conv import BuiltConv2d
from .built_once import BuiltOnce, kernels_built_once
from .dense_branch import DenseBranch
from .dense_pathway_conv import DensePathwayConv2d
from .eighth_turns import C8, EighthTurns
from .fields import Fields
from .plain_conv import PlainConv2d
from .relaxed_group_conv import RelaxedGroupConv2d
from .relaxed_layer import RelaxedLayer
from .relaxed_scale_conv import RelaxedScaleConv2d
from .relaxed_steerable_conv import RelaxedSteerableConv2d
from .relaxed_translation_conv import RelaxedTranslationConv2d
from .residual_pathway_conv import ResidualPathwayConv2d
from .scaled_local_conv import ScaledLocalConv2d
from .scales import DILATIONS, ScaleGroup
from .smooth_local_conv import SmoothLocalConv2d
from .steerable_conv import SteerableConv2d
from .turned_local_conv import TurnedLocalConv2d

__all__ = [
    "C8",
    "DILATIONS",
    "BuiltConv2d",
    "BuiltOnce",
    "DenseBranch",
    "DensePathwayConv2d",
    "EighthTurns",
    "Fields",
    "PlainConv2d",
    "RelaxedGroupConv2d",
    "RelaxedLayer",
    "RelaxedScaleConv2d",
    "RelaxedSteerableConv2d",
    "RelaxedTranslationConv2d",
    "ResidualPathwayConv2d",
    "ScaleGroup",
    "ScaledLocalConv2d",
    "SmoothLocalConv2d",
    "SteerableConv2d",
    "TurnedLocalConv2d",
    "kernels_built_once",
]
