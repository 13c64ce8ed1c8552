# Two commands are enough: `make run` and `make test`. Each does its own set-up.
# Works with GNU make 3.81, which macOS has, and newer.
ifneq ($(firstword $(sort $(MAKE_VERSION) 3.81)),3.81)
  $(error This needs GNU make 3.81 or newer, and this is $(if $(MAKE_VERSION),GNU make $(MAKE_VERSION),another make). It may be installed as gmake)
endif

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SETUP  := PYTHON="$(PYTHON)" sh deploy/setup.sh $(VENV)
# Whichever process is free takes over what another has not begun.
PARALLEL := --numprocesses auto --dist worksteal

.PHONY: run test test-all faults faults-quick fuzz browser lint types imports audit security bench-tests wheel bare check checks fuzz-quick docs bench bench-growth bench-methods bench-crowd bench-soak bench-stalls bench-misuse bench-peers bench-all clean help

run: $(VENV)/run.stamp ## Serve on port 8888, with a private store; ARGS="--port 9000" passes options on
	$(BIN)/stackvote run $(ARGS)

test: $(VENV)/test.stamp ## Run the tests that answer within 90 seconds; ARGS="-k board" passes options on
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow" --ignore=tests/browser --ignore=tests/faults $(ARGS) tests

test-all: $(VENV)/check.stamp ## Run those and the slow ones, all but browser and faults: about 5 minutes
	$(BIN)/python -m pytest $(PARALLEL) --ignore=tests/browser --ignore=tests/faults $(ARGS) tests

faults: $(VENV)/test.stamp ## Subject 200-person meetings to real faults: about half an hour; ARGS="-k disk" for some
	$(BIN)/python -m pytest tests/faults $(ARGS)

faults-quick: $(VENV)/test.stamp ## Those faults that CI tries: less than ten minutes
	$(BIN)/python -m pytest tests/faults -m quick $(ARGS)

fuzz: $(VENV)/check.stamp ## Fuzz frames, messages, HTTP, templates and logs, half an hour each; SECONDS=60 for less, ARGS="frames" for some
	PYTHONPATH=tests SECONDS=$(SECONDS) $(BIN)/python -m fuzz.run $(ARGS)

browser: $(VENV)/check.stamp ## Run the tests in a real Chromium (needs the system's chromium)
	$(BIN)/python -m pytest tests/browser $(ARGS)

lint: $(VENV)/check.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/check.stamp
	$(BIN)/mypy

imports: $(VENV)/check.stamp
	$(BIN)/lint-imports

audit: $(VENV)/check.stamp ## Look for mistakes in the code and for known faults in the libraries
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive server
	$(BIN)/python .ci/audit.py

security: audit ## The same, and everything that an attacker would try (see tests/security)
	$(BIN)/python -m pytest tests/security $(ARGS)

bench-tests: $(VENV)/test.stamp ## Check that the load generator notices every broken promise (needs a C compiler)
	$(BIN)/python -m pytest bench

wheel: $(VENV)/check.stamp ## Build the wheel, install it alone, and use it
	$(BIN)/python .ci/try_wheel.py

bare: $(VENV)/run.stamp ## Run `make run` and `make test` in a fresh clone that finds no optional program
	$(BIN)/python .ci/try_bare.py $(PYTHON)

CHECKS := lint types imports audit test-all faults-quick fuzz-quick browser bench-tests wheel bare

check: $(CHECKS) ## All that CI runs, on a machine that has what it needs: about half an hour

checks: # Names the parts of `check`, for CI, which times each.
	@echo $(CHECKS)

fuzz-quick: ## Fuzz for a minute of each kind, as CI does
	$(MAKE) fuzz SECONDS=60

docs: $(VENV)/run.stamp ## Write the pages that are made from the code
	$(BIN)/python -m server.reference > docs/settings.md

bench: $(VENV)/run.stamp ## Measure speed, memory and delay in five minutes; ARGS="--quick" for a short look
	$(BIN)/python -m bench.run $(ARGS)

bench-growth: $(VENV)/run.stamp ## Measure how cost grows with voters, connections and boards: about five minutes; ARGS="--quick" for a short look
	$(BIN)/python -m bench.growth $(ARGS)

bench-methods: $(VENV)/run.stamp ## Measure what counting costs by each method: about a minute; ARGS="--quick" for a short look
	$(BIN)/python -m bench.methods $(ARGS)

bench-crowd: $(VENV)/run.stamp ## Measure 10,000 people who join at once: about two minutes; ARGS="--quick" for a short look
	$(BIN)/python -m bench.crowd $(ARGS)

bench-soak: $(VENV)/run.stamp ## Measure what 100,000 connections leave behind: about 12 minutes; ARGS="--quick" for a short look
	$(BIN)/python -m bench.soak $(ARGS)

bench-stalls: $(VENV)/run.stamp ## Measure how long the largest boards keep a neighbour waiting: about five minutes; ARGS="--only matrix" for some
	$(BIN)/python -m bench.stalls $(ARGS)

bench-misuse: $(VENV)/run.stamp ## Measure what people cost who do not read, or do not end: about three minutes; ARGS="--quick" for a short look
	$(BIN)/python -m bench.misuse $(ARGS)

bench-peers: bench/peers/.venv/stamp bench/peers/node_modules/stamp ## Install the peers that Stackvote is compared with, each in an environment of its own (needs node and a C compiler)

bench-all: bench bench-growth bench-methods bench-crowd bench-peers ## Measure all but the soak, then Stackvote beside its peers: about 35 minutes; ARGS="--quick" for a short look
	$(BIN)/python -m bench.compare $(ARGS)

bench/peers/.venv/stamp: bench/peers/requirements.txt
	$(PYTHON) -m venv bench/peers/.venv
	bench/peers/.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

bench/peers/node_modules/stamp: bench/peers/package.json
	cd bench/peers && npm install --no-package-lock --no-audit --no-fund
	touch $@

clean: ## Forget the virtual environment and caches; the data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# There is one environment, which grows. A stamp says what is in it already.
$(VENV)/run.stamp: pyproject.toml
	@$(SETUP)
	@touch $@

$(VENV)/test.stamp: pyproject.toml
	@$(SETUP) test
	@touch $@ $(VENV)/run.stamp

$(VENV)/check.stamp: pyproject.toml
	@$(SETUP) test,oracles,fuzz,browser,check
	@touch $@ $(VENV)/test.stamp $(VENV)/run.stamp
