# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later

PYTHON ?= python3
SUITES := $(PYTHON) tests/tools/suites.py
LEGS := 2.17 2.18 2.20
# npm has authorities of its own; those of the system count as well.
AUTHORITIES := $(firstword $(wildcard $(NODE_EXTRA_CA_CERTS) /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))

.PHONY: demo picture test awx site examples release changelog dist matrix bench lint sanity units simulator doors contract faults properties present connection integration report model docs lock clean $(LEGS:%=leg-%)

demo: .venv/.installed ## A playbook against a simulated cluster
	.venv/bin/python tests/tools/demo.py

test: .venv/.installed .venv-lint/.installed .venv-leg-2.17/.installed .build/model/.installed .build/report/.installed ## Everything that has to pass
	$(SUITES) integration integration-2.17 faults units doors doors-2.17 connection report release \
		connection-2.17 contract simulator sanity examples properties present awx lint site model

picture: .venv/.installed .venv-lint/.installed ## docs/demo.svg, drawn from what the demo prints
	.venv-lint/bin/python tests/tools/demo_picture.py

site: .venv-lint/.installed ## The documentation into .build/site/html
	$(SUITES) $@

examples: .venv/.installed ## Every example of the documentation, run
	$(SUITES) $@

awx: .venv/.installed .venv-lint/.installed ## Execution environment, credential type, templates, and playbooks in ansible-runner
	$(SUITES) $@

release: .venv/.installed .venv-lint/.installed ## The tarball, what Galaxy says of it, and the demo from its installation
	$(SUITES) $@

changelog: .venv-lint/.installed ## Fragments into the release that galaxy.yml names
	PATH="$(CURDIR)/.venv-lint/bin:$$PATH" antsibull-changelog release --reload-plugins --update-existing

dist: .venv/.installed ## The tarball of a release into dist/, unless something speaks against it
	.venv/bin/python tests/tools/dist.py

matrix: ## Every ansible-core and Python into docs/compatibility.md: make matrix ROWS="2.20 2.21-3.13" MATRIX_PATH="..."
	$(PYTHON) tests/tools/matrix.py $(ROWS)

bench: .venv/.installed ## Figures beside ansible.builtin.uri
	.venv/bin/python tests/benchmark/run.py

units simulator doors contract faults properties present connection sanity integration: .venv/.installed ## One suite
	$(SUITES) $@

report: .venv/.installed .build/report/.installed ## The page of playbooks/report.yml, looked at with a browser
	$(SUITES) $@

model: .venv/.installed .build/model/.installed ## What three suites record, against Elastic's API model
	$(SUITES) units simulator contract model

lint docs: .venv/.installed .venv-lint/.installed ## ruff, yamllint, ansible-lint, changelog, docs, licences
	$(SUITES) $@

$(LEGS:%=leg-%): leg-%: .venv-leg-%/.installed ## Another ansible-core: make leg-2.18
	$(SUITES) sanity-$* integration-$* units-$* doors-$*

.venv/.installed: requirements/lock.txt
	tests/tools/venv.sh $(PYTHON) .venv $<

.venv-%/.installed: requirements/%.txt
	tests/tools/venv.sh $(PYTHON) .venv-$* $<

.build/%/.installed: tests/%/package.json tests/%/package-lock.json
	mkdir -p $(@D)
	cp $^ $(@D)
	NODE_EXTRA_CA_CERTS=$(AUTHORITIES) npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund
	touch $@

lock: ## Newest versions into requirements/*.txt (needs uv)
	tests/tools/lock.sh

clean: ## Removes what the other targets made
	rm -rf .ansible .build .pytest_cache .ruff_cache .venv .venv-* tests/output
