"""The digest of the code that a run goes through."""

import ast
import inspect

import pytest

from symbreak.benchmark import code
from symbreak.benchmark.code import code_digest, skeleton
from symbreak.models import register
from symbreak.models.convnet import ConvNet

MODELS = ("persistence", "mlp", "convnet+augment", "equiv-rotation", "rpp-rotation")


def digests():
    """Those of ``MODELS``, afresh."""
    code_digest.cache_clear()
    return [code_digest(model) for model in MODELS]


@pytest.mark.parametrize(
    ("edited", "changed"),
    [
        ("models.layers.steerable_basis", [False, False, False, True, True]),
        ("models.rpp", [False, False, False, False, True]),
        ("models.conv_stack", [False, True, True, True, True]),
        ("symmetry.elements", [True] * 5),
        ("symmetry.dilation", [True] * 5),
        ("models.build", [True] * 5),
        ("datasets.dataset", [True] * 5),
        ("benchmark.training", [True] * 5),
        ("benchmark.leaderboard", [False] * 5),
    ],
)
def test_an_edit_concerns_the_models_that_use_it(edited, changed, monkeypatch):
    before, text = digests(), code._text
    monkeypatch.setattr(code, "_text", lambda name: text(name) + " and more" * (name == f"symbreak.{edited}"))
    after = digests()
    code_digest.cache_clear()
    assert [one != other for one, other in zip(before, after, strict=True)] == changed


def test_only_statements_count():
    plain = "def double(x):\n    return 2 * x\nclass Twice:\n    factor: int = 2"
    told = (
        '"""About numbers."""\n# twice\ndef double(x):\n    """``2 x``."""\n\n    return (2 * x)  # exact\n'
        'class Twice:\n    factor: int = 2\n    """Of all."""'
    )
    alike, other = (skeleton(ast.parse(source)) for source in (told, plain.replace("2 * x", "3 * x")))
    assert alike == skeleton(ast.parse(plain)) != other


def test_a_class_that_was_typed_in_has_no_digest(monkeypatch):
    """As in a notebook: its module is no file."""

    class Typed(ConvNet):
        pass

    register("typed", family="unconstrained")(Typed)
    source = inspect.getsource

    def no_source(module):
        if module.__name__ == Typed.__module__:
            raise OSError("could not get source code")
        return source(module)

    monkeypatch.setattr(code.inspect, "getsource", no_source)
    assert code_digest("typed") is None
