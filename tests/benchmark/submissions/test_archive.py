"""An archive from a stranger: what does not belong into a submission is refused before anything is written."""

import gzip
import io
import json
import tarfile

import pytest

from symbreak.benchmark.submissions import archive
from symbreak.benchmark.submissions.archive import MANIFEST, pack, unpack
from symbreak.datasets.store.files import checksum

RUN = "runs/0123456789abcdef.json"
CONTENT = {RUN: b"{}", "model.py": b"x = 1\n"}


def entry(name, content=b"evil", **fields):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for field, value in fields.items():
        setattr(member, field, value)
    return member, content


def manifest(**changes):
    members = {name: checksum(content) for name, content in CONTENT.items()}
    return entry(MANIFEST, json.dumps({"format": 1, "symbreak": "0", "members": members} | changes).encode())


def written(path, *entries):
    """An archive of the given members, whatever they are."""
    with tarfile.open(path, "w:gz") as tar:
        for member, content in entries:
            tar.addfile(member, io.BytesIO(content))
    return path


GOOD = [entry(name, content) for name, content in CONTENT.items()]
LINK = {"linkname": "/etc/passwd", "size": 0}
REFUSED = {
    "parent folder": ([entry("../evil.py"), manifest()], r"only, got '\.\./evil\.py'"),
    "parent folder inside": ([entry("runs/../../evil.py"), manifest()], r"only, got 'runs/\.\./\.\./evil\.py'"),
    "absolute path": ([entry("/tmp/evil.py"), manifest()], r"only, got '/tmp/evil\.py'"),
    "another name": ([entry("runs/0123456789abcdef.py"), manifest()], r"only, got 'runs/0123456789abcdef\.py'"),
    "another code file": ([entry("setup.py"), manifest()], r"only, got 'setup\.py'"),
    "symbolic link": ([entry(RUN, b"", type=tarfile.SYMTYPE, **LINK)], "expected .* to be a plain file, got a link"),
    "hard link": ([entry(RUN, b"", type=tarfile.LNKTYPE, **LINK)], "to be a plain file"),
    "device": ([entry(RUN, b"", type=tarfile.CHRTYPE)], "to be a plain file"),
    "folder": ([entry("model.py", b"", type=tarfile.DIRTYPE)], "to be a plain file"),
    "pipe": ([entry(RUN, b"", type=tarfile.FIFOTYPE)], "to be a plain file"),
    "twice": ([*GOOD, GOOD[0], manifest()], f"expected {RUN} once, got it twice"),
    "not in the manifest": ([*GOOD, entry("runs/0123456789abcdef.pt"), manifest()], r"got a difference in .*\.pt"),
    "missing": ([GOOD[0], manifest()], r"got a difference in model\.py"),
    "changed": (
        [GOOD[0], entry("model.py", b"x = 2\n"), manifest()],
        r"expected model\.py with SHA-256 .* it or manifest\.json was changed",
    ),
    "no manifest": (GOOD, "expected JSON in manifest.json"),
    "damaged manifest": ([entry(MANIFEST, b"{")], "expected JSON in manifest.json"),
    "nested manifest": ([entry(MANIFEST, b"[" * 100_000)], "expected JSON in manifest.json"),
    "list for a manifest": ([entry(MANIFEST, b"[]")], r"expected manifest\.json to be an object, got \[\]"),
    "another format": ([*GOOD, manifest(format=2)], "expected a submission of format 1 in .*, got 2"),
}


@pytest.mark.parametrize("entries, message", REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path, entries, message):
    folder = tmp_path / "a" / "b" / "folder"
    folder.mkdir(parents=True)
    with pytest.raises(ValueError, match=message):
        unpack(written(tmp_path / "x.tar.gz", *entries), folder)
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and folder not in path.parents]
    assert outside == [tmp_path / "x.tar.gz"]


def test_too_large_is_refused(tmp_path, monkeypatch):
    path = written(tmp_path / "x.tar.gz", *GOOD, manifest())
    monkeypatch.setattr(archive, "LARGEST_MEMBER", 5)
    with pytest.raises(ValueError, match=r"expected members of at most 5 bytes, got 6 bytes in model\.py"):
        unpack(path, tmp_path)
    monkeypatch.setattr(archive, "LARGEST_ARCHIVE", 1000)
    with pytest.raises(ValueError, match="expected a submission of at most 1000 bytes unpacked, got more"):
        unpack(path, tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_many_members_are_refused_before_they_are_unpacked(tmp_path):
    """100,000 names took 52 s."""
    entries = (entry(f"runs/{number:016x}.json", b"{}") for number in range(archive.LARGEST_COUNT + 1))
    path = written(tmp_path / "x.tar.gz", *entries)
    with pytest.raises(ValueError, match="expected at most 10000 members, got more"):
        unpack(path, tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_no_archive_is_refused(tmp_path):
    path = written(tmp_path / "whole.tar.gz", *GOOD, manifest())
    cases = {"text": b"hello", "cut": path.read_bytes()[:100], "zeros": gzip.compress(bytes(999)), "empty": b""}
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match="expected "):
            unpack(tmp_path / name, tmp_path / "folder")
    with pytest.raises(ValueError, match=r"expected a submission in .*nowhere, got: .*No such file"):
        unpack(tmp_path / "nowhere", tmp_path / "folder")


def test_unpacking_needs_no_filter_of_tarfile(tmp_path, monkeypatch):
    """Python 3.11.2, that of Debian 12, has none."""
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    monkeypatch.delattr(tarfile.TarFile, "extractall")
    unpack(written(tmp_path / "x.tar.gz", *GOOD, manifest()), tmp_path / "folder")
    assert {path.name for path in (tmp_path / "folder").rglob("*.*")} >= {"model.py", MANIFEST}


def test_what_is_packed_comes_out(tmp_path):
    """And the same members, in whatever order, make the same bytes."""
    pack(CONTENT, tmp_path / "a.tar.gz")
    pack(dict(reversed(CONTENT.items())), tmp_path / "b.tar.gz")
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    found = unpack(tmp_path / "a.tar.gz", tmp_path / "folder")
    assert found.members == {name: checksum(content) for name, content in CONTENT.items()}
    for name, content in CONTENT.items():
        assert (tmp_path / "folder" / name).read_bytes() == content
