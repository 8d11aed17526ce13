"""Files that are written completely or not at all."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from pathlib import Path

from ..recipes import DataError

DIGITS = 64
"""Length of a checksum."""


def write_atomically(path: Path, content: bytes) -> None:
    """Writes under a temporary name, random because machines that share a folder may have equal process numbers, and
    renames, so that the file is complete or absent.

    Raises:
        DataError: the folder cannot be written, or the disk is full; nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DataError(f"expected to write {path}, got: {error.strerror or error}") from error


def write_sealed(path: Path, content: bytes) -> None:
    """Writes as :func:`write_atomically` does, behind the checksum of the content."""
    write_atomically(path, checksum(content).encode() + content)


def read_sealed(path: Path) -> bytes | None:
    """Reads what :func:`write_sealed` wrote; None where the content is not that of the checksum.

    Raises:
        DataError: the file cannot be read.
    """
    sealed = read_bytes(path)
    seal, content = sealed[:DIGITS], sealed[DIGITS:]
    return content if seal == checksum(content).encode() else None


def remove_leftovers(folder: Path, older_than: float = 3600.0) -> None:
    """Deletes the temporary files of writers that were killed more than ``older_than`` seconds ago."""
    for file in folder.rglob(".*.tmp"):
        if time.time() - file.stat().st_mtime > older_than:
            file.unlink(missing_ok=True)


def write_recorded(path: Path, content: bytes) -> None:
    """Writes as :func:`write_atomically` does, then records the checksum in a file beside it, until a manifest holds
    it."""
    write_atomically(path, content)
    write_atomically(_record(path), checksum(content).encode())


def is_recorded(path: Path) -> bool:
    """Checks that a file exists and has not changed since :func:`write_recorded` wrote it."""
    try:
        return checksum(path.read_bytes()) == _record(path).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return False


def remove_record(path: Path) -> None:
    """Removes the checksum beside a file, if there is one."""
    _record(path).unlink(missing_ok=True)


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def check_regular(path: Path) -> None:
    """Refuses what has no end or no content of its own, such as a link to ``/dev/zero`` or a pipe.

    Raises:
        DataError: the path is that of a device, a pipe or a socket.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise DataError(f"expected the file {path}, got a device, a pipe or a socket")


def read_bytes(path: Path, sha256: str | None = None) -> bytes:
    """Reads the content of a file.

    Raises:
        DataError: the file cannot be read, or is none, or its checksum is not the given one.
    """
    check_regular(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"expected the file {path}, got: {error.strerror or error}") from error
    if sha256 is not None and checksum(content) != sha256:
        raise DataError(
            f"expected {path} with SHA-256 {sha256[:12]}..., got {checksum(content)[:12]}...: the file or the manifest "
            "is damaged; move the folder of the data set away, then generate it or, if it was imported, import it again"
        )
    return content


def checksum(content: bytes) -> str:
    """Computes the SHA-256, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
