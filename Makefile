# Everything that is made lives in .venv/ and .local/; nothing outside the checkout is touched (but for the caches of pip and Go).
STACK  ?= staging
PYTHON ?= python3
PY      = .venv/bin/python
READY   = .venv/.ready

.PHONY: help up preview down test check doctor serving env engine format bench clean
.DEFAULT_GOAL := help

help:            ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@echo "setting up .venv from requirements.lock (3 minutes the first time)"
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $(READY)

up: $(READY)     ## bring STACK=staging|prod up on the embedded AWS, with all the set-up
	@$(PY) -m dev up $(STACK)

preview: $(READY) ## what `make up` would change
	@$(PY) -m dev preview $(STACK)

down: $(READY)   ## destroy the stacks, stop the embedded AWS, remove what they left
	@$(PY) -m dev down

test: $(READY)   ## the whole suite
	@$(PY) -m dev test

check: $(READY)  ## format, lint, types, generated files
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/basedpyright
	@$(PY) -m settings.generate --check
	@$(PY) -m policies.generate --check

doctor:          ## what is there, which versions, what is missing
	@if test -e $(READY); then $(PY) -m dev doctor; else $(PYTHON) -m engine doctor; fi

serving: $(READY) ## which release of STACK serves, asked of the embedded AWS
	@$(PY) -m dev serving $(STACK)

env: $(READY)    ## write .local/env, to be sourced by your shell
	@$(PY) -m dev env

engine: $(READY) ## build the engine (ENGINE=build: even when an official pulumi is installed)
	@$(PY) -m engine build

format: $(READY) ## rewrite the sources in the project's format
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: $(READY)  ## measure up, preview, change and destroy
	@$(PY) -m bench

clean: down      ## also remove the engine and the virtual environment
	@rm -rf .local .venv
