"""Packs a submission into one file, ``.tar.gz`` with a manifest, and unpacks it without executing anything."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import zlib
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ...datasets.store.files import check_regular, checksum, read_bytes, write_atomically
from ..records.parsing import parse

MANIFEST = "manifest.json"
MODEL_FILE = "model.py"
FORMAT = 1
MEMBER = re.compile(r"manifest\.json|model\.py|recipes/[0-9a-f]{12}\.json|runs/[0-9a-f]{16}\.(json|pt)")
LARGEST_MEMBER = 2**26
LARGEST_ARCHIVE = 2**29
"""Sizes in bytes, unpacked."""
LARGEST_COUNT = 10_000
"""Number of members, each of which becomes a file."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Lists what an archive holds: SHA-256 of each member but this one, by name."""

    format: int
    symbreak: str
    members: dict[str, Any]


def pack(members: dict[str, bytes], archive: Path) -> None:
    """Writes ``members`` and their manifest. The same members make the same bytes."""
    checksums = {name: checksum(content) for name, content in sorted(members.items())}
    contents = Contents(format=FORMAT, symbreak=version("symbreak"), members=checksums)
    members = {MANIFEST: json.dumps(asdict(contents), indent=1).encode(), **members}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in sorted(members.items()):
            _check_size(name, len(content))
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    write_atomically(archive, gzip.compress(buffer.getvalue(), mtime=0))


def unpack(archive: Path, folder: Path) -> Contents:
    """Writes the members into ``folder`` once every one of them has been looked at.

    Raises:
        ValueError: the archive is damaged, too large, of another format, or holds a member that a submission does not
            have (any other name or folder, a link, a second of the same name), that is not in the manifest, or whose
            checksum differs.
    """
    try:
        with tarfile.open(fileobj=_decompressed(archive), mode="r:") as tar:
            members = _checked_members(tar)
            for member in members:
                _write_plain(tar, member, folder / member.name)
    except (tarfile.TarError, zlib.error, EOFError, OSError, RecursionError) as error:
        raise ValueError(f"expected a submission in {archive}, got: {error}") from error
    contents = parse(Contents, read_json(folder / MANIFEST), MANIFEST)
    if contents.format != FORMAT:
        raise ValueError(f"expected a submission of format {FORMAT} in {archive}, got {contents.format}")
    _check_contents(folder, {member.name for member in members} - {MANIFEST}, contents)
    return contents


def _write_plain(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    """Writes the content of a checked member, and nothing else that the archive says of it: Python 3.11 before 3.11.4
    has no filter for extraction."""
    file = tar.extractfile(member)
    if file is None:
        raise tarfile.ReadError(f"no content of {member.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.read())


def read_json(path: Path) -> object:
    """Reads JSON.

    Raises:
        ValueError: the file holds none; the message names it.
    """
    try:
        return json.loads(read_bytes(path))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected JSON in {path.name}, got: {error}") from error


def _decompressed(archive: Path) -> io.BytesIO:
    check_regular(archive)
    with gzip.open(archive) as file:
        content = file.read(LARGEST_ARCHIVE + 1)
    if len(content) > LARGEST_ARCHIVE:
        raise ValueError(f"expected a submission of at most {LARGEST_ARCHIVE} bytes unpacked, got more in {archive}")
    return io.BytesIO(content)


def _checked_members(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    members: dict[str, tarfile.TarInfo] = {}
    for member in tar:
        if not MEMBER.fullmatch(member.name):
            raise ValueError(f"expected manifest.json, model.py, recipes/... and runs/... only, got {member.name!r}")
        if member.type != tarfile.REGTYPE or member.issparse():
            raise ValueError(f"expected {member.name} to be a plain file, got a link, a folder or another kind")
        if len(members) == LARGEST_COUNT:
            raise ValueError(f"expected at most {LARGEST_COUNT} members, got more")
        if member.name in members:
            raise ValueError(f"expected {member.name} once, got it twice")
        _check_size(member.name, member.size)
        members[member.name] = member
    return list(members.values())


def _check_size(name: str, size: int) -> None:
    if size > LARGEST_MEMBER:
        raise ValueError(f"expected members of at most {LARGEST_MEMBER} bytes, got {size} bytes in {name}")


def _check_contents(folder: Path, names: set[str], contents: Contents) -> None:
    if names != set(contents.members):
        name = min(names ^ set(contents.members))
        raise ValueError(f"expected the members that {MANIFEST} names, got a difference in {name}")
    for name, expected in contents.members.items():
        got = checksum(read_bytes(folder / name))
        if got != expected:
            raise ValueError(
                f"expected {name} with SHA-256 {str(expected)[:12]}..., got {got[:12]}...: it or {MANIFEST} was changed"
            )
