"""Models from elsewhere: an installed package joins the list, and a model that lies about itself is told so."""

import os
import subprocess
import sys

import pytest

from symbreak.benchmark.cli import main
from symbreak.models import list_models

PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "symbreak-guest"
version = "1.0"

[tool.setuptools]
py-modules = ["symbreak_guest"]

[project.entry-points."symbreak.models"]
guest = "symbreak_guest"
"""
MODEL = """
import torch
from symbreak.models import Forecaster, register

@register("{name}", symmetry="rotation", family="strict", keeps="C4", source="a test")
class Guest(Forecaster):
    def __init__(self, task):
        super().__init__(task)
        self.speed = torch.nn.Parameter(torch.zeros(()))

    def forward(self, history):
        return {forward}
"""
HONEST = "self.speed * history[:, -1]"
LYING = "self.speed * history[:, -1].flip(1)"


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, env=os.environ | environment, timeout=300
    )


def test_an_installed_package_that_does_not_import_is_named_on_one_line(tmp_path):
    """The folder is what pip would leave of it: a module, and metadata with the entry point."""
    (tmp_path / "symbreak_guest.py").write_text("import nothing_of_this_name")
    metadata = tmp_path / "symbreak_guest-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: symbreak-guest\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[symbreak.models]\nguest = symbreak_guest\n")
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    listed = run("symbreak.benchmark.cli", "list", "models", PYTHONPATH=path)
    assert listed.returncode == 2
    assert listed.stderr == (
        "symbreak: expected guest = symbreak_guest of the installed package symbreak-guest to import, got "
        "ModuleNotFoundError: No module named 'nothing_of_this_name'\n"
    )


def test_a_package_installed_by_pip_adds_a_model(tmp_path):
    """Without network; the folder that it is installed to then stands for the user's environment."""
    project, target = tmp_path / "project", tmp_path / "installed"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    (project / "symbreak_guest.py").write_text(MODEL.format(name="guest-rotation", forward=HONEST))
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    installed = run("pip", "install", *options, "--target", str(target), str(project))
    assert installed.returncode == 0, installed.stderr
    path = os.pathsep.join(filter(None, (str(target), os.environ.get("PYTHONPATH"))))
    listed = run("symbreak.benchmark.cli", "list", "models", PYTHONPATH=path, COLUMNS="200")
    assert "guest-rotation" in listed.stdout, listed.stderr
    checked = run("symbreak.benchmark.cli", "check", "guest-rotation", PYTHONPATH=path)
    assert checked.returncode == 0 and "equivariance error under C4" in checked.stdout, checked.stderr
    assert "guest-rotation" not in [entry.name for entry in list_models()], "this process does not see that folder"


def test_a_model_that_lies_about_its_symmetry_is_told_so(tmp_path, capsys):
    """Swapping the components of the velocity is a reflection; the model calls itself strict under rotation."""
    model_file = tmp_path / "liar.py"
    model_file.write_text(MODEL.format(name="liar-rotation", forward=LYING))
    with pytest.raises(SystemExit) as exit:
        main(["check", "liar-rotation", "--model-file", str(model_file)])
    captured = capsys.readouterr()
    assert exit.value.code == 2 and captured.err.count("\n") == 1
    message = " ".join(captured.out.split())
    assert "FAIL symmetry: expected an equivariance error under C4 of at most 1e-05, as of family 'strict'" in message
