"""Data sets on disk: the only code that reads and writes them."""

from .dataset import DataSet, Windows
from .export import export
from .files import checksum, is_recorded, read_bytes, write_atomically, write_recorded
from .finish import finish, read_contents
from .floor import Floor, as_lists, floor_of, floor_of_files
from .manifest import MANIFEST, Manifest, read_manifest
from .stored import stored_fields
from .verify import verify
from .well import Frames, decode, encode

__all__ = [
    "MANIFEST",
    "DataSet",
    "Floor",
    "Frames",
    "Manifest",
    "Windows",
    "as_lists",
    "checksum",
    "decode",
    "encode",
    "export",
    "finish",
    "floor_of",
    "floor_of_files",
    "is_recorded",
    "read_bytes",
    "read_contents",
    "read_manifest",
    "stored_fields",
    "verify",
    "write_atomically",
    "write_recorded",
]
