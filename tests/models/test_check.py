"""What `check` finds in models that would fail only in the middle, or at the end, of a run."""

import os

import pytest
import torch

from symbreak.models import Forecaster, Task, check_model, default_task, get_model, load_model_file, register
from symbreak.models.containment import LONGEST_REASON, Ended, contained, reason


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no text")


class Leaves(torch.autograd.Function):
    """Is the identity, until gradients are asked for."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, *grad_outputs):
        raise SystemExit(0)


def raises(error):
    raise error


def mine(forward=lambda self, out: out, **methods):
    """Registers a model of one parameter, whose ``forward`` gets what an honest one would return."""

    class Model(Forecaster):
        def __init__(self, task):
            super().__init__(task)
            self.weight = torch.nn.Parameter(torch.ones(1))
            methods.get("construct", lambda model: None)(self)

        def forward(self, history):
            return forward(self, self.weight * history[:, -1])

    for name, method in methods.items():
        setattr(Model, name, method)
    register("mine", family="unconstrained")(Model)


def failed():
    """The failed line, of which there is one."""
    (line,) = (line for line in check_model("mine").lines if not line.passed)
    return str(line)


def test_an_honest_model_passes():
    mine()
    assert check_model("mine").passed


FORWARD = {
    "None": (lambda self, out: None, "FAIL output: expected a tensor, got NoneType"),
    "meta": (lambda self, out: out.to("meta"), "numbers on cpu, got float32, strided, on meta"),
    "sparse": (lambda self, out: out.to_sparse(), "numbers on cpu, got float32, sparse_coo, on cpu"),
    "complex": (lambda self, out: out.to(torch.complex64), "numbers on cpu, got complex64"),
    "whole": (lambda self, out: out.long(), "numbers on cpu, got int64"),
    "one number a sample": (lambda self, out: out.mean((1, 2, 3), keepdim=True), "got [3, 1, 1, 1]"),
    "sys.exit": (
        lambda self, out: raises(SystemExit(0)),
        "FAIL forward: expected a prediction, got Ended: SystemExit: 0",
    ),
    "os._exit": (lambda self, out: os._exit(0), "got Ended: os._exit(0)"),
    "GeneratorExit": (lambda self, out: raises(GeneratorExit()), "got Ended: GeneratorExit:"),
    "no text": (lambda self, out: raises(Unprintable()), "got Unprintable: no message, because its text ended in Runt"),
    "backward": (lambda self, out: Leaves.apply(out), "FAIL backward: .* got Ended: SystemExit: 0"),
}


@pytest.mark.parametrize("forward, said", FORWARD.values(), ids=FORWARD)
def test_a_forward_that_no_run_could_use(forward, said):
    mine(forward)
    line = failed()
    assert all(part in line for part in said.split(".* ")), line


METHODS = {
    "NaN": (
        {"relaxation_penalty": lambda self: torch.tensor(float("nan"))},
        "FAIL penalty: expected a finite number, got nan",
    ),
    "no penalty": ({"relaxation_penalty": lambda self: None}, "FAIL penalty: expected a finite number, got "),
    "many penalties": (
        {"relaxation_penalty": lambda self: torch.ones(3)},
        "FAIL penalty: expected a finite number, got ",
    ),
    "relaxation": (
        {"learned_relaxation": lambda self: 1 / 0},
        "FAIL learned relaxation: expected a number or None, got Zero",
    ),
    "extra state": (
        {"get_extra_state": lambda self: {"step": 1}},
        "FAIL weights: expected a state_dict of dense tensors, got something else in _extra_state",
    ),
    "exit": (
        {"construct": lambda self: raises(SystemExit(0))},
        "FAIL constructor: expected Model(task), got Ended: System",
    ),
}


@pytest.mark.parametrize("methods, said", METHODS.values(), ids=METHODS)
def test_what_fails_after_the_first_prediction(methods, said):
    mine(**methods)
    assert said in failed()


def test_what_is_drawn_and_not_stored_is_reported():
    """Rescoring builds the model anew, with another seed."""
    drawn = {"construct": lambda self: setattr(self, "noise", torch.rand(()))}
    mine(lambda self, out: out + self.noise, **drawn)
    assert "FAIL saving: expected the same prediction from weights that were saved and loaded, got a diff" in failed()


def test_a_step_of_adam_is_taken():
    """Its gradients are finite, and sparse, which Adam cannot use."""

    def construct(self):
        self.table = torch.nn.Embedding(4, 1, sparse=True)

    mine(lambda self, out: out * self.table(torch.arange(4)).sum(), construct=construct)
    assert "FAIL optimiser: expected a step of Adam, got RuntimeError" in failed()


WIDE = """
import torch
from symbreak.models import Forecaster, register

@register("wide", family="unconstrained", sides={sides})
class Wide(Forecaster):
    {declared}
    def __init__(self, task, *, width=16):
        super().__init__(task)
        if task.shape[0] % {sides}:
            raise ValueError("sides")
        self.first = torch.nn.Conv2d(2 * task.history, width, 3, padding=1)
        self.norm = torch.nn.GroupNorm(8, width)
        self.last = torch.nn.Conv2d(width, 2, 3, padding=1)

    def forward(self, history):
        return self.last(self.norm(self.first(history.flatten(1, 2))).tanh())
"""


def wide(folder, declared="", sides=1):
    path = folder / "wide.py"
    path.write_text(WIDE.format(declared=declared, sides=sides))
    load_model_file(path)


def test_a_model_without_width_1_says_what_is_missing(tmp_path):
    wide(tmp_path)
    (line,) = (line for line in check_model("wide").lines if not line.passed)
    expected = "FAIL width: expected to be built at width 1, or a class attribute smallest_width, got "
    assert str(line) == f"{expected}ValueError: num_channels (1) must be divisible by num_groups (8)"


def test_a_declared_smallest_width_is_built(tmp_path):
    wide(tmp_path, declared="smallest_width = 8")
    report = check_model("wide")
    assert report.passed and "more parameters at width 32 than at 8" in str(report)


def test_the_grid_is_one_that_the_model_is_made_for(tmp_path):
    """24 cells are no multiple of 16: 32 are."""
    wide(tmp_path, declared="smallest_width = 8", sides=16)
    assert default_task(get_model("wide")).shape == (32, 32)
    assert check_model("wide").passed
    report = check_model("wide", Task(history=1, shape=(24, 16), group="C4"))
    assert str(report) == "wide\nFAIL task: expected sides that are multiples of 16, got 24 x 16 cells"


def test_what_ends_a_process_becomes_an_error_but_ctrl_c_does_not():
    for ending in (SystemExit(3), GeneratorExit("why")):
        with pytest.raises(Ended, match=f"{type(ending).__name__}: "), contained():
            raise ending
    with pytest.raises(Ended, match=r"os\._exit\(4\)"), contained():
        os._exit(4)
    with pytest.raises(KeyboardInterrupt), contained():
        raise KeyboardInterrupt
    assert os._exit.__module__ == "posix"


def test_a_reason_is_one_line_of_printable_text_that_is_cut():
    assert reason(ValueError("a\n b\ud800")) == r"ValueError: a b\ud800"
    assert len(reason(ValueError("x" * 10**6))) == LONGEST_REASON + 3
