"""Records are read strictly, and are called what their configuration says."""

import json
import re
from dataclasses import replace

import pytest

from symbreak.benchmark.records.records import load_run, save_run

from ..conftest import complaint
from ..made_up import configured, made_up

EDITED = "the record was edited, or written by a version of symbreak with other rules"


@pytest.fixture
def path(tmp_path):
    """The file of a record in a results folder."""
    record = made_up()
    save_run(tmp_path, record, {}, {})
    return tmp_path / "runs" / f"{record.hash}.json"


def refusal(path, capsys, change):
    """What ``symbreak leaderboard`` says when the content of the file has been changed."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    return complaint(capsys, "leaderboard", path.parents[1])


@pytest.mark.parametrize(
    "label, value, expected",
    [
        ("scenario", "rotation-boundary", "'rotation-buoyancy'"),
        ("symmetry", "scaling", "'rotation'"),
        ("strength", 1.0, "0.5"),
        ("model", "equiv-rotation", "'convnet'"),
        ("seed", -1, "0"),
    ],
)
def test_a_label_that_contradicts_the_configuration_is_refused(path, capsys, label, value, expected):
    message = refusal(path, capsys, lambda content: content.update({label: value}))
    said = f"expected {label} {expected} from the configuration in {path}, got {value!r}: {EDITED}"
    assert message == f"symbreak: {said}\n"


@pytest.mark.parametrize("key, value", [("seed", -1), ("model", "mlp\n"), ("history", 2)])
def test_a_configuration_of_another_run_is_refused(path, capsys, key, value):
    """Its hash, which all of it goes into, is not that of the record."""
    message = refusal(path, capsys, lambda content: content["config"].update({key: value}))
    expected = configured(**{key: value}).hash
    assert f"expected hash '{expected}' from the configuration in {path}, got '{path.stem}': {EDITED}" in message


@pytest.mark.parametrize("part", [(), ("recipe",), ("training",), ("evaluation",)])
def test_keys_of_the_configuration_are_missing_or_unknown(path, capsys, part):
    def inside(content):
        for name in ("config", *part):
            content = content[name]
        return content

    place, whole = ".".join(("config", *part)), json.loads(path.read_text())
    names = list(inside(whole))
    said = f"symbreak: expected a run record in {path}, got other content: expected {place} with {', '.join(names)}"
    message = refusal(path, capsys, lambda content: inside(content).pop(names[-1]))
    assert message.startswith(said) and message.endswith(f", got no {names[-1]}\n")
    path.write_text(json.dumps(whole))
    message = refusal(path, capsys, lambda content: inside(content).update(speed=3))
    assert message.startswith(said) and message.endswith(", got an unknown 'speed'\n")


@pytest.mark.parametrize(
    "part, key, value, said",
    [
        ("training", "batch", 0, "expected batch >= 1, got 0"),
        ("training", "batch", True, "expected config.training.batch to be a whole number, got True"),
        ("recipe", "strength", 2.0, "expected a strength in [0, 1], got 2.0"),
    ],
)
def test_values_of_the_configuration_are_checked(path, capsys, part, key, value, said):
    message = refusal(path, capsys, lambda content: content["config"][part].update({key: value}))
    assert message == f"symbreak: expected a run record in {path}, got other content: {said}\n"


def test_a_record_survives_its_file(path):
    assert load_run(path) == made_up()
    assert json.dumps(load_run(path).as_json(), indent=1) == path.read_text()


@pytest.mark.parametrize(
    "scenario, splits",
    [
        ("rotation-buoyancy", {"future", "domain"}),
        ("rotation-buoyancy-onset", {"future", "domain", "revealed", "orbit"}),
    ],
)
def test_a_run_that_diverged_has_no_numbers_on_every_split_of_its_data(scenario, splits):
    """Else it would be missing where models are ranked, in place of being last."""
    rows = made_up(scenario=scenario, status="failed", diverged=True, metrics=None).rows
    assert {row.split for row in rows} == splits
    assert {row.value for row in rows} == {None}
    assert all(("relative_l2", split) in {(row.metric, row.split) for row in rows} for split in splits)


def test_a_run_that_is_done_is_not_replaced_by_one_that_failed(tmp_path):
    """Of two commands on one folder the one whose workers were killed comes last."""
    done = made_up()
    lost = replace(done, status="failed", reason="the process was lost", metrics=None, curves=None)
    assert save_run(tmp_path, lost, {}, {}) == lost
    assert save_run(tmp_path, done, {}, {}) == done
    assert save_run(tmp_path, lost, {}, {}) == done
    assert load_run(tmp_path / "runs" / f"{done.hash}.json") == done


def part(content, *keys):
    for key in keys:
        content = content[key]
    return content


@pytest.mark.parametrize(
    "place, key, value, said",
    [
        ((), "source", {"commit": 5, "dirty": False}, "source.commit to be text or null, got 5"),
        ((), "source", {"commit": "abc"}, "expected source with commit, dirty, got no dirty"),
        (("metrics", 0), "value", 10**400, "expected numbers of at most 20 digits, got 401"),
        (("metrics", 0), "value", float("nan"), "expected numbers, got NaN"),
        (("metrics", 0), "value", float("-inf"), "expected numbers, got -Infinity"),
        ((), "train_seconds", -1.0, "expected train_seconds >= 0, got -1.0"),
        ((), "n_parameters", -3, "expected n_parameters >= 0, got -3"),
        ((), "metrics", [], "expected metrics in the record of a run that is done, got none"),
        ((), "diverged", True, "expected a run that is done or one that diverged, got both"),
        (("curves",), "best_epoch", 9, "expected curves.best_epoch to be one of the epochs, got 9 of 1"),
        (("data",), "hash", "zzz", "expected data.hash [0-9a-f]+ from config.recipe, got 'zzz'"),
        (("data", "equivariance_error"), "10", -1.0, "expected data.equivariance_error.10 >= 0, got -1.0"),
    ],
)
def test_what_no_run_records_is_refused(path, capsys, place, key, value, said):
    message = refusal(path, capsys, lambda content: part(content, *place).update({key: value}))
    assert re.search(said, message) and str(path) in message


def test_a_number_that_stands_twice_is_refused(path, capsys):
    message = refusal(path, capsys, lambda content: content["metrics"].append(content["metrics"][0]))
    assert "expected each metric once, got several of domain, nrmse, mean" in message


@pytest.mark.parametrize("key", ["machine", "family"])
def test_half_a_character_is_refused_and_a_whole_one_is_kept(path, capsys, key):
    """JSON writes characters beyond 16 bits as two halves; one alone fits into no page."""
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: "\N{SNOWFLAKE}\U0001f300"}))
    assert getattr(load_run(path), key) == "\N{SNOWFLAKE}\U0001f300"
    message = refusal(path, capsys, lambda content: content.update({key: "\ud800"}))
    assert f"expected a run record in {path}, got other content: 'utf-8' codec" in message
