# Every word a developer needs. `make` alone lists them.
# Needs Python 3.11 or newer and make; everything else is installed into .venv.

PORT ?= 8000
ARGS ?=
SECONDS ?= 600
VENV := .venv
PY := $(VENV)/bin/python
OLD := import sys; sys.exit(sys.version_info < (3, 11))
CODE := config projects evaluation costs dashboards manage.py
# What tests must reach wholly: pure rules, services, the pipeline.
RULES := projects/services/*,projects/catalogue/*,projects/checklist.py,$\
	projects/checklists/*,projects/chronicle*.py,projects/drawing.py,projects/marks.py,projects/linking.py,$\
	projects/belonging.py,projects/glancing.py,projects/post.py,projects/telling.py,projects/checks.py,projects/refusals.py,$\
	projects/screening.py,projects/standing.py,evaluation/services.py,evaluation/sources.py,evaluation/scratch.py,evaluation/truths.py,$\
	projects/difference/*,projects/presets.py,projects/preview.py,projects/promise.py,projects/promised.py,$\
	projects/provable.py,projects/typed.py,projects/verifying.py,dashboards/verifying.py,$\
	projects/paper/*,projects/workbook/*,projects/filling.py,projects/declining.py,$\
	projects/round_paper.py,projects/letter.py,projects/sheet_files.py,projects/waiving.py,$\
	evaluation/certificate.py,$\
	projects/machines.py,projects/sampling.py,projects/skills.py,projects/answer_words.py,projects/rounds.py,projects/assessing/*,$\
	evaluation/reviews.py,evaluation/operation.py,evaluation/realised.py,evaluation/value.py,evaluation/budget.py,evaluation/year.py,evaluation/requirements.py,$\
	evaluation/allowed.py,evaluation/beaten.py,evaluation/glances.py,evaluation/curve.py,evaluation/moved.py,evaluation/borne.py,evaluation/ended.py,evaluation/acceptances.py,$\
	evaluation/pairing.py,evaluation/pairs.py,evaluation/comparing.py,evaluation/machines.py,evaluation/reminders.py,$\
	evaluation/pipeline.py,evaluation/judge.py,evaluation/queue.py,evaluation/runner.py,evaluation/stripes.py,evaluation/watched.py,$\
	evaluation/metrics/*,evaluation/ingest/*,$\
	costs/services/*,costs/pricing.py,costs/rollup.py,$\
	costs/inference/*,costs/labels/*,costs/tables.py,costs/timesheet.py,$\
	costs/label_pages.py,costs/deployment_pages.py,$\
	costs/imports/*,costs/instances.py,$\
	costs/assigning.py,costs/rates.py,costs/reckoning.py,costs/seen.py,costs/charging.py,costs/moving.py,$\
	costs/importing.py,costs/reading.py,costs/taking.py,costs/measured.py,costs/batches.py,costs/busyness.py,$\
	costs/sources.py,costs/unassigned.py,costs/command.py,costs/import_pages.py,$\
	costs/contention.py,costs/instead.py,costs/timeline.py,costs/waiting_words.py,costs/board.py,costs/offers.py,$\
	costs/sheets.py,costs/exports.py,costs/focus.py,costs/burnup.py,$\
	costs/outlook.py,costs/waste.py,costs/wasting.py,costs/breaches.py,costs/budgeting.py,costs/reminders.py,$\
	dashboards/accuracy/*,evaluation/figures.py,evaluation/within.py,projects/charts.py,projects/thinning.py,$\
	dashboards/choosing.py,dashboards/deciding.py,dashboards/decisions.py,dashboards/signing.py,dashboards/listing.py,$\
	dashboards/totals.py,dashboards/portfolio_pages.py,dashboards/portfolio_rows.py,dashboards/wall.py,dashboards/shapes.py,$\
	dashboards/prices_chart.py,dashboards/prices_pages.py,projects/templatetags/pictures.py,$\
	dashboards/accuracy_price.py,dashboards/price_chart.py,dashboards/price_pages.py,dashboards/price_queries.py,$\
	dashboards/entry_queries.py,dashboards/letters.py,dashboards/links.py,dashboards/trend.py,$\
	dashboards/portfolio_words.py,dashboards/report_*.py,dashboards/link_*.py,dashboards/tasks.py,$\
	dashboards/overview/*,$\
	dashboards/condition/*,dashboards/counting.py,dashboards/metrics.py,dashboards/status_views.py,$\
	dashboards/value_views.py,dashboards/vitals.py,$\
	costs/currencies.py,costs/lists/*,costs/on_prem.py
# The apps nearly so. The third floor is of everything with config, and below the 95
# that is aimed at: the parts that the tests start as processes are not counted, since
# they are started with a bare environment.
APPS := projects/*,evaluation/*,costs/*,dashboards/*
# Commands that only look at the code need settings, but no real service.
LOOK := SECRET_KEY=only-for-looking-at-the-code DATABASE_URL=sqlite://:memory: \
	REDIS_URL=redis://127.0.0.1:6379/0 DEBUG=0

.DEFAULT_GOAL := help
.PHONY: help setup run worker seed reset test test-sqlite coverage check lint types fix \
	migrations messages numbers bench bench-web shots fuzz

help: ## list these words
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile \
		| awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

setup: $(VENV)/dev.stamp ## install everything for development into .venv
	@echo "Ready. Next: make run, or make test."

run: $(VENV)/run.stamp ## run Kenshu with demo data (PORT=8000, VERBOSE=1)
	@exec $(PY) -m config.supervisor --port $(PORT) $(if $(VERBOSE),--verbose)

worker: $(VENV)/run.stamp ## one more worker for DATABASE_URL and REDIS_URL
	@if [ -z "$$DATABASE_URL" ] || [ -z "$$REDIS_URL" ]; then \
		echo "Set DATABASE_URL and REDIS_URL first: make run starts its own worker."; \
		exit 1; fi
	@exec $(PY) -m celery -A config worker --loglevel=INFO --concurrency 2 \
		--without-heartbeat --without-gossip --without-mingle

seed: $(VENV)/run.stamp ## write the demo data, then stop
	@exec $(PY) -m config.supervisor --port $(PORT) --once

reset: $(VENV)/run.stamp ## delete the data folder var/
	@$(PY) -m config.supervisor --reset

test: $(VENV)/dev.stamp ## the tests on Postgres 18 and Valkey (ARGS="-k word")
	@$(PY) -m config.messages compile
	$(PY) -m pytest $(ARGS)

test-sqlite: $(VENV)/dev.stamp ## the same tests on SQLite
	@$(PY) -m config.messages compile
	KENSHU_TEST_DB=sqlite $(PY) -m pytest $(ARGS)

coverage: $(VENV)/dev.stamp ## what `make test ARGS="--cov --cov-report="` reached
	$(PY) -m coverage report --include="$(RULES)" --fail-under=100
	$(PY) -m coverage report --include="$(APPS)" --fail-under=98
	$(PY) -m coverage report --fail-under=96

check: lint types ## everything that needs no running service
	@$(PY) -m config.messages compile
	$(LOOK) $(PY) manage.py check
	$(LOOK) $(PY) manage.py makemigrations --check --dry-run
	$(PY) -m config.messages check

lint: $(VENV)/dev.stamp ## style, import rules, templates
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports
	find templates -name '*.html' -exec $(VENV)/bin/djade --check {} +
	$(VENV)/bin/djhtml --check templates

types: $(VENV)/dev.stamp ## mypy, strict
	$(PY) -m mypy $(CODE)

fix: $(VENV)/dev.stamp ## let the tools repair what they can
	-$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	-find templates -name '*.html' -exec $(VENV)/bin/djade {} +
	-$(VENV)/bin/djhtml templates

migrations: $(VENV)/dev.stamp ## write the migrations the models ask for
	$(LOOK) $(PY) manage.py makemigrations $(ARGS)

numbers: $(VENV)/dev.stamp ## write docs/numbers.md from the data KENSHU_REALDATA names
	$(PY) -m docs.numbers

PEERS := $(patsubst requirements/bench-%.txt,.bench/%.stamp,$(wildcard requirements/bench-*.txt))

bench: $(VENV)/dev.stamp $(PEERS) ## speed and memory beside peers, into bench/*.md
	$(PY) -m bench.run $(ARGS)
	$(PY) -m bench.checklist
	$(PY) -m bench.costs_import
	$(PY) -m bench.costs_pages

bench-web: $(VENV)/dev.stamp ## the pages over 10,000 engagements, into bench/WEB.md
	$(PY) -m bench.web $(ARGS)

shots: $(VENV)/dev.stamp ## a picture of every page in every view, into var/shots (ARGS="portfolio costs")
	$(LOOK) $(PY) -m tests.browser.pictures var/shots $(ARGS)

fuzz: $(VENV)/dev.stamp $(VENV)/fuzz.stamp ## broken files for the readers (SECONDS=600)
	FUZZ_SECONDS=$(SECONDS) $(PY) -m fuzz.readers $(ARGS)

messages: $(VENV)/dev.stamp ## collect the texts to translate, then compile them
	$(PY) -m config.messages extract
	$(PY) -m config.messages compile

# The virtual environment ----------------------------------------------------------
# One for both: what running needs is part of what development needs.

$(VENV)/%.stamp: requirements/%.txt | $(VENV)/made
	@echo "Installing requirements/$*.txt (the first time takes a minute) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/$*.txt || { \
		echo "The packages could not be installed; the lines above say why."; \
		echo "Installing needs the package index, or a copy of it set for pip."; \
		exit 1; }
	@ln -sf ../../bin/kenshu-evaluate $(VENV)/bin/kenshu-evaluate
	@touch $@

.bench/%.stamp: requirements/bench-%.txt | $(VENV)/made
	@echo "Installing requirements/bench-$*.txt into .bench/$* ..."
	@$(PY) -m venv --clear .bench/$*
	@.bench/$*/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps -r requirements/bench-$*.txt
	@touch $@

$(VENV)/dev.stamp: | $(VENV)/made
$(VENV)/run.stamp: | $(VENV)/made
$(VENV)/fuzz.stamp: | $(VENV)/made

$(VENV)/made:
	@if [ ! -w . ] || { [ -e $(VENV) ] && [ ! -w $(VENV) ]; }; then \
		echo "The folder $$(pwd) cannot be written by $$(id -un)."; \
		echo "Let that account own it, or work in a copy."; exit 1; fi
	@if $(PY) -c '$(OLD)' 2>/dev/null && $(PY) -m pip --version >/dev/null 2>&1; then \
		touch $@; exit 0; fi; \
	for name in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python; do \
		if "$$name" -c '$(OLD)' 2>/dev/null; then found="$$name"; break; fi; done; \
	if [ -z "$$found" ]; then \
		echo "Kenshu needs Python 3.11 or newer; found: $$(python3 --version 2>/dev/null || echo none)."; \
		echo "Install it, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; \
		exit 1; fi; \
	"$$found" -m venv --clear $(VENV) && touch $@ || { rm -rf $(VENV); \
		echo "$$found could not make a virtual environment. On Debian and Ubuntu:"; \
		echo "apt-get install python3-venv"; exit 1; }
