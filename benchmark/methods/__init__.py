"""Ways of training that teach any network a symmetry, written ``<model>+<method>``, such as ``convnet+augment``."""

from __future__ import annotations

from .augment import Augmentation
from .method import Method, Plain
from .remul import Remul, RemulGradNorm

METHODS: dict[str, type[Method]] = {"augment": Augmentation, "remul": Remul, "remul-gradnorm": RemulGradNorm}


def base_model(name: str) -> str:
    """Names the network that is trained: ``convnet`` for ``convnet+augment``.

    Raises:
        ValueError: unknown method.
    """
    return _parts(name)[0]


def method_of(name: str) -> Method:
    """Makes the method that ``convnet+augment`` is trained by, a new one at each call; the plain one for ``convnet``.

    Raises:
        ValueError: unknown method.
    """
    return _parts(name)[1]()


def _parts(name: str) -> tuple[str, type[Method]]:
    model, plus, method = name.partition("+")
    if plus and method not in METHODS:
        raise ValueError(f"expected one of the methods {', '.join(METHODS)} after the +, got {method!r}")
    return model, METHODS[method] if plus else Plain


__all__ = ["METHODS", "Augmentation", "Method", "Plain", "Remul", "RemulGradNorm", "base_model", "method_of"]
