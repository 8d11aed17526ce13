"""The digest of the code that a run goes through."""

import ast
import inspect

import pytest

from symbreak.benchmark.runs import fingerprint as code
from symbreak.benchmark.runs.fingerprint import Essence, code_digest, skeleton
from symbreak.models import register
from symbreak.models.families.convnet import ConvNet

MODELS = ("persistence", "mlp", "convnet+augment", "equiv-rotation", "rpp-rotation")


def digests():
    """Those of ``MODELS``, afresh."""
    code_digest.cache_clear()
    return [code_digest(model) for model in MODELS]


@pytest.mark.parametrize(
    ("edited", "changed"),
    [
        (("models.layers.bases.steerable", "orthonormal"), [False, False, False, True, True]),
        (("models.families.rpp", "ResidualPathwayNet"), [False, False, False, False, True]),
        (("models.families.rpp", "DensePathwayNet"), [False] * 5),
        (("models.conv_stack", "ConvStack"), [False, False, True, True, True]),
        (("symmetry.elements", "PointElement"), [True] * 5),
        (("symmetry.dilation", "cell_means"), [True] * 5),
        (("models.build", "width_for_budget"), [True] * 5),
        (("datasets.store.dataset", "Windows"), [True] * 5),
        (("benchmark.runs.training", "shuffled_batches"), [True] * 5),
        (("benchmark.runs.metrics", "vrmse"), [True] * 5),
    ],
)
def test_an_edit_concerns_the_models_that_use_it(edited, changed, monkeypatch):
    before, text = digests(), code._text
    here = (f"symbreak.{edited[0]}", edited[1])
    assert text(here)
    monkeypatch.setattr(code, "_text", lambda definition: text(definition) + " and more" * (definition == here))
    after = digests()
    code_digest.cache_clear()
    assert [one != other for one, other in zip(before, after, strict=True)] == changed


def test_where_code_stands_does_not_count(monkeypatch):
    """A definition that moves to another file, with the imports that name it, is the same code."""
    before, home = digests(), code._home
    moved = {("symbreak.models.conv_stack", "ConvStack"): ("symbreak.models.stacks", "ConvStack")}
    definitions = code._definitions

    def elsewhere(module):
        if module == "symbreak.models.stacks":
            return definitions("symbreak.models.conv_stack")
        return definitions(module)

    def home_of_moved(module, name):
        module = "symbreak.models.conv_stack" if module == "symbreak.models.stacks" else module
        return moved.get(home(module, name), home(module, name))

    monkeypatch.setattr(code, "_definitions", elsewhere)
    monkeypatch.setattr(code, "_home", home_of_moved)
    reached = code.reached(("symbreak.models.families.convnet", "ConvNet"))
    assert ("symbreak.models.stacks", "ConvStack") in reached
    assert digests() == before
    code_digest.cache_clear()


def test_only_what_computes_counts():
    plain = (
        "def double(x):\n    if x < 0:\n        raise ValueError\n    return 2 * x\nclass Twice:\n    factor: int = 2"
    )
    told = (
        '"""About numbers."""\nimport math\n# twice\ndef double(x: int) -> int:\n    """``2 x``."""\n\n'
        '    if x < 0:\n        raise ValueError("expected a number of at least 0")\n    return (2 * x)  # exact\n'
        'class Twice:\n    factor: int = 2\n    """Of all."""'
    )
    alike, same, other = (
        skeleton(Essence().visit(ast.parse(source))) for source in (told, plain, plain.replace("2 * x", "3 * x"))
    )
    assert alike == same != other


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
