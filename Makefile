# Needs make and Python >= 3.11 (`make PYTHON=python3.12 ...`), nothing else: everything else goes
# into $(VENV) on first use, by pinned version and hash, and is there the second time.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# A private certificate authority in the system's store is honoured, and no Python is downloaded.
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Pure modules and loops must be covered to the last branch; these few touch the outside.
COVERED := afk/*.py afk/act/*.py afk/adapters/dry_run.py afk/adapters/dry_run_boards.py \
	afk/adapters/t3/exits.py \
	afk/adapters/t3/failures.py afk/adapters/t3/projection.py afk/adapters/t3/providers.py \
	afk/adapters/t3/requests.py afk/adapters/t3/runs.py afk/adapters/t3/runtime_requests.py afk/adapters/t3/status.py afk/commands/*.py afk/decide/*.py afk/doctor/*.py \
	afk/environment/addresses.py afk/environment/gates.py afk/environment/settings.py \
	afk/environment/state_keys.py afk/environment/strict_yaml.py \
	afk/model/*.py afk/observe/*.py afk/ports/*.py afk/record/*.py afk/report/*.py afk/saving/saved_tick.py afk/setup/*.py afk/text/*.py
EDGES := afk/__main__.py afk/bootstrap.py afk/cli.py afk/examination.py afk/installing.py
comma := ,
space := $(subst ,, )
WORKFLOWS := $(wildcard .github/workflows/*.yml .forgejo/workflows/*.yml)
TYPED := $(wildcard afk afk_sandbox action tests bench/*.py docs/*.py)

.PHONY: demo test sim sim-long mutants coverage lint format bench docs requirements browser pictures
.DEFAULT_GOAL := demo

demo: $(VENV)/.demo
	$(BIN)/python -m afk demo

# GitHub's own descriptions of its API and schema, which the sandbox and every query are held to.
# Without npm those tests are skipped and say so.
ORACLES := $(abspath $(VENV))/oracles/node_modules
export AFK_ORACLES := $(ORACLES)

# `make test PYTEST='-k approval'` runs a part.
test: $(VENV)/.test $(VENV)/.oracles
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not long" $(PYTEST)

# Simulations: ticks killed, overtaken and struck by faults at every request, then whole schedules
# from seeds. `make sim-long SCHEDULES=100000 FIRST=5000` plays others; what does not hold is kept in
# $(FOUND). tests/README.md says how to read it.
FIRST ?= 0
FOUND ?= $(VENV)/schedules
SIM = PYTHONPATH=.:tests $(BIN)/python -m schedules --from $(FIRST) --found $(FOUND) --count
sim: $(VENV)/.test
	$(BIN)/python -m pytest -n auto --dist worksteal -m long
	$(SIM) $(or $(SCHEDULES),1000)

sim-long: $(VENV)/.test
	$(SIM) $(or $(SCHEDULES),20000)

# Changes the pure modules in every small way there is, and asks the unit tests whether they notice;
# `make mutants MUTANTS=afk/decide/approval` asks of a part, again. It goes on where it was stopped.
# Far from Greenwich, where universal and local time are not the same by chance.
MUTANTS ?=
mutants: $(VENV)/.mutants
	TZ=Asia/Kathmandu PATH=$(abspath $(BIN)):$$PATH $(BIN)/mutmut run $(if $(MUTANTS),"$(subst /,.,$(MUTANTS:.py=)).*")
	$(BIN)/python tests/mutants.py $(MUTANTS)

coverage: $(VENV)/.test $(VENV)/.oracles
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist worksteal
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --fail-under=100 --include='$(subst $(space),$(comma),$(strip $(COVERED)))' \
	  --omit='$(subst $(space),$(comma),$(EDGES))'

lint: $(VENV)/.browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(TYPED)
	$(BIN)/lint-imports --no-cache
	$(BIN)/zizmor --offline --no-progress --config .github/zizmor.yml action.yml $(WORKFLOWS)
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml

# Some ten minutes; `make docs` writes docs/performance.md from it. `make bench BENCH=--quick` measures
# a small house, and keeps nothing.
bench: $(VENV)/.demo
	PYTHONPATH=. $(BIN)/python -m bench $(BENCH)

docs: $(VENV)/.test
	PYTHONPATH=. $(BIN)/python docs/generate.py
	PYTHONPATH=. $(BIN)/python docs/checks.py
	PYTHONPATH=. $(BIN)/python docs/performance.py
	PYTHONPATH=.:tests $(BIN)/python docs/edges.py

# The pages that people see, in a Chromium that the machine already has. Debian's package is called
# chromium; `make browser AFK_CHROMIUM=/path/to/chrome` takes another.
AFK_CHROMIUM ?= $(firstword $(shell command -v chromium chromium-browser google-chrome))
CHROMIUM := test -n "$(AFK_CHROMIUM)" || { \
	echo "no Chromium found: install one (apt-get install chromium), or name it: AFK_CHROMIUM=/path/to/chrome" >&2; exit 2; }
browser: $(VENV)/.browser
	@$(CHROMIUM)
	AFK_CHROMIUM=$(AFK_CHROMIUM) $(BIN)/python -m pytest tests/browser $(PYTEST)

# The pictures in docs/, made again from what afk really writes.
pictures: $(VENV)/.browser
	@$(CHROMIUM)
	@for script in docs/picture_*.py; do \
	  AFK_CHROMIUM=$(AFK_CHROMIUM) PYTHONPATH=.:tests $(BIN)/python $$script || exit; done

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Takes every dependency to its newest version; see requirements/README.md.
COMPILE := $(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header \
	--no-emit-index-url --python-version 3.11
requirements: $(VENV)/.uv
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra sandbox -o requirements/sandbox.txt
	$(COMPILE) pyproject.toml --extra test -o requirements/test.txt
	$(COMPILE) pyproject.toml --extra browser -o requirements/browser.txt
	$(COMPILE) pyproject.toml --extra mutants -o requirements/mutants.txt

NPM_CI := npm ci --loglevel error --ignore-scripts --no-audit --no-fund --no-update-notifier \
	--fetch-timeout 30000 --fetch-retries 1

# An index that does not answer fails none of the other tests; the next run asks it again.
$(VENV)/.oracles: requirements/oracles/package-lock.json $(VENV)/.uv
	@if ! command -v npm >/dev/null; then \
	  echo "no npm: tests against GitHub's own descriptions will be skipped" >&2; \
	elif mkdir -p $(VENV)/oracles && cp requirements/oracles/package*.json $(VENV)/oracles/ && \
	  (cd $(VENV)/oracles && { $(NPM_CI) || $(NPM_CI); }); then \
	  find $(ORACLES)/@octokit/openapi/generated -type f ! -name api.github.com.json -delete; \
	  touch $@; \
	else \
	  rm -rf $(VENV)/oracles; \
	  echo "npm failed: tests against GitHub's own descriptions will be skipped" >&2; \
	fi

INSTALL := $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --no-deps --no-build

$(VENV)/.demo: requirements/sandbox.txt $(VENV)/.uv
	$(INSTALL) -r $<
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.uv
	$(INSTALL) -r $<
	@touch $@ $(VENV)/.demo

$(VENV)/.browser: requirements/browser.txt $(VENV)/.uv
	$(INSTALL) -r $<
	@touch $@ $(VENV)/.test $(VENV)/.demo

$(VENV)/.mutants: requirements/mutants.txt $(VENV)/.uv
	$(INSTALL) -r $<
	@touch $@ $(VENV)/.test $(VENV)/.demo

$(VENV)/.uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "afk needs Python 3.11 or newer: make PYTHON=/path/to/python3.12 ..." >&2; exit 2; }
	@if command -v uv >/dev/null; then \
	  uv venv -q --allow-existing --python $(PYTHON) $(VENV) && \
	  uv pip install -q --python $(BIN)/python --require-hashes --no-deps --no-build -r $<; \
	else \
	  $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install -q --require-hashes --no-deps \
	    --only-binary :all: -r $<; \
	fi
	@touch $@
