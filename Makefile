# Two commands are enough: `make demo` and `make test`. Everything else is for those who build Kekal.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8000
KEKAL_HOME ?= .kekal
AT := $(if $(DAY),--day $(DAY))
export PORT KEKAL_HOME

.PHONY: help demo demo-reset test check long mutants bench lock

help:  ## what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: $(READY)  ## everything at once, at http://127.0.0.1:8000/demo
	@exec $(BIN)/kekal demo $(AT)

demo-reset: $(READY)  ## the same, from the beginning; DAY=2026-04-22 begins at that day
	@exec $(BIN)/kekal demo --reset $(AT)

test: $(READY)  ## every test but the long ones, the browser's included
	@$(BIN)/python tests/browser.py
	@$(BIN)/python -m tests.both

check: $(READY)  ## style, types, import contracts; no tests
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/mypy

long: $(READY)  ## the long trust runs
	@$(BIN)/python tests/browser.py
	@$(BIN)/python -m pytest -m long

mutants: $(READY)  ## every guard taken away, one at a time: a promise that nobody misses is none
	@$(BIN)/python -m pytest -m mutant

bench: $(READY)  ## what a price, a page, a click and a sweep cost, each beside something in the same run
	@$(BIN)/python -m bench

lock: $(READY)  ## pin every dependency anew
	@for group in "" dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --upgrade $${group:+--group $$group} pyproject.toml -o requirements/$${group:-run}.txt; done

$(READY): requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Kekal needs (once, about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m app.assets
	@touch $@
