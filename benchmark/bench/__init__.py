"""Speed: tables and figures of what ``symbreak bench`` measures."""

from .large_table import bench_results
from .speed import write_bench

__all__ = ["bench_results", "write_bench"]
