# The everyday verbs; `make help` lists them. What has to be installed: see ./run, which installs it on Debian.

CMAKE ?= cmake
# The interpreter; the module is built for its version, 5.4 or 5.5: make build LUA=lua5.5
LUA ?= $(shell command -v lua5.4 || command -v lua)
ECGRAFT_LUA := $(if $(LUA),$(shell $(LUA) -e 'print(_VERSION:match("%d+%.%d+"))' 2>/dev/null))
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local
# More flags for every configuration: make build CMAKE_FLAGS=-DOPENBLAS_DIR=/opt/openblas
CMAKE_FLAGS ?=
CONFIGURE = $(CMAKE) -S . $(ECGRAFT_LUA:%=-DECGRAFT_LUA=%)

BUILD := build
DOUBLE := build-double
ASAN := build-asan
FUZZ_BUILD := build-fuzz

# What `make study` runs.
STUDY_COMMAND = $(LUA) bin/ecgraft study examples/08_study.lua --out runs/first --workers $(JOBS)

PYTHON ?= python3

# What `make bench-peers` does: bench/peers/compare.lua says what else there is.
PEERS ?= --out docs/benchmarks.md

C_FILES = $(shell find csrc spec/c spec/fuzz examples bench -name '*.[ch]' 2>/dev/null)

# What `make fuzz` does: seconds for each fuzzer, the seed, and which (all).
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 1
FUZZ ?=

.PHONY: build module build-double build-asan fuzz test study bench bench-study bench-peers bench-loading check-exchange lint format asan gradients docs pictures install clean help

build: ## the library and the Lua module, in build/
	@$(CONFIGURE) -B $(BUILD) $(CMAKE_FLAGS) >/dev/null
	@$(CMAKE) --build $(BUILD) -j $(JOBS) -- --no-print-directory

# What a verb needs that runs Lua: the library and the Lua module, without the C tests, fuzzers and examples.
module:
	@$(CONFIGURE) -B $(BUILD) $(CMAKE_FLAGS) >/dev/null
	@$(CMAKE) --build $(BUILD) -j $(JOBS) --target core -- --no-print-directory

build-double:
	@$(CONFIGURE) -B $(DOUBLE) -DEG_DOUBLE=ON -DECGRAFT_EXAMPLES=OFF $(CMAKE_FLAGS) >/dev/null
	@$(CMAKE) --build $(DOUBLE) -j $(JOBS) -- --no-print-directory

build-asan:
	@$(CONFIGURE) -B $(ASAN) -DEG_SANITIZE=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo $(CMAKE_FLAGS) >/dev/null
	@$(CMAKE) --build $(ASAN) -j $(JOBS) -- --no-print-directory

test: build ## the C tests and every spec
	@$(LUA) scripts/suite.lua --build $(BUILD) --except gradients

gradients: build-double ## gradient checks, and whatever else a spec asks of double precision, in build-double/
	@$(LUA) scripts/suite.lua --build $(DOUBLE) --only '^spec/c/' --only gradients --mentions '"float64"'

asan: build-asan ## the suite under AddressSanitizer and UndefinedBehaviorSanitizer, in build-asan/
	@scripts/sanitized $(LUA) scripts/suite.lua --build $(ASAN) --run-lua 'scripts/sanitized --preload $(LUA)' \
	  --helper spec/support/sanitized.lua --except gradients --except headers_spec --except arrows_spec --except paper_examples --except places_spec --except study_slurm --limit 1800

fuzz: ## the readers of files against damaged ones, in build-fuzz/ (FUZZ_SECONDS each, FUZZ_SEED, FUZZ="mat csv" for some)
	@$(CONFIGURE) -B $(FUZZ_BUILD) -DECGRAFT_FUZZ=ON -DEG_SANITIZE=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo -DECGRAFT_TESTS=OFF \
	  -DECGRAFT_EXAMPLES=OFF $(CMAKE_FLAGS) >/dev/null
	@$(CMAKE) --build $(FUZZ_BUILD) -j $(JOBS) --target fuzzers -- --no-print-directory
	@scripts/fuzz $(FUZZ_BUILD) $(FUZZ_SECONDS) $(FUZZ_SEED) $(FUZZ)

study: module ## the first study: report.html and results.csv in runs/first
	$(STUDY_COMMAND)

bench: ## every kernel against its plain twin and the machine's peak (BENCH: SECONDS THREADS PART)
	@$(MAKE) --no-print-directory build CMAKE_FLAGS="$(CMAKE_FLAGS) -DECGRAFT_BENCH=ON"
	@$(LUA) scripts/bench.lua $(BUILD) $(BENCH)

bench-study: module ## what the engine of studies costs, and what a second worker gains (STUDY: options of bench/study/measure.lua)
	@$(LUA) bench/study/measure.lua $(STUDY)

bench-peers: ## training, inference and memory beside PyTorch, into docs/benchmarks.md (PYTHON with torch; PEERS: options)
	@$(MAKE) --no-print-directory build CMAKE_FLAGS="$(CMAKE_FLAGS) -DECGRAFT_BENCH=ON"
	@$(LUA) bench/peers/compare.lua $(BUILD) $(PEERS)

bench-loading: module ## records a second beside wfdb-python (PYTHON with wfdb, pandas, scipy; LOADING: options of bench/peers/loading.lua)
	@$(LUA) bench/peers/loading.lua $(BUILD) $(LOADING)

check-exchange: module ## what eg.export writes, read by onnxruntime, PyTorch, NumPy and TensorBoard (PYTHON with them)
	@PYTHON="$(PYTHON)" $(LUA) scripts/exchange.lua $(BUILD)

lint: ## luacheck, clang-format, cppcheck and bash -n, all clean
	@scripts/lint

format: ## clang-format over every C file
	@clang-format -i $(C_FILES)

docs: module ## the guide and the reference as a site, build/site/index.html (needs cmark-gfm); annotations for editors
	@$(LUA) scripts/annotations.lua
	@$(LUA) scripts/site.lua $(BUILD)/site

pictures: module ## the pictures of docs/, ECGs of the generator and the figures of `make study`
	@$(LUA) scripts/pictures.lua docs/pictures runs/first

install: module ## below PREFIX (/usr/local); DESTDIR is honoured
	@$(CMAKE) --install $(BUILD) --prefix $(PREFIX)

clean: ## removes the build folders
	rm -rf $(BUILD) $(DOUBLE) $(ASAN) $(FUZZ_BUILD)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
