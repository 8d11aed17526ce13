"""Model families, one a file. Importing this package registers their models."""

from . import (
    clcnn,
    combo,
    convnet,
    equiv,
    fno,
    lift,
    lift_strict,
    linear,
    mlp,
    persistence,
    resnet,
    rgroup,
    rpp,
    rsteer,
    rsteer_joint,
    unet,
)

__all__ = [
    "clcnn",
    "combo",
    "convnet",
    "equiv",
    "fno",
    "lift",
    "lift_strict",
    "linear",
    "mlp",
    "persistence",
    "resnet",
    "rgroup",
    "rpp",
    "rsteer",
    "rsteer_joint",
    "unet",
]
