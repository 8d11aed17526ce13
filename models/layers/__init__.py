"""Layers that can be used on their own in other networks. Importing them imports neither PhiFlow nor e2cnn."""

from .built_conv import BuiltConv2d, kernels_built_once
from .fields import Fields
from .plain_conv import PlainConv2d
from .relaxed_group_conv import RelaxedGroupConv2d
from .relaxed_layer import RelaxedLayer
from .relaxed_steerable_conv import RelaxedSteerableConv2d
from .residual_pathway_conv import ResidualPathwayConv2d
from .steerable_conv import SteerableConv2d

__all__ = [
    "BuiltConv2d",
    "Fields",
    "PlainConv2d",
    "RelaxedGroupConv2d",
    "RelaxedLayer",
    "RelaxedSteerableConv2d",
    "ResidualPathwayConv2d",
    "SteerableConv2d",
    "kernels_built_once",
]
