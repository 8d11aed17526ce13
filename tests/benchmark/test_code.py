"""The digest of the code that a run goes through."""

import inspect

import pytest

from symbreak.benchmark import code
from symbreak.benchmark.code import code_digest, statements


def digests(*models):
    code_digest.cache_clear()
    return [code_digest(model) for model in models]


@pytest.mark.parametrize(
    ("edited", "changed"),
    [
        ("symbreak.models.layers.steerable_basis", [False, False, True, True]),
        ("symbreak.models.rpp", [False, False, False, True]),
        ("symbreak.symmetry.elements", [True] * 4),
        ("symbreak.models.build", [True] * 4),
        ("symbreak.benchmark.training", [True] * 4),
        ("symbreak.benchmark.leaderboard", [False] * 4),
    ],
)
def test_an_edit_concerns_the_models_that_use_it(edited, changed, monkeypatch):
    models = ("persistence", "convnet+augment", "equiv-rotation", "rpp-rotation")
    before = digests(*models)
    source = inspect.getsource
    monkeypatch.setattr(
        code.inspect, "getsource", lambda module: source(module) + ("\nx = 1" if module.__name__ == edited else "")
    )
    after = digests(*models)
    code_digest.cache_clear()
    assert [one != other for one, other in zip(before, after, strict=True)] == changed


def test_only_statements_count():
    plain = "def double(x):\n    return 2 * x"
    told = '"""About numbers."""\n# twice\ndef double(x):\n    """``2 x``."""\n\n    return (2 * x)  # exact'
    assert statements(told) == statements(plain) != statements(plain.replace("2", "3"))
    assert statements('class Empty:\n    """Nothing."""') == "class Empty:\n    pass"
