import os
import subprocess
import sys

import pytest

from symbreak.benchmark.tables.quote import filled, matching_rows, quote


def test_blocks_hold_the_files_that_they_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.md").write_text("| 1 |\n\n")
    (tmp_path / "two.md").write_text(r"\1 two")
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- from one.md -->\nold\n<!-- end -->\nb\n<!-- from two.md -->\n<!-- end -->\n")
    assert quote(page) == ["one.md", "two.md"]
    expected = "a\n<!-- from one.md -->\n| 1 |\n<!-- end -->\nb\n<!-- from two.md -->\n\\1 two\n<!-- end -->\n"
    assert page.read_text() == expected
    quote(page)
    assert page.read_text() == expected


TABLES = """| a | b |
| --- | ---: |
| one | 1 |

text

| b | c |
| --- | ---: |
| two | 2 |
| three | 3 |
| two again | 4 |"""


def test_rows_come_with_the_heading_of_their_table():
    lines = TABLES.splitlines()
    assert matching_rows(lines, r"^\| two", "file") == [*lines[6:9], lines[10]]
    assert matching_rows(lines, r"1 \|$", "file") == lines[:3]
    for pattern in ("four", "("):
        with pytest.raises(ValueError, match=r"expected .*file that match"):
            matching_rows(lines, pattern, "file")


def test_a_block_of_rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.md").write_text(TABLES)
    assert filled("<!-- from file.md rows one|1 -->\nold\n<!-- end -->") == (
        "<!-- from file.md rows one|1 -->\n| a | b |\n| --- | ---: |\n| one | 1 |\n<!-- end -->"
    )


def test_a_missing_file_leaves_the_page_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"<!-- from {tmp_path}/none.md -->\nold\n<!-- end -->\n")
    with pytest.raises(OSError):
        quote(page)
    assert "old" in page.read_text()


def test_a_page_without_blocks(tmp_path):
    (tmp_path / "page.md").write_text("nothing")
    with pytest.raises(ValueError, match="expected <!-- from FILE -->"):
        quote(tmp_path / "page.md")


def test_pages_are_in_utf_8_whatever_the_machine_prefers(tmp_path):
    (tmp_path / "one.md").write_text("Gleichmäßig", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"<!-- from {tmp_path}/one.md -->\n<!-- end -->\n", encoding="utf-8")
    command = "import sys; from symbreak.benchmark.tables.quote import quote; quote(sys.argv[1])"
    options = {"env": os.environ | {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}}
    subprocess.run([sys.executable, "-c", command, page], check=True, **options)
    assert "Gleichmäßig" in page.read_text("utf-8")
    page.write_bytes("Gleichmäßig".encode("latin-1"))
    with pytest.raises(ValueError, match=r"expected text in UTF-8 in .*page\.md, got"):
        quote(page)
