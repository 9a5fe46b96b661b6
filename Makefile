# Every command of the project. `make` alone lists them; ARGS="…" passes arguments on.
.DEFAULT_GOAL := help
.PHONY: help run test lint bench screenshots i18n shell clean
ARGS ?=

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## install what is missing, run the dunning job on the demo company, serve Odoo (ARGS=--once: end after the table)
	@dev/run $(ARGS)

test: ## the whole test suite, browser tests included (ARGS="-k name" for a part)
	@dev/test $(ARGS)

lint: ## every check of the code, views, data and translations
	@dev/lint $(ARGS)

bench: ## measure speed and memory against the goals; writes .dev/bench.json
	@dev/bench $(ARGS)

screenshots: ## make the pictures of the documentation
	@dev/screenshots $(ARGS)

i18n: ## export the terms to translate, and merge them into the French translation
	@dev/i18n $(ARGS)

shell: ## Python console on the demo database
	@dev/shell $(ARGS)

clean: ## stop PostgreSQL and remove .dev/ (everything that was installed, except Debian packages)
	@dev/clean $(ARGS)
