"""One self-contained page of a results folder."""

from .page import write_report

__all__ = ["write_report"]
