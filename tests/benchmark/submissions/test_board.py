"""The board: what stands there, how far it was checked, and who has a place."""

import json

import pandas as pd
import pytest

from symbreak.benchmark.cli import main
from symbreak.benchmark.submissions.board import accept, read_board, report_row
from symbreak.benchmark.submissions.submission import submit
from symbreak.datasets.store.files import checksum

from ..conftest import QUIET, complaint

REPORTED = """
model = "rgroup"
family = "relaxed"
source = "Somebody 2022, Table 1"
date = "2022-07-17"

[[rows]]
scenario = "published-rotation"
history = 10
train_simulations = 25
strength = 1.0
split = "domain"
metric = "rmse"
value = 0.73
"""


@pytest.fixture
def archive(results_folder, tmp_path):
    submit(results_folder, ["convnet", "persistence"], tmp_path / "good.tar.gz")
    return tmp_path / "good.tar.gz"


def test_from_a_submission_to_a_place(archive, machine, tmp_path, capsys):
    """Two models at two strengths are verified, one of each pair is first; a reported row stands below without one."""
    board = tmp_path / "board"
    paths = accept(archive, board, machine, QUIET, seed=5)
    mark = checksum(archive.read_bytes())[:8]
    assert [path.name for path in paths] == [f"convnet-{mark}.json", f"persistence-{mark}.json"]
    (tmp_path / "row.toml").write_text(REPORTED)
    main(["report-row", str(tmp_path / "row.toml"), "--board", str(board)])
    table = read_board(board)
    verified = table[table.state == "verified"]
    assert verified.groupby("strength").place.apply(list).tolist() == [[1, 2], [1, 2]]
    assert (verified.sort_values("value").groupby("strength").place.first() == 1).all()
    (reported,) = table[table.state == "reported"].to_dict("records")
    assert reported["value"] == 0.73 and pd.isna(reported["place"]) and pd.isna(reported["size"])
    assert read_board(board, rank_all=True).place.notna().all()
    main(["board", str(board)])
    said = capsys.readouterr().out
    assert "verified" in said and "reported" in said and "Somebody 2022, Table 1" in said


def test_what_does_not_agree_is_not_on_the_board(archive, machine, tmp_path, monkeypatch):
    """Nor is anything else of that submission."""
    with pytest.raises(ValueError, match=r"expected 4 runs to agree, got 4 that do not, such as .* of persistence: "):
        accept(archive, tmp_path / "board", machine, QUIET, tolerance=-1.0)
    assert not (tmp_path / "board").exists()


@pytest.mark.parametrize(
    "change, said",
    [
        (("value = 0.73", "value = 'good'"), r"row.toml.rows.0.value to be a number, got 'good'"),
        (('date = "2022-07-17"', 'state = "verified"\ndate = "2022-07-17"'), "expected no state but 'reported'"),
        (('date = "2022-07-17"', 'date = "2022"'), "expected a date such as 2026-01-31, got '2022'"),
        (("[[rows]]", "[[columns]]"), "expected"),
        (("model =", "model"), "expected a row for the board in .*row.toml, got: "),
    ],
)
def test_rows_that_are_none_are_refused(tmp_path, change, said):
    (tmp_path / "row.toml").write_text(REPORTED.replace(*change))
    with pytest.raises(ValueError, match=said):
        report_row(tmp_path / "row.toml", tmp_path / "board")
    assert not (tmp_path / "board").exists()


def test_a_board_that_is_none_is_refused(tmp_path, capsys):
    assert "expected a board in" in complaint(capsys, "board", tmp_path)
    (tmp_path / "x.json").write_text(json.dumps({"model": 3}))
    assert "expected x.json" in complaint(capsys, "board", tmp_path)
