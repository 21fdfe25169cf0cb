# Two commands are enough: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run test check bench seed fmt lock vendor messages clean installed FORCE

HOST ?= 127.0.0.1
PORT ?= 8000
SIZE ?= 1000
PY := .venv/bin/python
DATA_SOURCES := $(shell find clinic treatments consultations fixtures -type f \
  \( -path '*/migrations/*.py' -o -path '*/management/*.py' -o -path 'fixtures/*' \) 2>/dev/null)
WORKERS := -q -n auto --maxprocesses 4 --dist worksteal
LISTS := bootstrap prod test dev
LANGUAGES := tr el fa

# What these run is a demonstration: in debug it needs no settings and serves its own assets.
run seed messages: export DEBUG = true
run: export HOST := $(HOST)
run: export PORT := $(PORT)

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: | installed db.sqlite3.ready  ## the demonstration clinic on http://127.0.0.1:8000 (PORT=…, DATABASE_URL=…)
	@printf '\n  Consilium is starting on http://%s:%s/   (Ctrl-C stops it)\n\n' '$(HOST)' '$(PORT)'
	@cat db.sqlite3.ready
	@exec $(PY) -m gunicorn -c python:clinic.serving --log-level warning clinic.wsgi

# The file keeps what load_demo printed: the demo logins. It is made anew when the database is gone
# or elsewhere, or when a migration, a fixture or a command is newer; rows already there stay.
db.sqlite3.ready: $(DATA_SOURCES) $(if $(DATABASE_URL),FORCE) $(if $(wildcard db.sqlite3),,FORCE) \
    | installed
	@echo "Preparing the database ..."
	@$(PY) manage.py migrate -v 0
	@$(PY) manage.py load_catalogue
	@$(PY) manage.py load_demo >$@.new
	@mv $@.new $@

installed:
	@sh requirements/install.sh prod

FORCE:

test:  ## the whole suite, browser included, on SQLite and then on PostgreSQL (ARGS=… for pytest)
	@sh requirements/install.sh test
	$(PY) -m pytest $(WORKERS) $(ARGS)
	$(PY) tests/with_pg.py $(PY) -m pytest $(WORKERS) $(ARGS)

check: export DEBUG = false
check: export SECRET_KEY = a-long-key-that-only-this-check-ever-sees-0123456789-abcdefghijklmnopqrstuvwxyz
check: export ALLOWED_HOSTS = consilium.example
check: export DATABASE_URL = sqlite://:memory:
check:  ## lint, format, types, import order, templates, settings, migrations, API document
	@sh requirements/install.sh dev
	@! grep -REn '://|file:|--index|--extra-index|--find-links' requirements/*.txt
	@! grep -n '"resolved"' package-lock.json
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c 'import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())'
	$(PY) -m djlint templates --check --lint
	$(PY) manage.py check --deploy --fail-level WARNING
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null

bench:  ## what the engine and the pages cost
	@sh requirements/install.sh test
	$(PY) -m pytest -q tests/bench/bench_*.py $(ARGS)

seed: | installed db.sqlite3.ready  ## SIZE=100000 synthetic patients
	@$(PY) manage.py seed --size $(SIZE)

fmt:  ## mend what can be mended
	@sh requirements/install.sh dev
	-$(PY) -m ruff check --fix -q .
	$(PY) -m ruff format .
	-$(PY) -m djlint templates --reformat --quiet

lock:  ## resolve requirements/*.in anew (UPGRADE=--upgrade for newer versions)
	@sh requirements/install.sh dev
	@for list in $(LISTS); do $(PY) -m uv pip compile -q --no-config --universal \
	  --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links $(UPGRADE) requirements/$$list.in -o requirements/$$list.txt || exit 1; done

vendor:  ## copy the front-end packages of package-lock.json into static/vendor
	npm ci
	python3 requirements/vendor.py

messages:  ## collect and compile translations (needs gettext)
	@sh requirements/install.sh prod
	@mkdir -p clinic/locale
	$(PY) manage.py makemessages --no-location --no-obsolete $(LANGUAGES:%=-l %) -i .venv -i node_modules -i static -i tests
	$(PY) manage.py compilemessages -i .venv

clean:  ## forget caches; data and environment stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .benchmarks test-results htmlcov .coverage*
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
