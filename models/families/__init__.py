"""Model families, one per file. Importing this package registers their models."""

from . import (
    clcnn,
    combo,
    convnet,
    equiv,
    fno,
    lift,
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
