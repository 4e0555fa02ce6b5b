# Every target works alone on a fresh machine with python3 and make; the real client also needs npm.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODEX_RELEASES := 0.169.0 0.141.0

.PHONY: demo test lint docs bench soak fix

# The releases that demo and test share; git ignores the folder.
export CODEX_TESTKIT_CODEX_DIR := $(CURDIR)/.codex

demo: $(STAMP)
	$(BIN)/codex-testkit demo

test: $(STAMP)
	$(BIN)/python tests/install_codex.py $(CODEX_RELEASES)
	$(BIN)/python tests/install_sdks.py
	$(BIN)/pytest -n auto

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(STAMP)
	$(BIN)/python docs/generate.py
	$(BIN)/pytest tests/docs

bench: $(STAMP)
	$(BIN)/python tests/install_codex.py $(CODEX_RELEASES)
	$(BIN)/python bench/serving.py
	$(BIN)/python bench/diff.py
	$(BIN)/python bench/recording.py
	$(BIN)/python bench/app_server.py
	$(BIN)/python bench/plugin.py

# Slow: minutes of load, not part of the tests.
soak: $(STAMP)
	$(BIN)/python bench/kills.py --kills 200
	$(BIN)/python bench/soak.py --minutes 30 --streams 200

fix: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group dev
	touch $(STAMP)
