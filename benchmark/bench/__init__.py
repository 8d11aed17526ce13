"""Speed and evidence: the tables and figures of ``symbreak bench`` and ``symbreak measure --out``."""

from .bench import measure_speed
from .evidence import write_evidence
from .large_table import bench_results
from .speed import write_bench

__all__ = ["bench_results", "measure_speed", "write_bench", "write_evidence"]
