"""A run is repeated from its own record."""

import json
from dataclasses import replace
from functools import partial

import pytest
import torch
from rich.console import Console

from symbreak.benchmark.cli import main
from symbreak.benchmark.grids.grid import run_missing
from symbreak.benchmark.records.configuration import RunConfig
from symbreak.benchmark.records.records import MetricRow, load_runs, save_run
from symbreak.benchmark.runs import reproduced
from symbreak.benchmark.runs.execute import seeds, untrained
from symbreak.benchmark.runs.reproduced import keep_reproduction, outdated_models, read_reproductions
from symbreak.benchmark.runs.training import shuffled_batches
from symbreak.benchmark.submissions.agreement import circumstances, compare
from symbreak.benchmark.submissions.repeat import check_model_file, config_of, reproduce

from ..conftest import QUIET, complaint


@pytest.fixture
def record(results_folder):
    return next(record for record in load_runs(results_folder) if record.model == "rgroup-rotation")


def saved(folder, record):
    save_run(folder, record, {}, {})
    return folder / "runs" / f"{record.hash}.json"


def test_configuration_survives_json(tiny):
    for config in replace(tiny, budget=None).runs():
        assert RunConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


@pytest.mark.parametrize(
    "place, key, value, message",
    [
        ((), "speed", 3, "expected config with recipe, model, .*, got an unknown 'speed'"),
        (("training",), "batch", None, "expected config.training.batch to be a whole number, got None"),
        (("training",), "batch", True, "expected config.training.batch to be a whole number, got True"),
        (("training",), "batch", 0, "expected batch >= 1, got 0"),
        (("training",), "learning_rate", "0.1", "expected config.training.learning_rate to be a number, got '0.1'"),
        (("recipe",), "strength", 2.0, r"expected a strength in \[0, 1\], got 2.0"),
        (("recipe",), "scenario", ["x"], r"expected config.recipe.scenario to be text, got \['x'\]"),
        ((), "predicts", "weather", "expected config.predicts to be one of 'increment', 'frame', got 'weather'"),
        ((), "budget", 1.5, "expected config.budget to be a whole number or null, got 1.5"),
        ((), "evaluation", [], r"expected config.evaluation to be an object, got \[\]"),
    ],
)
def test_what_is_wrong_in_a_configuration_is_named(record, place, key, value, message):
    content = part = record.config.as_dict()
    for name in place:
        part = part[name]
    part[key] = value
    with pytest.raises(ValueError, match=message):
        RunConfig.from_dict(content)


def test_missing_key_is_named(record):
    content = record.config.as_dict()
    del content["training"]["patience"]
    with pytest.raises(ValueError, match=r"expected config.training with .*, got no patience"):
        RunConfig.from_dict(content)


def test_a_run_that_failed_is_not_repeated(record):
    assert config_of(record).hash == record.hash
    with pytest.raises(ValueError, match="expected a finished run, got one that failed: no memory"):
        config_of(replace(record, status="failed", reason="no memory"))


def test_differences_by_hand(record):
    """0.2 recorded and 0.25 found differ by 0.05 / 0.25; rounding noise of 2e-7 against 1e-7 by 1e-7 / 1e-3; skills of
    0.01 and -0.01 by 0.02, as the errors that they are made of."""

    def with_metrics(**values):
        return replace(record, metrics=[MetricRow("domain", name, 1, value) for name, value in values.items()])

    same = with_metrics(rmse=0.2, skill=None)
    assert str(compare(same, same)) == "bit for bit"
    found = compare(same, with_metrics(rmse=0.25, skill=None))
    assert found.difference == pytest.approx(0.2)
    assert found.where == "domain rmse 1: 0.2 recorded, 0.25 found"
    noise = compare(with_metrics(equivariance_error=2e-7), with_metrics(equivariance_error=1e-7))
    assert noise.difference == pytest.approx(1e-4)
    assert compare(with_metrics(skill=0.01), with_metrics(skill=-0.01)).difference == pytest.approx(0.02)
    for other in (with_metrics(rmse=0.2), with_metrics(rmse=0.2, skill=0.0)):
        assert compare(same, other).difference == float("inf")
    more = replace(same, metrics=[*same.metrics, MetricRow("orbit", "rmse", 1, 0.5)])
    assert str(compare(same, more)) == "bit for bit", "later versions score more"
    assert compare(more, same).difference == float("inf")
    for value in (float("nan"), float("inf"), 10**400):
        with pytest.raises(ValueError, match="expected "):
            compare(same, with_metrics(rmse=value, skill=None))
    with pytest.raises(ValueError, match="expected each metric of a record once, got 1 of them repeated"):
        compare(same, replace(same, metrics=[*same.metrics, *same.metrics[:1]]))


def test_circumstances(record):
    assert circumstances(record, record) == []
    other = replace(record, machine="abacus", versions=record.versions | {"torch": "1"})
    torch = record.versions["torch"]
    assert circumstances(other, record) == [
        f"torch 1 then, {torch} now",
        f"machine abacus then, {record.machine} now",
    ]


def test_the_model_file_must_be_the_same(record, tmp_path):
    config = config_of(record)
    file = tmp_path / "mine.py"
    file.write_text("x = 1\n")
    check_model_file(config, None)
    with pytest.raises(ValueError, match="expected no model file for rgroup-rotation, got the model file with SHA-256"):
        check_model_file(config, file)
    with pytest.raises(ValueError, match=r"expected the model file with SHA-256 abc\.\.\. for .*, got no model file"):
        check_model_file(replace(config, model_source="abc"), None)


def test_run_from_a_record(capsys, tmp_path, monkeypatch, record, data_dir):
    """Bit for bit the same; and what differs is said, when a record was edited."""
    monkeypatch.chdir(tmp_path)
    path = saved(tmp_path / "theirs", record)
    main(["run", "--from", str(path), "--data-dir", str(data_dir)])
    assert "the metrics agree bit for bit" in " ".join(capsys.readouterr().out.split())
    assert (tmp_path / "results" / "rerun" / "runs" / path.name).exists()
    saved(tmp_path / "theirs", with_another_number(record))
    message = complaint(capsys, "run", "--from", path, "--data-dir", data_dir)
    assert "bit for bit, got a largest relative difference of 0.33 (future" in message
    assert "expected --out other" in complaint(capsys, "run", "--from", path, "--out", tmp_path / "theirs")


def with_another_number(record):
    """The first number is half as large again."""
    first, *rest = record.metrics
    return replace(record, metrics=[first._replace(value=1.5 * first.value), *rest])


@pytest.fixture
def other(record, tmp_path):
    """The same run, as if other code had made it, in a folder of its own."""
    return saved(tmp_path / "theirs", replace(record, code="0123456789ab"))


def said_of_other_code(folder, tiny, machine):
    console, some = Console(record=True, width=200), replace(tiny, models=("rgroup-rotation",))
    configs = [config for config in some.runs() if (folder / "runs" / f"{config.hash}.json").exists()]
    assert run_missing(configs, folder, machine, console) == []
    return "done by other code" in console.export_text()


def test_a_run_that_other_code_made_counts_as_of_this_once_it_was_reproduced(other, record, tiny, machine, tmp_path):
    """The evidence is one line a pair of digests and scenario, however often it is found."""
    folder = tmp_path / "theirs"
    assert said_of_other_code(folder, tiny, machine)
    found = reproduce(other, tmp_path / "out", machine, QUIET)
    assert not said_of_other_code(folder, tiny, machine)
    header, line = (folder / "reproduced.csv").read_text().splitlines()
    assert header == "model,code,reproduced_by,scenario,hash,commit"
    commit = found.commit or ""
    assert line == f"rgroup-rotation,0123456789ab,{record.code},rotation-buoyancy,{record.hash},{commit}"
    before = (folder / "reproduced.csv").read_bytes()
    reproduce(other, tmp_path / "out", machine, QUIET)
    assert (folder / "reproduced.csv").read_bytes() == before


def test_a_run_that_does_not_agree_is_no_evidence(other, record, tiny, machine, tmp_path):
    folder = tmp_path / "theirs"
    saved(folder, replace(with_another_number(record), code="0123456789ab"))
    with pytest.raises(ValueError, match=r"bit for bit, got a largest relative difference of 0\.33"):
        reproduce(other, tmp_path / "out", machine, QUIET)
    assert not (folder / "reproduced.csv").exists() and said_of_other_code(folder, tiny, machine)


def test_evidence_that_cannot_be_written_costs_nothing(other, machine, tmp_path, monkeypatch):
    def full(path, content):
        raise OSError("no space left")

    monkeypatch.setattr(reproduced, "write_atomically", full)
    console = Console(record=True, width=200)
    assert reproduce(other, tmp_path / "out", machine, console).done
    assert "that could not be noted: no space left" in console.export_text()


def test_reproductions_of_several_models_are_sorted(record, tmp_path):
    keep = partial(keep_reproduction, folder=tmp_path)
    for model in ("mlp", "convnet+augment"):
        assert keep(replace(record, model=model, code="a"), replace(record, model=model, code="b"))
    assert not keep(replace(record, code="a"), replace(record, code="a")), "the same code"
    assert not keep(replace(record, code=""), record), "unknown code"
    assert [each.model for each in read_reproductions(tmp_path)] == ["convnet+augment", "mlp"]
    (tmp_path / "reproduced.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"expected a table with model, code, reproduced_by, .* got other content"):
        read_reproductions(tmp_path)


@pytest.mark.parametrize("arguments, got", [((), "neither"), (("quick", "--from", "x.json"), "both")])
def test_a_preset_or_a_record(capsys, arguments, got):
    message = complaint(capsys, "run", *arguments)
    assert "expected either one of the presets quick" in message and message.endswith(f"got {got}\n")


def test_replicates_differ_in_everything_and_each_is_repeatable(tiny, machine, tmp_path):
    """Two seeds of one configuration: other simulations, initialisation and order; either repeats bit for bit."""
    preset = replace(tiny, models=("convnet",), strengths=(1.0,), seeds=(0, 1))
    first, second = run_missing(preset.runs(), tmp_path, machine, QUIET)
    assert first.data.hash != second.data.hash
    configs = [each.config for each in (first, second)]
    starts = [untrained(config, 1.0, seeds(config.seed)[0]).state_dict() for config in configs]
    pairs = zip(*(start.values() for start in starts), strict=True)
    assert not any(torch.equal(*pair) for pair in pairs if pair[0].any()), "all but zeros differ"
    orders = [next(shuffled_batches(24, 8, torch.Generator().manual_seed(seeds(each.seed)[1]))) for each in configs]
    assert not torch.equal(*orders)
    for record in (first, second):
        reproduce(tmp_path / "runs" / f"{record.hash}.json", tmp_path / "again", machine, QUIET)


def test_evidence_adds_up_over_codes_and_folders(record, tmp_path, monkeypatch):
    """Today's code repeated what the second did, in one folder; that repeated the first, in another; nobody the third,
    nor what another model made with the first."""
    monkeypatch.setattr(reproduced, "code_digest", lambda model: "today")
    for folder, code, by in (("old", "first", "second"), ("new", "second", "today")):
        (tmp_path / folder).mkdir()
        keep_reproduction(replace(record, code=code), replace(record, code=by), tmp_path / folder)

    def outdated(*codes, model=record.model):
        return outdated_models([replace(record, code=code, model=model) for code in codes], tmp_path / "old")

    assert outdated("first", "second", "today") == set()
    assert outdated("first", "third") == outdated(None) == {record.model}
    assert outdated("first", model="mlp") == {"mlp"}
