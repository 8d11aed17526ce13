"""Runs that others can repeat and rescore."""
