"""``symbreak.benchmark`` exports what users call, and imports it when they do."""

import subprocess
import sys

import pytest

import symbreak


@pytest.mark.parametrize("name", symbreak.benchmark.__all__)
def test_every_name_is_there(name):
    assert name in dir(symbreak.benchmark)
    value = getattr(symbreak.benchmark, name)
    assert callable(value) or name == "PRESETS"
    assert getattr(symbreak.benchmark, name) is value, "a module of that name does not hide it after its import"


def test_the_face_is_light_until_it_is_used():
    code = (
        "import sys, symbreak; symbreak.benchmark; assert 'torch' not in sys.modules; "
        "print(symbreak.benchmark.Preset(name='mine').name, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["mine", "True"], done.stderr


def test_what_is_not_exported_is_missed_as_in_any_module():
    with pytest.raises(AttributeError, match=r"module 'symbreak\.benchmark' has no attribute 'nothing'"):
        symbreak.benchmark.nothing  # noqa: B018


def test_results_are_read_from_text_as_from_paths(results_folder, tmp_path):
    """Every call that takes a folder takes its name too."""
    ranked = symbreak.benchmark.leaderboard(str(results_folder), str(tmp_path))
    assert ranked.equals(symbreak.benchmark.leaderboard(results_folder, tmp_path))
    loaded = symbreak.benchmark.load_results(str(results_folder))
    assert set(ranked.model) == set(loaded.model)
