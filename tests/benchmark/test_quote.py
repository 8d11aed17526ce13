import pytest

from symbreak.benchmark.quote import quote


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
