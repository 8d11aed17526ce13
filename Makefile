# make quick: data, training, tables and figures of the first look, in results/quick/
# make check: lint, format and types
# make test:  the whole test suite
# make findings: tables and figures of results/core, results/revealed and results/history from their runs, the pages of the
#                first two, and what README.md and docs/findings.md quote
# They make the virtual environment when it is not there or out of date. Needs Python 3.11+ with venv.

PYTHON ?= python3
VENV := .venv
ROOMS := symmetry simulators datasets models benchmark

.PHONY: quick check test findings

quick: $(VENV)/installed
	$(VENV)/bin/symbreak run quick

check: $(VENV)/checkers
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/pyright --pythonpath $(VENV)/bin/python

test: $(VENV)/installed
	$(VENV)/bin/python -m pytest

findings: $(VENV)/installed
	for folder in results/core results/revealed results/history; do \
		for command in leaderboard plot; do $(VENV)/bin/symbreak $$command $$folder || exit; done; done
	for folder in results/core results/revealed; do $(VENV)/bin/symbreak report $$folder || exit; done
	$(VENV)/bin/symbreak quote README.md docs/findings.md

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "expected Python 3.11 or newer, got " + sys.version)'
	for room in $(ROOMS); do test -e src/symbreak/$$room || ln -s ../../$$room src/symbreak/$$room || exit; done
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --editable '.[test]' --constraint constraints.txt
	touch $@

$(VENV)/checkers: $(VENV)/installed
	$(VENV)/bin/python -m pip install --quiet --editable '.[check]' --constraint constraints.txt
	touch $@
