# Each target is a step of CI. `make help` lists them.
PYTHON ?= python3
VENV = .venv/bin
ARGS ?=

.PHONY: help set-up run test lint format documents pictures bench bench-calls nightly build publish smoke drill clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

set-up: ## install what is missing, build the pages (skipped when nothing changed)
	@$(PYTHON) infra/set_up.py

run: set-up ## open the local hospital (CLOCK="2026-12-01T08:00+08:00" or +3d, ARGS="--port 8700 --state .hospital --reset")
	@$(VENV)/python -m infra.local $(if $(CLOCK),--clock "$(CLOCK)") --demo full --relays 1 --media network --reload $(ARGS)

test: set-up ## all tests, tier by tier, with their times
	@$(VENV)/python -m tests.tiers $(ARGS)

lint: set-up ## style, types, generated documents, templates, images, pages' types
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/python -m infra.documents --check
	@$(VENV)/python -m infra.check_templates $(if $(CI),--with-sam)
	@$(VENV)/python -m infra.check_images
	@cd web && npm run --silent typecheck

format: set-up ## put the code into its form
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

documents: set-up ## write the generated documents anew (REQUIREMENTS_LEDGER=… renews the ledger's extract)
	@$(VENV)/python -m infra.documents

pictures: set-up ## take docs/pictures anew from the running pages
	@$(VENV)/python -m tests.browser.pictures

bench: set-up ## measure: imports, sizes, AWS calls per request, the store
	@$(VENV)/python -m tests.benchmarks $(ARGS)

bench-calls: set-up ## measure calls over a bad line, in Chromium: ARGS="--all --seeds 5 --seconds 60 --keep" for the long form
	@$(VENV)/python -m tests.benchmarks.media $(ARGS)

nightly: set-up ## the long forms of the seeded proofs; their report goes to docs/nightly.md
	@$(VENV)/python -m tests.tiers --nightly $(ARGS)

build: set-up ## what is deployed: the layers, functions and templates, into .aws-sam/
	@$(VENV)/python -m infra.build_deployment

publish: set-up ## put the pages into the bucket of a deployed site (STACK=yunzhen)
	@$(VENV)/python -m infra.publish_pages $(STACK) $(ARGS)

smoke: set-up ## check a deployed hospital (STACK=yunzhen, or SITE=https://… for what can be seen from outside)
	@$(VENV)/python -m infra.smoke $(if $(SITE),--site $(SITE),--stack $(STACK)) $(ARGS)

drill: set-up ## do what docs/operate.md says about restoring and rotating, in a hospital made for it
	@$(VENV)/python -m infra.local.drills $(ARGS)

clean: ## forget what was built or installed here, but not the state of the local hospital
	rm -rf .venv .set-up .aws-sam web/node_modules web/apps/*/dist
