# demo: the site with the curated records on http://127.0.0.1:8000/   (make demo PORT=8123)
# test: lint, then all tests on SQLite and, where its server is installed, those that touch a database on PostgreSQL
# test-quick: the tests of the rules and of what changed against main, on SQLite, while one waits (tests/quick.py)
# crawl: every page on four days and every address that it names; the tests read a part (tests/test_crawl.py)
# bench: what each page costs beside another commit   (make bench BASE=d2fcc21 ARGS="--factor 1,10 --postgres"),
#   or, with ARGS=--all, the benches below that take minutes, and one table of goals
# readers: the programs that /data/ has recipes for read our files, those for citations our citations, and one for what pages say
#   of themselves our pages; prints the tables of docs/readers.md
# bench-stream: how fast a file of a million access events is written, beside another commit and psql or sqlite3
#   (make bench-stream BASE=d2fcc21 ARGS="--count 100000 --sqlite")
# bench-growth: what each type of page costs with 1, 10 and 100 times the records; draws docs/images/growth.svg
# bench-pages: what the first view of each page costs a reader on a slow line, beside its goals
# bench-cached: what a kept page costs beside another commit, Datasette and nginx's own file   (make bench-cached BASE=d2fcc21)
# bench-list: what our list of access events costs, not kept, beside Django's change list
# outage: starts deploy/ on loopback, stops each part under load, prints who got what   (make outage ARGS="--seconds 20")
# share-image: Chromium draws the picture that stands beside links to us, static/img/share.png, from share.svg
# screenshots: every type of page in three widths, light, dark and printed, into screenshots/   (make screenshots ARGS=/labs/)
# lint: ruff and mypy;  format: let ruff rewrite
# attack: 10,000 generated bad requests, and what they were answered   (make attack ARGS="--count 2000 --seed 14")
# lock: requirements.txt and requirements-dev.txt from pyproject.toml, with what is locked already
#   (make lock ARGS=--upgrade, or ARGS="--upgrade-package django")
# audit: known security holes of what is locked, by the advisories of the package index
.PHONY: demo test test-quick crawl attack bench bench-stream bench-growth bench-pages outage readers share-image screenshots lint format lock audit
.DEFAULT_GOAL := demo

# The tests start many processes, and each would compile the site again where nothing compiled may be kept.
export PYTHONDONTWRITEBYTECODE :=

PORT ?= 8000
PY := .venv/bin/python
# One process more than cores, for some tests wait for a browser or a server; more than eight would wait for their set-up.
IN_PARALLEL := --numprocesses $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --maxprocesses 8 --dist worksteal
PYTEST := $(PY) -m pytest $(IN_PARALLEL)

demo: .venv/installed
	@exec $(PY) -m evaltracker.demo --port "$(PORT)"

# mypy works beside the first tests, and its words come after them, in one piece. In a new environment one process
# compiles what the tests import, before several would each do so.
test: .venv/installed-dev
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	@$(PY) -m mypy >.venv/mypy.log 2>&1 & mypy=$$!; trap 'kill $$mypy 2>/dev/null' INT TERM; \
	test -e .venv/compiled || { echo "Compiling what the tests import, once …"; $(PY) -m pytest --quiet --collect-only >/dev/null; touch .venv/compiled; }; \
	$(PYTEST); tests=$$?; wait $$mypy; types=$$?; \
	sed 's/^/mypy: /' .venv/mypy.log; exit $$((tests | types))
	$(PY) -m tests.postgres $(PYTEST)

test-quick: .venv/installed-dev
	$(PY) -m tests.quick $(IN_PARALLEL)

crawl: .venv/installed-dev
	EVALTRACKER_WHOLE_CRAWL=1 $(PY) -m pytest -q --numprocesses 0 tests/test_crawl.py $(ARGS)

attack: .venv/installed-dev
	@$(PY) -m tests.attack $(ARGS)

bench: .venv/installed-dev
	@test -n "$(BASE)" || { echo "make bench: name the commit to compare with, as in make bench BASE=d2fcc21" >&2; exit 1; }
	@$(PY) -m tests.bench pages "$(BASE)" $(ARGS)

readers: .venv/installed-dev
	@$(PY) -m tests.readers
	@$(PY) -m tests.citations
	@$(PY) -m tests.readers.pages

bench-stream: .venv/installed-dev
	@test -n "$(BASE)" || { echo "make bench-stream: name the commit to compare with, as in make bench-stream BASE=d2fcc21" >&2; exit 1; }
	@$(PY) -m tests.bench stream "$(BASE)" $(ARGS)

bench-growth: .venv/installed-dev
	@$(PY) -m tests.bench growth --svg docs/images/growth.svg $(ARGS)

bench-pages: .venv/installed-dev
	@$(PY) -m tests.bench first $(ARGS)

bench-cached: .venv/installed-dev
	@test -n "$(BASE)" || { echo "make bench-cached: name the commit to compare with, as in make bench-cached BASE=d2fcc21" >&2; exit 1; }
	@$(PY) -m tests.bench cached "$(BASE)"

bench-list: .venv/installed-dev
	@$(PY) -m tests.bench list

outage: .venv/installed-dev
	@$(PY) -m tests.outage $(ARGS)

share-image:
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 --window-size=1200,630 \
	    --user-data-dir="$$folder" --screenshot="$(CURDIR)/static/img/share.png" "file://$(CURDIR)/static/img/share.svg"

screenshots: .venv/installed-dev
	@$(PY) -m tests.browser.screenshots $(ARGS)

lint: .venv/installed-dev
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy

format: .venv/installed-dev
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

# The first Python that starts and is new enough; PYTHON=… to choose one.
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)

# A .venv whose Python does not start, after an upgrade of the system's, is made anew.
ifneq ($(shell $(PY) -c 'print("starts")' 2>/dev/null),starts)
.PHONY: .venv/pyvenv.cfg
endif

.venv/pyvenv.cfg:
	@found=; for python in $(PYTHONS); do \
	    $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found=$$python && break; \
	done; \
	test -n "$$found" || { echo "Python 3.11 or newer is needed; tried: $(PYTHONS)" >&2; exit 1; }; \
	echo "Making .venv …"; \
	$$found -m venv --clear .venv >/dev/null 2>&1 || { rm -rf .venv; \
	    echo "$$found cannot make .venv: its venv module is missing (on Debian: apt install python3-venv)" >&2; exit 1; }

# The packages of a lock file, each only if its bytes are the ones that were locked; the site itself runs from its
# checkout. pip compiles no module (most are never imported), and while it works, the name of each package is shown.
# --retries: without a network, say so soon.
define install
	@echo "Installing the pinned dependencies into .venv; the first time takes about a minute …"
	@{ $(PY) -m pip install --disable-pip-version-check --no-compile --retries 2 --no-deps --require-hashes \
	    --requirement $(1) 2>&1; echo "exit $$?"; } | tee .venv/pip.log | \
	while read -r first second rest; do case "$$first" in \
	    Collecting) printf ' %s' "$${second%%[!A-Za-z0-9_-]*}" ;; \
	    Installing) printf ' …' ;; \
	    exit) echo; exit "$$second" ;; \
	esac; done || { \
	    if grep -q 'Retrying (' .venv/pip.log; then echo "The package index cannot be reached: is there a network? (details: .venv/pip.log)"; \
	    else echo "pip could not install the dependencies: see .venv/pip.log"; fi >&2; exit 1; }
	@touch $@
endef

.venv/installed: .venv/pyvenv.cfg requirements.txt
	$(call install,requirements.txt)

.venv/installed-dev: .venv/pyvenv.cfg requirements-dev.txt
	$(call install,requirements-dev.txt)
	@touch .venv/installed

# Tools that the site and its tests do without, each in an environment of its own.
UV := uv==0.13.9
PIP_AUDIT := pip-audit==2.10.1

.venv/uv/bin/uv: .venv/pyvenv.cfg
	@$(PY) -m venv .venv/uv && .venv/uv/bin/python -m pip install --disable-pip-version-check --quiet $(UV)

.venv/audit/bin/pip-audit: .venv/pyvenv.cfg
	@$(PY) -m venv .venv/audit && .venv/audit/bin/python -m pip install --disable-pip-version-check --quiet $(PIP_AUDIT)

LOCK := .venv/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --custom-compile-command "make lock" pyproject.toml

lock: .venv/uv/bin/uv
	@$(LOCK) --all-extras --output-file requirements-dev.txt $(ARGS)
	@$(LOCK) --extra redis --constraint requirements-dev.txt --output-file requirements.txt

audit: .venv/audit/bin/pip-audit
	@.venv/audit/bin/pip-audit --requirement requirements-dev.txt --require-hashes --disable-pip
