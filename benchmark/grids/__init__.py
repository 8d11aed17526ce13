"""Grids of runs: presets, tuning, and their execution."""
