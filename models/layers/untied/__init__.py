"""Locally connected layers: a kernel for each place."""
