"""Flows that were measured or simulated elsewhere."""
