# The commands of the README. Each installs what it needs and does nothing when it is there.
SHELL := bash
.DEFAULT_GOAL := help
DATA_DIR ?= qingshan-data
LISTEN ?= 127.0.0.1:8080

.PHONY: help run test check bless bench check-qgis fmt setup-run setup-test rust-test oracle e2e clean

help:
	@echo "make run         build, fill $(DATA_DIR) with the demo county if it is empty, serve"
	@echo "make test        everything: Rust, outside judges, web, a real browser"
	@echo "make check       fmt, clippy, doc, web lint: quick enough before each commit"
	@echo "make bless       rewrite snapshots after reading them"
	@echo "make bench       the figures of docs/benchmarks.md"
	@echo "make check-qgis  QGIS' own reader on the live file and the exports (installs QGIS)"

setup-run:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test

web/node_modules/.package-lock.json: web/package.json web/package-lock.json | setup-run
	cd web && npm ci --no-audit --no-fund
	@touch $@

WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts web/scripts web/budgets.json -type f 2>/dev/null)

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run build

run: setup-run web/dist/index.html
	cargo build --release --locked
	target/release/qingshan demo --data-dir "$(DATA_DIR)"
	exec target/release/qingshan serve --data-dir "$(DATA_DIR)" --listen "$(LISTEN)"

test: setup-test web/dist/index.html rust-test oracle
	cd web && npm test
	cd web && npm run lint
	$(MAKE) e2e

rust-test: setup-test web/dist/index.html
	cargo test --locked

# Shapely, pyproj and the command line itself judge the figures. The tests' build has the program, too.
oracle: setup-test web/dist/index.html
	cargo test --locked --no-run --quiet
	scripts/oracle.sh target/debug/qingshan

e2e: setup-test web/dist/index.html
	cargo test --locked --no-run --quiet
	scripts/e2e.sh target/debug/qingshan

check: setup-run web/node_modules/.package-lock.json
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
	cd web && npm run lint

fmt:
	cargo fmt
	cd web && npm run format

bless: setup-test web/dist/index.html
	INSTA_UPDATE=always QINGSHAN_BLESS=1 cargo test --locked

bench: setup-run web/dist/index.html
	cargo bench --locked --bench county

check-qgis:
	scripts/check-qgis.sh

clean:
	rm -rf target web/dist web/node_modules
