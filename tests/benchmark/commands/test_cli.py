"""The command line as a user meets it: exit code 0, or 2 and one line."""

import ast
import inspect
import re
import subprocess
import sys
from dataclasses import is_dataclass
from typing import get_type_hints

import pytest
import torch
from joblib.externals.loky.process_executor import TerminatedWorkerError

from symbreak import __version__
from symbreak.benchmark.cli import main
from symbreak.benchmark.commands import COMMANDS, Command, List, Verify
from symbreak.benchmark.commands.console import CONSOLE
from symbreak.benchmark.grids.presets import Preset

from ..conftest import complaint

HEAVY = {"torch", "pandas", "phi", "matplotlib", "plotly", "e2cnn", "joblib"}


@pytest.mark.parametrize(
    "what, name", [("models", "rgroup-rotation"), ("scenarios", "rotation-buoyancy"), ("presets", "quick")]
)
def test_list(capsys, what, name):
    main(["list", what])
    assert name in capsys.readouterr().out


BAD_INPUT = [
    ((), r"^symbreak: expected one of the commands list, .*, got none$"),
    (("fly",), r"^symbreak: expected one of the commands list, .*, board, got 'fly'$"),
    (("--fly",), r"^symbreak: Unrecognized options: --fly$"),
    (("list", "planets"), r"^symbreak: invalid choice 'planets' for .* \('scenarios', 'models', 'presets'\)"),
    (("bench", "planets"), r"^symbreak: invalid choice 'planets' for .* \('simulate', 'train', 'results'\)"),
    (("generate", "--scenario"), r"^symbreak: Missing value for argument '--scenario'"),
    (("fly", "--high"), r"^symbreak: expected one of the commands list, .*, got 'fly'$"),
    (("import", "jet"), r"^symbreak: Missing from symbreak import: --name STR Name of the data set. \(required\)$"),
    (("run", "--from", "x.json", "--dry-run"), "expected a preset for --dry-run, got --from"),
    (("run", "--from", "a.json", "b.json"), r"^symbreak: expected one record after --from .*, got 'b.json'$"),
    (("run", "slow"), r"^symbreak: expected one of quick, .*, paper, none, got 'slow'$"),
    (("tune", "none"), r"^symbreak: expected one of quick, .*, paper, got 'none'$"),
    (("run", "quick", "--models", "resnest"), r"expected one of the models .*convnet.*, got 'resnest'"),
    (("run", "quick", "--strengths", "1.5"), r"expected a strength in \[0, 1\], got 1.5"),
    (("run", "quick", "--strengths", "nan"), r"expected a finite number for strength, got nan"),
    (("run", "quick", "--strengths", "much"), r"--strengths.*'much'"),
    (("run", "quick", "--seeds", "1", "1"), r"expected seeds without repetition"),
    (("run", "quick", "--workers", "0"), r"expected workers >= 1, got 0"),
    (("run", "quick", "--device", "tpu"), r"expected one of the devices auto, cpu, cuda, got 'tpu'"),
    (("run", "quick", "--history", "0"), r"expected a history of at least one frame, got 0"),
    (("run", "quick", "--budget", "-5"), r"expected a budget of 1 to 100,000,000 parameters, got -5"),
    (("run", "quick", "--history", "100"), r"expected history \+ training.rollout of at most 40 frames, got 100 \+ 2"),
    (("run", "quick", "--evaluation.steps", "30"), r"expected history \+ evaluation.steps of at most 20 frames"),
    (("run", "quick", "--seeds", "-1"), r"expected seeds >= 0, got -1"),
    (("run", "quick", "--training.learning-rate", "inf"), r"expected a finite learning_rate > 0, got inf"),
    (("run", "quick", "--budget", "1000000000000"), r"expected a budget of 1 to 100,000,000 parameters"),
    (("run", "quick", "--modles", "a"), r"--modles, a \(Perhaps you meant: --models\)$"),
    (("run", "quick", "--out", "/proc/nope", "--models", "persistence"), r"expected to read or write /proc/nope"),
    (("run", "quick", "--training.batch", "0"), r"expected batch >= 1, got 0"),
    (("run", "quick", "--scenarios", "moon"), r"expected .*rotation-buoyancy.*, got 'moon'"),
    (("run", "quick", "--model-file", "nowhere.py"), r"expected a Python file with models, got .*nowhere.py"),
    (
        ("run", "quick", "--workers", "1000000000000000000"),
        r"expected workers of at most 1024, got 1000000000000000000",
    ),
    (("run", "quick", "--training.batch", "100000000"), r"^symbreak: expected batch of at most 65536, got 100000000"),
    (("run", "quick", "--simulations.train", "1000000000000"), r"expected train of at most 100,000, got 1000000000000"),
    (
        ("run", "quick", "--evaluation.stride", "1000000000000000000000"),
        r"expected evaluation stride of at most 10000000",
    ),
    (
        ("generate", "--scenario", "rotation-buoyancy", "--resolution", "100000"),
        r"expected resolution of at most 2,048",
    ),
    (("check", "convnet", "--cells", "1000000"), r"expected cells of at most 1024, got 1000000"),
    (("bench", "train", "--batch", "1000000000000"), r"expected batch of at most 65536, got 1000000000000"),
    (("generate", "--scenario", "moon"), r"got 'moon'"),
    (("generate", "--scenario", "rotation-buoyancy", "--resolution", "7"), r"expected resolution of at least 8, got 7"),
    (("measure", "nowhere"), r"expected a data set with nowhere"),
    (("verify", "nowhere"), r"expected a data set with nowhere"),
    (("leaderboard", "nowhere"), r"expected runs in nowhere/runs, got none"),
    (("plot", "nowhere"), r"expected runs in nowhere/runs, got none"),
    (("check", "resnest"), r"expected one of the models .*, got 'resnest'"),
    (("check",), r"expected the name of a model or --all, got neither"),
    (("import", "nowhere", "--name", "jet"), r"nowhere"),
    (("generate", "--scenario", "rotation-buoyancy", "--published"), r"expected one of the published scenarios"),
    (("generate", "--scenario", "published-rotation", "--published", "--train", "9"), r"expected no strengths"),
]


@pytest.mark.parametrize(
    "args, expected", BAD_INPUT, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_bad_input_gets_one_line(capsys, tmp_path, monkeypatch, args, expected):
    monkeypatch.chdir(tmp_path)
    assert re.search(expected, complaint(capsys, *args))
    assert list(tmp_path.iterdir()) == [], "bad input leaves nothing behind"


def test_generate_measure_verify(capsys, monkeypatch, data, data_dir, tiny):
    """The data set of the other tests is found again, measured, and checked; a flipped byte is noticed and named, and
    so are all folders that hold no data set."""
    monkeypatch.setattr(CONSOLE, "width", 300)
    sizes = [
        "--resolution",
        "16",
        "--train",
        "2",
        "--valid",
        "1",
        "--test",
        "2",
        "--train-frames",
        "12",
        "--future-frames",
        "8",
    ]
    main(["generate", "--scenario", "rotation-buoyancy", "--strengths", "1", *sizes, "--data-dir", str(data_dir)])
    assert str(data.path) in capsys.readouterr().out
    main(["measure", str(data.path)])
    assert float(re.search(r"n = 10 +(\S+)", capsys.readouterr().out)[1]) > 0.3
    main(["verify", str(data.path)])
    file = next(data.path.rglob("*.hdf5"))
    content = file.read_bytes()
    try:
        file.write_bytes(content[:1000] + bytes([content[1000] ^ 1]) + content[1001:])
        assert file.name in complaint(capsys, "verify", data.path)
    finally:
        file.write_bytes(content)
    assert re.search(r"nowhere.*; .*nothing", complaint(capsys, "verify", "nowhere", data.path, "nothing"))
    assert "expected the folder of a data set, got none" in complaint(capsys, "verify")


def test_import_and_measure(capsys, tmp_path, monkeypatch):
    """A jet as published: stations of [T, 2, H, W] frames on a grid that no quarter turn maps onto itself."""
    monkeypatch.setattr(CONSOLE, "width", 300)
    torch.save([torch.randn(30, 2, 12, 9) for _ in range(4)], tmp_path / "raw_data_jet.pt")
    source, data_dir = str(tmp_path / "raw_data_jet.pt"), str(tmp_path / "data")
    main(["import", source, "--name", "jet", "--group", "mirror", "--axes", "yx", "--data-dir", data_dir])
    folder = capsys.readouterr().out.strip()
    main(["verify", folder])
    main(["measure", folder])
    assert "statistical asymmetry under mirror, not EE_n" in capsys.readouterr().out
    assert "C3" in complaint(capsys, "import", source, "--name", "jet", "--group", "C3", "--data-dir", data_dir)


def test_measure_several(capsys, data, tmp_path, monkeypatch):
    monkeypatch.setattr(CONSOLE, "width", 300)
    main(["measure", str(data.path), str(data.path)])
    assert capsys.readouterr().out.count("n = 10") == 2
    main(["measure", str(data.path), "--out", str(tmp_path)])
    assert (
        f"| rotation-buoyancy | 29 | 1 | {data.equivariance_error[1]:.3g} |" in (tmp_path / "evidence.md").read_text()
    )
    assert (tmp_path / "evidence.csv").exists()
    assert "expected the folder of a data set, got none" in complaint(capsys, "measure")


def test_leaderboard_and_plot(capsys, results_folder, monkeypatch):
    monkeypatch.setattr(CONSOLE, "width", 300)
    main(["leaderboard", str(results_folder)])
    assert "rgroup-rotation" in capsys.readouterr().out
    main(["plot", str(results_folder)])
    assert all((results_folder / f"leaderboard.{suffix}").exists() for suffix in ("md", "csv", "tex"))
    assert len(list((results_folder / "figures").iterdir())) == 13


def test_check(capsys, tmp_path):
    main(["check", "convnet"])
    assert "ok" in capsys.readouterr().out
    model_file = tmp_path / "mine.py"
    model_file.write_text(
        "from symbreak.models import Forecaster, register\n"
        "@register('mine', family='unconstrained')\n"
        "class Mine(Forecaster):\n"
        "    def forward(self, history):\n"
        "        return history[:, 0, :1]\n"
    )
    with pytest.raises(SystemExit) as exit:
        main(["check", "mine", "--model-file", str(model_file)])
    captured = capsys.readouterr()
    assert exit.value.code == 2 and captured.err.count("\n") == 1
    assert re.search(r"FAIL output shape: expected \[3, 2, 24, 24\], got \[3, 1, 24, 24\]", captured.out)


def test_interruption_is_one_line(capsys, monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(List, "__call__", interrupted)
    assert "goes on from there" in complaint(capsys, "list", "models", code=130)


def test_interruption_of_imports_is_one_line(capsys, monkeypatch):
    """Ctrl-C while the chosen command is being imported."""

    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Command, "load", interrupted)
    assert "goes on from there" in complaint(capsys, "list", "models", code=130)


@pytest.mark.parametrize("flag, expected", [("--help", "leaderboard"), ("--version", f"symbreak {__version__}\n")])
def test_help_and_version_import_nothing_heavy(flag, expected):
    """What is asked for most often is answered before torch could be imported."""
    out, modules = imported_by(flag)
    assert expected in out
    assert "symbreak.benchmark.cli" in modules and not HEAVY & modules


@pytest.mark.parametrize(
    "what, needed", [("scenarios", {"torch"}), ("models", {"torch"}), ("presets", {"torch", "joblib"})]
)
def test_lists_import_what_they_show(what, needed):
    """Scenarios and models are code of torch; the analysis of results takes as long to import again."""
    _, modules = imported_by("list", what)
    assert (HEAVY | {"scipy.stats"}) & modules == needed


def imported_by(*args):
    """What a command prints, and the modules that it imports."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: sys.stderr.write(' '.join(sys.modules)))\n"
        "from symbreak.benchmark.cli import main\n"
        "main(sys.argv[1:])"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True)
    assert done.returncode == 0
    return done.stdout, set(done.stderr.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_says_what_their_docstrings_say(name):
    command = COMMANDS[name]
    kind = command.load()
    assert kind.__name__ == command.name and inspect.getdoc(kind).splitlines()[0] == command.description


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(capsys, name):
    """Whole whatever stands before ``--help``; each option's text is one line of source, so tyro breaks no sentence."""
    with pytest.raises(SystemExit) as exit:
        main([name, "x", "y", "--help"] if name not in ("run", "tune") else [name, "quick", "--help"])
    assert exit.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: symbreak {name}" in text
    assert name != "export" or "DATA TARGET" in text
    assert name != "list" or "{scenarios,models,presets}" in text
    shown = [COMMANDS[name].load(), Preset]
    for kind in shown:
        shown += [hint for hint in get_type_hints(kind).values() if is_dataclass(hint)]
        assert not any("\n" in text for text in field_docstrings(kind))


def field_docstrings(kind):
    """The texts that stand below the fields of a dataclass."""
    (body,) = ast.parse(inspect.getsource(kind)).body
    texts = [each.value.value for each in body.body[1:] if isinstance(each, ast.Expr)]
    return [text for text in texts if isinstance(text, str)]


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as exit:
        main(["--help"])
    assert exit.value.code == 0
    words = re.sub(r"[│\s]+", " ", capsys.readouterr().out)
    assert all(f"• {name} {command.description}" in words for name, command in COMMANDS.items())


def test_installed_command():
    """The console script that a user types."""
    done = subprocess.run(
        [sys.executable, "-m", "symbreak.benchmark.cli", "list", "presets"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "quick" in done.stdout


@pytest.mark.parametrize(
    "error, message",
    [
        (FloatingPointError("flow blew up"), "flow blew up"),
        (MemoryError(), "expected enough memory, got MemoryError"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory\n"),
            "expected enough memory, got: DefaultCPUAllocator",
        ),
        (ValueError("\ud800"), r"symbreak: \\ud800"),
        (TerminatedWorkerError("killed"), "expected enough memory, got TerminatedWorkerError: .* kept; killed"),
    ],
)
def test_what_ends_a_command_from_within_is_one_line(capsys, monkeypatch, error, message):
    def fail(command):
        raise error

    monkeypatch.setattr(Verify, "__call__", fail)
    assert re.search(message, complaint(capsys, "verify", "data"))


def test_a_reader_who_has_seen_enough_gets_no_complaint():
    """``symbreak run core --help | head`` ends quietly: the pipe is closed before the help is written."""
    command = [sys.executable, "-m", "symbreak.benchmark.cli", "run", "core", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == "" and process.wait() == 1


@pytest.mark.parametrize(
    "command, option",
    [
        (("generate", "--scenario", "rotation-buoyancy"), "--strengths"),
        (("submit", "results/history"), "--models"),
    ],
)
def test_an_empty_list_is_refused(capsys, command, option):
    """It would do nothing, with code 0."""
    assert f"expected at least one of {option}, got none" in complaint(capsys, *command, option)


@pytest.mark.parametrize(
    "command, said",
    [
        (("tune", "quick", "--strengths", "0"), "expected --search.strengths in a search, got --strengths"),
        (("tune", "quick", "--seeds", "1"), "expected --search.seeds in a search, got --seeds"),
        (("tune", "quick", "--training.epochs", "3"), "expected --search.epochs in a search, got --training.epochs"),
        (("tune", "quick", "--training.learning-rate", "1"), "got --training.learning-rate, which it ignores"),
        (("tune", "quick", "--tuned", "choices.csv"), "got --tuned, which it ignores"),
        (
            ("bench", "simulate", "--models", "mlp"),
            "expected --models for bench train alone, got it for bench simulate",
        ),
        (("plot", "results/history", "--field", "smoke"), "expected the field speed of a results folder, got smoke"),
        (("bench", "results", "--batch", "3"), "expected --batch for bench train alone, got it for bench results"),
    ],
)
def test_no_option_is_ignored(capsys, command, said):
    assert said in complaint(capsys, *command)


@pytest.mark.parametrize(
    "command",
    [
        ("leaderboard", "."),
        ("import", "zero.pt", "--name", "jet"),
        ("run", "quick", "--tuned", "zero.csv", "--dry-run"),
        ("run", "--from", "runs/0123456789abcdef.json"),
        ("quote", "zero.md"),
        ("verify", "."),
        ("rescore", "zero.tar.gz"),
        ("check", "mine", "--model-file", "zero.py"),
    ],
    ids=lambda command: command[0],
)
def test_a_file_without_end_is_refused(capsys, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    for name in (
        "zero.pt",
        "zero.csv",
        "zero.md",
        "zero.py",
        "zero.tar.gz",
        "manifest.json",
        "runs/0123456789abcdef.json",
    ):
        (tmp_path / name).symlink_to("/dev/zero")
    assert re.search("got a device|with models, got /dev/zero", complaint(capsys, *command))
