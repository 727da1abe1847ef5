# The ordinary way in. CMake and its presets do the work; tools/bootstrap fetches what is missing first.
#
#   make            build the programs into build/dev/bin
#   make demo       build them and run the demonstration
#   make test       build everything, check layers and format, run every test but the long ones
#   make test-all   that, the soak tests, and again under the sanitizers and fuzzers
#   make bench      build and run the benchmarks
#   make install    install programs, libraries and headers into PREFIX (default /usr/local); DESTDIR is respected
#   make format     rewrite every C++ file as clang-format does
#   make clean      remove build/; .deps/ and the cache it links to stay

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
PREFIX ?= /usr/local

.PHONY: all demo test test-all bench install check format clean

all:
	tools/bootstrap build
	tools/build

demo:
	tools/bootstrap build
	tools/build artemis
	tools/demo

test:
	tools/run_tests

test-all:
	tools/run_tests --all

bench:
	tools/bootstrap test
	cmake --preset bench
	ninja -C build/bench
	tools/run_benchmarks

install:
	tools/bootstrap build
	tools/build artemis_installed
	cmake --install build/dev --prefix "$(PREFIX)"

check:
	tools/check_layers.py --self-test
	tools/check_layers.py
	tools/check_format
	tools/lifting_rules.py --check

format:
	tools/check_format --fix

clean:
	rm -rf build
