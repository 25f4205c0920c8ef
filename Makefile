# Everything a newcomer needs: `make demo` and `make test` do their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A test process per core; the tests start servers and processes of their own.
TEST_PROCESSES ?= 2

# How many cases the searching tests look at in `make soak`.
SEARCHED ?= 600

.PHONY: setup demo test acceptance acceptance-table faults slow crash lint bench soak screenshots staging requirements clean help

help:
	@echo "make demo          everything against the sandbox: no keys, no network beyond installing"
	@echo "make test          the tests, without those of the other targets"
	@echo "make acceptance    every resource of every source against one suite of promises (docs/acceptance.md)"
	@echo "make faults        whole syncs under every kind of fault, as processes"
	@echo "make slow          whole syncs and builds, one after the other"
	@echo "make crash         SIGKILL at writes drawn by lot (CRASH_SEED=1 draws them again, CRASH_POINTS=8, CRASH_DEFECTS=4)"
	@echo "make lint          ruff, mypy, import contracts, sqlfluff, dbt parse, generated files"
	@echo "make bench         the benchmarks"
	@echo "make soak          the long forms, over an hour: benchmarks up to a million records, more searched cases, kills and days"
	@echo "make screenshots   take the README's pictures of the dashboard (needs Chromium)"
	@echo "make staging       write dbt's staging from the record models"
	@echo "make requirements  compile the pinned requirements from pyproject.toml"

setup: $(VENV)/.ready

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/leadhouse demo

# Files with whole syncs come first by their folder's name; sorted by their number of tests they would come last, on one core.
test: setup
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

# With ACCEPTANCE=check it fails, too, when docs/acceptance.md does not say what was found.
acceptance: setup
	ACCEPTANCE=check $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist load tests/acceptance tests/faults

acceptance-table: setup
	ACCEPTANCE=write $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist load tests/acceptance tests/faults

faults: setup
	$(BIN)/python -m pytest -m faults -n $(TEST_PROCESSES) --dist load tests/faults

slow: setup
	$(BIN)/python -m pytest -m "slow and not soak" -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder tests/app tests/sources tests/semantic tests/dashboard

# Takes CRASH_SEED, CRASH_POINTS and CRASH_DEFECTS (all where it is left out) from make's command line or the environment.
crash: setup
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal tests/crash

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m leadhouse.staging --check
	$(BIN)/sqlfmt --check --quiet dbt_project
	$(BIN)/dbt parse --project-dir dbt_project --profiles-dir dbt_project --target-path $(CURDIR)/.venv/dbt-target --log-path $(CURDIR)/.venv/dbt-logs --no-partial-parse --show-all-deprecations --warn-error

bench: setup
	$(BIN)/python -m benchmarks.landing
	$(BIN)/python -m benchmarks.metered
	$(BIN)/python -m benchmarks.credits
	$(BIN)/python -m benchmarks.identity
	$(BIN)/python -m benchmarks.dashboard

# Everything runs, whatever was found before; the exit code says whether all was well.
soak: setup
	@failed=0; \
	$(BIN)/python -m pytest -m soak -n $(TEST_PROCESSES) --dist loadfile tests/app tests/semantic || failed=1; \
	SEARCHED=$(SEARCHED) $(BIN)/python -m pytest tests/metered/test_budget_property.py tests/metered/test_jobs_property.py || failed=1; \
	$(BIN)/python -m benchmarks.landing 50000 || failed=1; \
	$(BIN)/python -m benchmarks.metered --long || failed=1; \
	$(BIN)/python -m benchmarks.credits --rows 10000 || failed=1; \
	$(BIN)/python -m benchmarks.identity --long || failed=1; \
	VOLUME=100000 $(BIN)/python -m pytest -n $(TEST_PROCESSES) tests/acceptance/test_promises.py -k "however_many and (tracked_companies-free or contacts-free)" || failed=1; \
	CRASH_POINTS=80 $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal tests/crash || failed=1; \
	exit $$failed

screenshots: setup
	$(BIN)/python -m tests.dashboard.screenshots

staging: setup
	$(BIN)/python -m leadhouse.staging

requirements: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --no-strip-extras --generate-hashes --no-header --no-annotate --quiet --constraint requirements/constraints.in pyproject.toml --output-file requirements/runtime.txt
	$(BIN)/uv pip compile --universal --no-strip-extras --generate-hashes --no-header --no-annotate --quiet --constraint requirements/constraints.in --extra dev pyproject.toml --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) demo data dbt_project/target
