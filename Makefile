# make chat   set up and open the desk on http://127.0.0.1:7860
# make test   set up and run the tests
# make check  lint, types, layers, corpus and tests: what a change must pass
# make bench  every figure, into docs/benchmarks.md (hours; BENCH_ARGS="--only NAME …" or --help)
# make docs   write the generated parts of README.md and docs/ again
# make clean  remove the environment and caches (the home and the weights stay)
# Needs Python 3.11 or newer, nothing else. PYTHON= and PORT= may be given.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 7860
# For instance PYTEST_ARGS="-n 2 --dist loadfile" runs files of tests side by side.
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check

.PHONY: chat test check bench docs constraints programs clean

chat: $(VENV)/ready
	$(VENV)/bin/refdesk serve --host 127.0.0.1 --port $(PORT)

test: $(VENV)/ready-dev programs
	$(VENV)/bin/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/ready-dev programs
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/refdesk corpus check
	$(VENV)/bin/python -m pytest $(PYTEST_ARGS)

bench: $(VENV)/ready-dev
	$(VENV)/bin/python -m tests.bench.sets $(BENCH_ARGS)

docs: $(VENV)/ready-dev
	$(VENV)/bin/python -m tests.generated_docs

constraints: $(VENV)/ready-dev
	$(VENV)/bin/python .ci/constraints.py

# Chromium and Tesseract for the tests, where they can be had without asking; else those skip.
programs:
	@.ci/programs

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "refdesk needs Python 3.11 or newer; run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing refdesk into $(VENV): some minutes the first time"
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/ready-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing refdesk and its test tools into $(VENV): some minutes the first time"
	$(PIP) install -c constraints.txt -e ".[dev]"
	@touch $(VENV)/ready $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
