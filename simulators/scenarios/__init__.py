"""Scenarios, one per file: a group, a knob that breaks its symmetry, and what differs between simulations."""
