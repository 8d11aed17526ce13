"""Locally connected layers: a separate kernel for each place."""
