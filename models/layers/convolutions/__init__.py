"""Convolutions with one kernel everywhere, or a few that are mixed with weights that vary in space."""
