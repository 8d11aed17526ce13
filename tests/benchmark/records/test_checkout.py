"""Which commit a result came from, and that nothing about git can stop a run."""

import subprocess

from symbreak.benchmark.records.checkout import Source, source, source_of

UNKNOWN = Source()


def git(folder, *arguments):
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def checkout(folder):
    """A repository with one file in each of two rooms."""
    for room in ("models", "benchmark"):
        (folder / room).mkdir(parents=True)
        (folder / room / "a.py").write_text("a = 1\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", folder.name)
    return git(folder, "rev-parse", "HEAD")


def test_commit_and_changes(tmp_path):
    """Changed and unknown source files make a checkout dirty; what a benchmark writes beside them does not."""
    commit = checkout(tmp_path)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "table.csv").write_text("1")
    assert source_of(tmp_path) == Source(commit, dirty=False)
    (tmp_path / "models" / "new.py").write_text("")
    assert source_of(tmp_path) == Source(commit, dirty=True)


def test_no_checkout_is_unknown(tmp_path, monkeypatch):
    """An installed package is not the work tree that it happens to lie in."""
    assert source_of(tmp_path) == UNKNOWN
    git(tmp_path, "init", "--quiet")
    assert source_of(tmp_path) == UNKNOWN, "no commit yet"
    checkout(tmp_path / "repository")
    assert source_of(tmp_path / "repository" / "models") == UNKNOWN
    monkeypatch.setenv("PATH", str(tmp_path))
    assert source_of(tmp_path / "repository") == UNKNOWN, "no git"


def test_a_hook_of_another_repository_does_not_mislead(tmp_path, monkeypatch):
    commit = checkout(tmp_path / "one")
    assert checkout(tmp_path / "two") != commit
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "two" / ".git"))
    assert source_of(tmp_path / "one").commit == commit


def test_source_of_this_package():
    assert isinstance(source(), Source)
