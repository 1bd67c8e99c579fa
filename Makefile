# Every target needs Python 3.11 or newer, git and make; the environment (.venv) is made on the way.
# PYTHON=/path chooses the interpreter, ARGS=... goes to the command behind the target, ONLY=... names a group.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo up test prove bench lint arch fmt environment environment-dev
# One target after the other: they share the environment and two cores.
.NOTPARALLEL:

BIN := .venv/bin
RUN := $(BIN)/python
PYTEST := $(RUN) -m pytest --numprocesses=auto --dist=loadfile

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environment:
	@PYTHON="$(PYTHON)" deploy/environment.sh base

environment-dev:
	@PYTHON="$(PYTHON)" deploy/environment.sh dev

demo: environment ## Run the governed life of one model on real data (ARGS=--fresh resets, ARGS=--check follows every printed line)
	@$(RUN) manage.py demo $(ARGS)

up: ## Start the composed services with an engine for containers (unproven: no engine ran while this was built)
	@docker compose up --build $(ARGS)

test: environment-dev ## Run the suite on SQLite; again on PostgreSQL and Redis where MRM_TEST_DATABASE_URL and MRM_TEST_BROKER_URL say so
	@env -u MRM_DATABASE_URL -u MRM_BROKER_URL $(PYTEST) $(ARGS)
	@test -z "$$MRM_TEST_DATABASE_URL" || env MRM_DATABASE_URL="$$MRM_TEST_DATABASE_URL" \
	    $${MRM_TEST_BROKER_URL:+MRM_BROKER_URL="$$MRM_TEST_BROKER_URL"} $(PYTEST) $(ARGS)

# The groups of a folder are its modules; those that begin with an underscore help the others.
groups = $(filter-out __% _% conftest,$(basename $(notdir $(wildcard $(1)/*.py))))

define choose_group
@case " $(call groups,$(2)) " in \
    *" $(or $(ONLY),/) "*) ;; \
    *) echo "Groups of make $(1): $(or $(call groups,$(2)),none yet). Choose one: make $(1) ONLY=<group>"; exit 2 ;; \
esac
endef

prove: ## Run one proof at its full size (ONLY=<group>)
	$(call choose_group,prove,tests/prove)
	@PYTHON="$(PYTHON)" deploy/environment.sh dev
	@$(RUN) -m tests.prove.$(ONLY) $(ARGS)

bench: ## Run one measured comparison (ONLY=<group>)
	$(call choose_group,bench,benchmarks)
	@PYTHON="$(PYTHON)" deploy/environment.sh dev
	@$(RUN) -m benchmarks.$(ONLY) $(ARGS)

lint: environment-dev ## Style, types, templates, migrations, deployment settings, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint --lint --quiet --allow-empty-input templates
	@$(RUN) -m tests.lint_project

arch: environment-dev ## Who may import whom
	@$(BIN)/lint-imports

fmt: environment-dev ## Format the code and repair what can be repaired by itself
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .
