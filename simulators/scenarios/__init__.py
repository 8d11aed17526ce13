"""Scenarios, one a file: a group, a knob that breaks its symmetry, and what differs between simulations."""

from .registry import get_scenario, list_scenarios
from .scenario import Scenario

__all__ = ["Scenario", "get_scenario", "list_scenarios"]
