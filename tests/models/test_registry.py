"""Names, budgets, tasks and model files: what a user can get wrong is named."""

from pathlib import Path

import pytest
import torch

from symbreak.models import (
    Forecaster,
    Task,
    build,
    check_model,
    count_parameters,
    get_model,
    list_models,
    load_model_file,
    register,
)
from symbreak.models.registry import MODELS

TASK = Task(history=1, shape=(16, 16), group="C4")
EXAMPLE = Path(__file__).parents[2] / "examples" / "my_model.py"
HEADER = "import torch\nfrom symbreak.models import Forecaster, register\n"


@pytest.fixture(autouse=True)
def _models_as_before():
    before = dict(MODELS)
    yield
    MODELS.clear()
    MODELS.update(before)


def registered(tmp_path, body, name="broken", options='family="unconstrained"', file="model.py"):
    """Loads a file with one model whose class body is ``body``."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    path = tmp_path / file
    path.write_text(f'{HEADER}@register("{name}", {options})\nclass Model(Forecaster):\n{lines}\n')
    return load_model_file(path)


def failures(name):
    return [line for line in check_model(name).lines if not line.passed]


def test_a_scenario_runs_the_models_of_its_symmetry_and_those_without():
    names = [entry.name for entry in list_models("rotation")]
    assert {"persistence", "convnet", "equiv-rotation", "rpp-rotation", "rsteer-rotation"} <= set(names)
    assert "equiv-reflection" not in names
    with pytest.raises(ValueError, match=r"symmetry: expected one of translation, .* got 'spin'"):
        list_models("spin")


def test_every_entry_says_what_it_keeps_and_breaks():
    for entry in list_models():
        assert entry.keeps and entry.breaks and entry.source, entry.name
        assert entry.cls.__doc__


def test_unknown_names_are_answered_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"expected one of the models .*convnet.*, got 'convent'"):
        get_model("convent")


@pytest.mark.parametrize("budget", [3000, 20000])
def test_budget_picks_the_nearest_width(budget):
    for entry in list_models("rotation"):
        if not entry.has_width or not entry.usable or entry.name == "clcnn-rotation":
            continue
        model = build(entry.name, TASK, budget=budget)
        others = [count_parameters(build(entry.name, TASK, width=width)) for width in range(1, 34)]
        assert abs(count_parameters(model) - budget) == min(abs(count - budget) for count in others)


def test_the_budget_search_leaves_the_random_state_alone():
    """A model built by budget equals the one built with the same seed and the width that was found."""
    torch.manual_seed(3)
    by_budget = build("convnet", TASK, budget=5000)
    torch.manual_seed(3)
    by_width = build("convnet", TASK, width=by_budget.network.layers[0].weight.shape[0])
    assert torch.equal(by_budget.network.layers[0].weight, by_width.network.layers[0].weight)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"width": 0}, "width: expected at least 1, got 0"),
        ({"budget": -5}, "budget: expected at least 1, got -5"),
        ({"width": 2, "budget": 5}, "expected either width or budget"),
    ],
)
def test_bad_sizes_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        build("convnet", TASK, **options)


def test_the_wrong_group_is_named():
    shifts = Task(history=1, shape=(16, 16), group="shift-x", boundary=("periodic", "closed"))
    with pytest.raises(ValueError, match="group: expected C4 or D4 for equiv-rotation, got 'shift-x'"):
        build("equiv-rotation", shifts)


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"history": 0}, "history: expected at least 1 frame, got 0"),
        ({"shape": (0, 4)}, "shape: expected two positive numbers of cells"),
        ({"group": "C5"}, "group: expected one of C4, D4, .* got 'C5'"),
        ({"boundary": ("closed", "soft")}, "boundary: expected two of closed, periodic, open"),
        ({"predicts": "weather"}, "predicts: expected 'increment' or 'frame', got 'weather'"),
    ],
)
def test_bad_tasks_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        Task(**({"history": 1, "shape": (4, 4), "group": "C4"} | changes))


def test_the_example_registers_a_model_that_passes():
    entries = load_model_file(EXAMPLE)
    assert [entry.name for entry in entries] == ["my-relaxed"]
    report = check_model("my-relaxed")
    assert report.passed, str(report)
    assert report.errors["C4"] < 1e-5 < report.errors["mirror"]
    assert load_model_file(EXAMPLE)[0].name == "my-relaxed", "a second load, as in a worker, is fine"


def test_the_example_is_short():
    assert len([line for line in EXAMPLE.read_text().splitlines() if line.strip()]) <= 40


FORWARD = "def forward(self, history):\n    return {}"


def test_a_wrong_shape_is_reported(tmp_path):
    registered(tmp_path, FORWARD.format("history"))
    (line,) = failures("broken")
    assert str(line) == "FAIL output shape: expected [3, 2, 24, 24], got [3, 2, 2, 24, 24]"


def test_nan_is_reported(tmp_path):
    registered(tmp_path, FORWARD.format("history[:, -1] * float('nan')"))
    (line,) = failures("broken")
    assert "expected finite numbers, got 3456 of 3456 NaN or infinite" in str(line)


def test_a_parameter_without_gradient_is_reported(tmp_path):
    body = "def __init__(self, task):\n    super().__init__(task)\n    self.idle = torch.nn.Parameter(torch.ones(3))\n"
    body += "    self.used = torch.nn.Parameter(torch.ones(1))\n"
    registered(tmp_path, body + FORWARD.format("self.used * history[:, -1]"))
    (line,) = failures("broken")
    assert line.subject == "gradients" and line.got == "none for idle"


def test_an_exception_is_reported(tmp_path):
    registered(tmp_path, FORWARD.format("history.nonsense()"))
    (line,) = failures("broken")
    assert line.subject == "forward" and "AttributeError" in line.got


def test_a_constructor_that_fails_is_reported(tmp_path):
    registered(tmp_path, "def __init__(self, task):\n    raise KeyError('no')\n" + FORWARD.format("0"))
    (line,) = failures("broken")
    assert line.subject == "constructor" and "KeyError" in line.got


def test_a_strict_model_that_is_not_is_reported(tmp_path):
    body = "def forward(self, history):\n    return history[:, -1].flip(1)"
    registered(tmp_path, body, options='family="strict", symmetry="rotation"')
    (line,) = failures("broken")
    assert line.subject == "symmetry" and "under C4 of at most 1e-05" in line.expected


def test_in_place_changes_and_mixing_of_samples_are_reported(tmp_path):
    registered(tmp_path, "def forward(self, history):\n    history += history.mean(0)\n    return history[:, -1]")
    assert {line.subject for line in failures("broken")} == {"input", "samples"}


def test_bad_registrations_are_named(tmp_path):
    good = FORWARD.format("history[:, -1]")
    for options, message in (
        ('family="magic"', "family: expected one of baseline, .* got 'magic'"),
        ('family="strict", symmetry="spin"', "symmetry: expected None or one of .* got 'spin'"),
    ):
        with pytest.raises(ValueError, match=message):
            registered(tmp_path, good, options=options)
    with pytest.raises(ValueError, match="name: expected small letters, digits, '-' and '_', got 'My Model'"):
        registered(tmp_path, good, name="My Model")
    with pytest.raises(ValueError, match="name: expected one that is free, got 'convnet'"):
        registered(tmp_path, good, name="convnet")
    with pytest.raises(ValueError, match="expected Model to define forward"):
        registered(tmp_path, "pass")
    with pytest.raises(
        ValueError, match=r"expected a constructor \(task\) or \(task, \*, width=...\), got Model\(size\)"
    ):
        registered(tmp_path, "def __init__(self, size):\n    pass\n" + good)
    with pytest.raises(ValueError, match=r"expected a subclass of symbreak\.models\.Forecaster"):
        register("plain", family="baseline")(torch.nn.Linear)


def test_bad_model_files_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"expected a Python file with models, got .*missing\.py"):
        load_model_file(tmp_path / "missing.py")
    path = tmp_path / "bad.py"
    for text, message in (
        ("x = 1\n", "expected at least one class with @register in .*bad.py, got none"),
        ("import torch\n\nx = y\n", "expected .*bad.py to import, got line 3: NameError: name 'y' is not defined"),
        ("def f(:\n", "line 1: SyntaxError"),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=message):
            load_model_file(path)


FACTORIES = """
import types

import elsewhere
from symbreak.models import Forecaster, register


def still(depth):
    class Still(Forecaster):
        def forward(self, history):
            return history[:, -1]

    return Still


register("closure", family="baseline")(still(3))
register("new-class", family="baseline")(types.new_class("Still", (still(1),)))
register("from-elsewhere", family="baseline")(elsewhere.Still)
elsewhere.registering("registered-there")
"""
ELSEWHERE = """
from symbreak.models import Forecaster, register


class Still(Forecaster):
    def forward(self, history):
        return history[:, -1]


def registering(name):
    register(name, family="baseline")(Still)


registering("on-import")
"""


def test_classes_from_factories_and_other_modules_are_models_of_the_file_that_registers_them(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "elsewhere.py").write_text(ELSEWHERE, encoding="utf-8")
    path = tmp_path / "factories.py"
    path.write_text(FACTORIES, encoding="utf-8")
    names = {"closure", "new-class", "from-elsewhere", "registered-there", "on-import"}
    for _ in range(2):
        assert {entry.name for entry in load_model_file(path)} == names


def test_a_class_can_be_registered_in_a_session():
    @register("session-model", family="baseline")
    class Last(Forecaster):
        def forward(self, history):
            return history[:, -1]

    assert get_model("session-model").cls is Last and not get_model("session-model").has_width
