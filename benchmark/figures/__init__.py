"""Figures and films of results and of data sets."""
