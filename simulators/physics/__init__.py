"""One step of a plume, its pressure solve, and runs of many steps. Knows no scenario."""
