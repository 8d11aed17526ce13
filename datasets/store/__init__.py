"""Data sets on disk: the only code that reads and writes them."""
