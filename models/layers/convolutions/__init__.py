"""Convolutions with one kernel for all places, or a few that are mixed place by place."""
