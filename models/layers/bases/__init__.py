"""Bases of the kernels that a group allows."""
