"""Ways of training that teach any network a symmetry, written ``<model>+<method>``, such as ``convnet+augment``."""

from __future__ import annotations

from .augment import Augmentation
from .method import Method, Plain
from .remul import Remul, RemulGradNorm

METHODS: dict[str, type[Method]] = {"augment": Augmentation, "remul": Remul, "remul-gradnorm": RemulGradNorm}


def split_name(name: str) -> tuple[str, Method]:
    """``convnet+augment`` is the model ``convnet`` trained by ``augment``; each call gives a method of its own.

    Raises:
        ValueError: unknown method.
    """
    model, plus, method = name.partition("+")
    if plus and method not in METHODS:
        raise ValueError(f"expected a method out of {', '.join(METHODS)} after the +, got {method!r}")
    return model, METHODS[method]() if plus else Plain()


__all__ = ["METHODS", "Augmentation", "Method", "Plain", "Remul", "RemulGradNorm", "split_name"]
