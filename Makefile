# Two commands are enough: `make run` and `make test`. Each does its own set-up.
# Works with GNU make 3.81, which macOS has, and newer.
ifneq ($(firstword $(sort $(MAKE_VERSION) 3.81)),3.81)
  $(error This needs GNU make 3.81 or newer, and this is $(if $(MAKE_VERSION),GNU make $(MAKE_VERSION),another make). It may be installed as gmake)
endif

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SETUP  := PYTHON="$(PYTHON)" sh deploy/setup.sh $(VENV)
NODE_BIN := .ci/scripts/node_modules/.bin
SCRIPTS  := static/js tests/scripts .ci/scripts
SCRIPT_TESTS = $(shell find tests/scripts -name '*.test.mjs' | sort)
# An idle process takes over tests that another has not started.
PARALLEL := --dist worksteal --numprocesses

# Compiled once, the code need not be compiled again by each process that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-all test-slow faults faults-quick fuzz browser lint types imports audit security bench-tests chart wheel image bare scripts scripts-format check checks set-up fuzz-quick short docs pictures bench bench-growth bench-methods bench-replay bench-relay bench-crowd bench-company bench-soak bench-stalls bench-weight bench-smoothness bench-misuse bench-peers bench-all clean help

run: $(VENV)/run.stamp ## Serve on port 8888, with a private store; ARGS="--port 9000" passes options on
	$(BIN)/stackvote run $(ARGS)

test: $(VENV)/test.stamp ## Run the tests that answer within 90 seconds; ARGS="-k board" passes options on
	$(BIN)/python -m pytest $(PARALLEL) auto -m "not slow" --ignore=tests/browser --ignore=tests/faults $(ARGS) tests

test-all: $(VENV)/check.stamp ## Run those and the slow ones, but not browser and faults: about ten minutes
	$(BIN)/python -m pytest $(PARALLEL) 4 --ignore=tests/browser --ignore=tests/faults $(ARGS) tests

test-slow: $(VENV)/check.stamp ## Run of those what `make test` leaves out, skips, or tries with fewer examples
	$(BIN)/python -m pytest $(PARALLEL) 4 -m "slow or needs or hypothesis" --ignore=tests/browser --ignore=tests/faults $(ARGS) tests

faults: $(VENV)/test.stamp ## Subject 200-person meetings to real faults: about half an hour; ARGS="-k disk" selects some
	$(BIN)/python -m pytest tests/faults $(ARGS)

faults-quick: $(VENV)/test.stamp ## Run the faults that CI runs: about seven minutes
	$(BIN)/python -m pytest $(PARALLEL) 2 tests/faults -m quick $(ARGS)

fuzz: $(VENV)/check.stamp ## Fuzz frames, messages, HTTP, templates and logs, half an hour each; SECONDS=60 is shorter, ARGS="frames" selects some
	PYTHONPATH=tests SECONDS=$(SECONDS) $(BIN)/python -m fuzz.run $(ARGS)

browser: $(VENV)/check.stamp ## Run the tests in a real Chromium (needs the system's), a meeting with Firefox and WebKit too
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile $(ARGS) tests/browser

lint: $(VENV)/check.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/vulture

types: $(VENV)/check.stamp
	$(BIN)/mypy

imports: $(VENV)/check.stamp
	$(BIN)/lint-imports

scripts: .ci/scripts/node_modules/stamp $(VENV)/run.stamp ## Check and test scripts and styles (needs Node 18.20 or newer; nothing else does)
	$(NODE_BIN)/eslint --config .ci/scripts/eslint.config.js --max-warnings 0 $(SCRIPTS)
	$(NODE_BIN)/tsc --project .ci/scripts/tsconfig.json
	$(NODE_BIN)/stylelint --config .ci/scripts/stylelint.config.js "static/css/*.css"
	$(NODE_BIN)/prettier --config .ci/scripts/prettier.config.js --log-level warn --check $(SCRIPTS) static/css docs/protocol.d.ts
	node .ci/scripts/browsers.js static
	PYTHON="$(BIN)/python" node --import ./.ci/scripts/browser_like.js --test $(SCRIPT_TESTS)

scripts-format: .ci/scripts/node_modules/stamp ## Format scripts and styles as `make scripts` expects them
	$(NODE_BIN)/stylelint --config .ci/scripts/stylelint.config.js --fix "static/css/*.css"
	$(NODE_BIN)/prettier --config .ci/scripts/prettier.config.js --log-level warn --write $(SCRIPTS) static/css

.ci/scripts/node_modules/stamp: .ci/scripts/package.json
	cd .ci/scripts && npm install --no-package-lock --no-audit --no-fund
	touch $@

audit: $(VENV)/check.stamp ## Scan the code for common mistakes and the libraries for known vulnerabilities
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive server
	$(BIN)/python .ci/audit.py

security: audit ## Run the audit, and attack the server (see tests/attacks)
	$(BIN)/python -m pytest tests/attacks tests/security $(ARGS)

bench-tests: $(VENV)/test.stamp ## Check that the load generator detects every kind of wrong answer (needs a C compiler)
	$(BIN)/python -m pytest $(PARALLEL) 2 bench

# In an environment of its own: it pins the versions of many libraries.
.ci/chart/.venv/stamp: .ci/chart/requirements.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --no-compile --requirement $<
	touch $@

chart: .ci/chart/.venv/stamp $(VENV)/check.stamp ## Scan the Helm chart's manifests for weaknesses
	$(BIN)/python .ci/chart/render.py .ci/chart/.venv/manifests
	.ci/chart/.venv/bin/checkov --config-file .ci/chart/checkov.yaml --directory .ci/chart/.venv/manifests

wheel: $(VENV)/check.stamp ## Build the wheel, install it on its own, and use it
	$(BIN)/python .ci/try_wheel.py

image: $(VENV)/run.stamp ## Build the image from the Dockerfile without an engine, and use it: about three minutes (needs root, Debian's buildah and debootstrap)
	$(BIN)/python .ci/try_image.py

bare: $(VENV)/run.stamp ## Run `make run` and `make test` in a fresh clone without optional programs
	$(BIN)/python .ci/try_bare.py $(PYTHON)

# Faults mostly wait, so two run at once, and fuzzing and what is short meanwhile. `bare` runs
# `make test`.
CHECKS := test-slow faults-quick+fuzz-quick+short browser bench-tests bare

check: $(subst +, ,$(CHECKS)) ## Run everything that CI runs, if the machine has what it needs: about 35 minutes

set-up: $(VENV)/check.stamp .ci/scripts/node_modules/stamp .ci/chart/.venv/stamp # Installs what they need

checks: # Lists the parts of `check`, for CI, which times each; parts joined by + run at once.
	@echo $(CHECKS)

fuzz-quick: ## Fuzz each kind for 40 seconds, as CI does; what runs meanwhile goes first
	nice -n 19 $(MAKE) fuzz SECONDS=40

short: # What is short, all of it even if something fails; what runs meanwhile goes first
	nice -n 19 $(MAKE) --keep-going lint types imports audit scripts chart wheel

docs: $(VENV)/run.stamp ## Write the pages that are generated from the code
	$(BIN)/python -m server.ops.settings_reference > docs/settings.md
	$(BIN)/python -m server.web.typescript > docs/protocol.d.ts
	$(BIN)/python -m server.ops.board_file > docs/board-file.schema.json
	$(BIN)/python -m server.exports.record_schema > docs/record.schema.json
	$(BIN)/python -m server.words.typescript > .ci/scripts/words.d.ts

pictures: $(VENV)/check.stamp ## Make the README's pictures from the real pages (needs Chromium)
	PYTHONPATH=tests $(BIN)/python .ci/pictures.py

bench: $(VENV)/run.stamp ## Measure throughput, latency and memory: about five minutes; ARGS="--quick" for a short run
	$(BIN)/python -m bench.run $(ARGS)

bench-growth: $(VENV)/run.stamp ## Measure how costs grow with voters, connections and boards: about five minutes; ARGS="--quick" for a short run
	$(BIN)/python -m bench.growth $(ARGS)

bench-methods: $(VENV)/run.stamp ## Measure the cost of counting by method: about a minute; ARGS="--quick" for a short run
	$(BIN)/python -m bench.methods $(ARGS)

bench-replay: $(VENV)/run.stamp ## Measure how soon the replay of 100,000 actions starts: about a minute
	$(BIN)/python -m bench.replay $(ARGS)

bench-relay: $(VENV)/run.stamp ## Measure two relays with 10,000 people each: about two minutes; ARGS="--quick" for a short run
	$(BIN)/python -m bench.relay $(ARGS)

bench-crowd: $(VENV)/run.stamp ## Measure a burst of 10,000 connections: about two minutes; ARGS="--quick" for a short run
	$(BIN)/python -m bench.connect_burst $(ARGS)

bench-company: $(VENV)/run.stamp ## Measure 100 meetings and a giant one over one to four workers: about five minutes; ARGS="--quick" for a short run
	$(BIN)/python -m bench.company $(ARGS)

bench-soak: $(VENV)/run.stamp ## Measure memory after 100,000 connections: about 12 minutes; ARGS="--quick" for a short run
	$(BIN)/python -m bench.soak $(ARGS)

bench-weight: $(VENV)/run.stamp ## Measure what each page loads: about ten seconds
	$(BIN)/python -m bench.weight $(ARGS)

bench-smoothness: $(VENV)/check.stamp ## Measure layout shift and long tasks of the pages (needs the system's Chromium): about three minutes
	$(BIN)/python -m bench.smoothness $(ARGS)

bench-stalls: $(VENV)/run.stamp ## Measure how long the largest boards stall the event loop: about five minutes; ARGS="--only matrix" selects some
	$(BIN)/python -m bench.stalls $(ARGS)

bench-misuse: $(VENV)/run.stamp ## Measure the cost of slow and stalled clients: about three minutes; ARGS="--quick" for a short run
	$(BIN)/python -m bench.slow_clients $(ARGS)

bench-peers: bench/peers/.venv/stamp bench/peers/node_modules/stamp ## Install the servers that Stackvote is compared with, in environments of their own (needs node and a C compiler)

bench-all: bench bench-growth bench-methods bench-crowd bench-peers ## Measure everything but soak, stalls and misuse, then compare with other servers: about 35 minutes; ARGS="--quick" for a short run
	$(BIN)/python -m bench.compare $(ARGS)

bench/peers/.venv/stamp: bench/peers/requirements.txt
	$(PYTHON) -m venv bench/peers/.venv
	bench/peers/.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

bench/peers/node_modules/stamp: bench/peers/package.json
	cd bench/peers && npm install --no-package-lock --no-audit --no-fund
	touch $@

clean: ## Delete the virtual environment and caches, but no data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# There is one environment, which grows. A stamp records what is already in it.
$(VENV)/run.stamp: pyproject.toml
	@$(SETUP)
	@touch $@

$(VENV)/test.stamp: pyproject.toml
	@$(SETUP) test
	@touch $@ $(VENV)/run.stamp

$(VENV)/check.stamp: pyproject.toml
	@$(SETUP) test,oracles,fuzz,browser,check
	@touch $@ $(VENV)/test.stamp $(VENV)/run.stamp
