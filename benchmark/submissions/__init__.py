"""Runs that others can repeat and rescore."""

from .agreement import Agreement, compare
from .repeat import reproduce
from .submission import Verdict, rescore, submit

__all__ = [
    "Agreement",
    "Verdict",
    "compare",
    "reproduce",
    "rescore",
    "submit",
]
