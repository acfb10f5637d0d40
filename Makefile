# What people and the CI run. Every target sets up what it needs first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.kachi-setup
OUR := app core pages tests bench

.PHONY: help setup demo up test test-all lint types bench bench-setup docs lock clean browser

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: $(STAMP) ## Make the environment in .venv (done by the other targets as well)

$(STAMP): requirements-dev.lock pyproject.toml .ci/setup
	.ci/setup $(VENV)
	@touch $@

demo: setup ## Start portal and gateway with the demo workspace on 127.0.0.1
	$(VENV)/bin/kachi demo

up: setup ## Start portal and gateway on the home in KACHI_HOME
	$(VENV)/bin/kachi up

test: lint types browser ## Run the checks and the tests (under 15 minutes on two cores)
	KACHI_CHROMIUM="$$(.ci/browser --path)" $(PY) -m pytest -n 2 --dist loadgroup

test-all: lint types browser ## Run everything, the slow tests too: faults of 50 rounds, 5,000 odd requests
	KACHI_CHROMIUM="$$(.ci/browser --path)" $(PY) -m pytest -m "slow or not slow" -s --timeout 7200

browser: setup
	@.ci/browser

lint: setup ## Check style and form
	$(VENV)/bin/ruff check $(OUR)
	$(VENV)/bin/ruff format --check $(OUR)

types: setup ## Check types
	$(VENV)/bin/mypy

bench: setup ## Measure against peers and limits; each prints one JSON line last
	@for bench in bench/[a-z]*.py; do echo "== $$bench"; $(PY) "$$bench" $(BENCH_FLAGS); done

bench-setup: setup ## Make the peers' own environment in .venv-bench
	.ci/setup-bench .venv-bench

docs: setup ## Write the API's description to build/openapi.json
	@mkdir -p build
	$(PY) -c "import json; from core.api.app import create_api; print(json.dumps(create_api().openapi(), indent=1))" > build/openapi.json
	@echo "build/openapi.json"

lock: ## Pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	uv pip compile pyproject.toml --group dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-dev.lock

clean: ## Remove the environment and all caches; homes stay
	rm -rf $(VENV) .venv-bench build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
