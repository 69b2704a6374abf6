# `make` lists the commands; each one sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run.stamp
TEST_STAMP := $(VENV)/.test.stamp
export PATH := $(CURDIR)/$(BIN):$(PATH)
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
# Tests start hundreds of Python processes: let them cache bytecode, whatever the environment sets.
export PYTHONDONTWRITEBYTECODE :=
# More workers than cores: some tests wait for containers while others compute (docs/decisions/0014-tests-in-tiers.md).
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest
TOGETHER := --no-print-directory --jobs=3 --output-sync=target

.PHONY: help setup audit audit-lab lab lab-repaired lab-down record-demo docs bench \
	lint lint-python lint-ansible unit check faults test newest newest-tests collection lock clean
.DEFAULT_GOAL := help

help: ## list these commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUN_STAMP) ## create the virtual environment from the locked requirements

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Parity needs Python 3.11 or newer. If it has another name: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(RUN_STAMP): requirements/run.txt | $(BIN)/python
	@echo "Installing the locked requirements (once, about 30 seconds)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(TEST_STAMP): requirements/test.txt $(RUN_STAMP)
	@echo "Installing the locked test requirements (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

audit: $(RUN_STAMP) ## audit the recorded demo (no Docker needed)
	@ansible-playbook audit.yml
	@echo
	@echo "This was a demo: a recording of the lab. It always passes, and remedies need live hosts."
	@echo "To audit your own stacks, here and on a server:"
	@echo "  $(BIN)/ansible-playbook -i dev=local,prod=deploy@server.example.org audit.yml"

lab: $(RUN_STAMP) ## start the live lab: two real stacks on the local Docker Engine
	@$(BIN)/python lab/lab.py up

lab-repaired: $(RUN_STAMP) ## start the live lab with every fault fixed
	@$(BIN)/python lab/lab.py up --repaired

lab-down: $(RUN_STAMP) ## remove the live lab
	@$(BIN)/python lab/lab.py down

audit-lab: $(RUN_STAMP) ## audit the live lab
	@ansible-playbook -i inventory/lab audit.yml

record-demo: $(RUN_STAMP) ## record the live lab as the demo's snapshots
	@ansible-playbook -i inventory/lab audit.yml -e parity_fail_on=never
	@for name in dev prod; do sed "s#$(CURDIR)/lab/run#/srv/personal_assistant#g" reports/latest/snapshots/$$name.json > inventory/demo/snapshots/$$name.json; done

docs: $(RUN_STAMP) ## regenerate the docs that are made from data
	@PYTHONPATH=src $(BIN)/python -m parity.docs.rules_page
	@PYTHONPATH=src $(BIN)/python -m parity.docs.signature_page
	@PYTHONPATH=src $(BIN)/python -m parity.docs.repairs_page

bench: $(TEST_STAMP) ## time the audit of the live lab against bare Ansible and stock modules
	@$(BIN)/python bench/bench.py

lint: $(TEST_STAMP) ## run every linter: formats, types, imports, YAML, Ansible
	@$(MAKE) $(TOGETHER) lint-python lint-ansible

lint-python: $(TEST_STAMP)
	@ruff check .
	@ruff format --check --quiet .
	@mypy
	@vermin --quiet --no-tips --eval-annotations --violations -t=3.8- src/parity_host library
	@PYTHONPATH=src lint-imports --no-cache --no-logo

lint-ansible: $(TEST_STAMP)
	@yamllint .
	@ansible-lint --offline

unit: $(TEST_STAMP) ## run only the unit tests
	@$(PYTEST) -n auto -m "not long_run" --ignore=tests/integration tests

check: $(TEST_STAMP) ## run before each commit: every linter and the unit tests (two minutes)
	@$(MAKE) $(TOGETHER) lint-python lint-ansible unit

faults: $(TEST_STAMP) ## run the long tests: every fault of a remedy's switch, every mutant of a host's answer
	@$(PYTEST) -m long_run --ignore=tests/integration tests

test: $(TEST_STAMP) ## run everything that CI runs: linters, unit, faults, integration, Molecule (20 minutes)
	@$(MAKE) --no-print-directory lint
	@$(PYTEST) -n $(WORKERS) --durations=25 tests

LOADED := $(addprefix tests/,integration/test_demo.py integration/test_inventories.py integration/test_collection.py unit/parity/docs unit/parity/preflight)
newest: ## run the demo's audit and the tests of what Ansible loads with the newest Python on this machine
	@python=$$(.ci/newest-python) || { echo "make newest: no Python newer than 3.11 is here; nothing was tested."; exit 0; }; \
	$(MAKE) --no-print-directory VENV=.cache/newest PYTHON=$$python newest-tests

newest-tests: $(TEST_STAMP)
	@$(BIN)/python -c "import sys, ansible.release as core; print('Python', sys.version.split()[0], 'with ansible-core', core.__version__)"
	@$(PYTEST) -n 2 $(LOADED)

collection: $(RUN_STAMP) ## build the collection compose.parity into dist/
	@$(BIN)/python collection/build.py dist

lock: ## update the locked requirements (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --group test -o requirements/test.txt

clean: ## remove everything generated here except reports
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .ansible
