# SPDX-License-Identifier: GPL-3.0-or-later
#
# Needs a POSIX shell, make, git, and Python 3.11 or 3.13. Everything else comes from PyPI into .venv*.
# PYTHON=/path/to/python names the Python to take; otherwise tools/find_python.sh looks for one.

VENV = .venv
BIN = $(VENV)/bin
# BlenderProc and its Blender have an environment of their own: it pins old packages.
BLENDERPROC = .venv-blenderproc
DEMO_OUT = output/demo
DEMO_FLAGS = --preset mixed --seed 4 --num_images 4 --num_parallel 2 --resolution 1320x989 --max_samples 12 --noise_threshold 0.05
# The wheels that make test-matrix tries. 4.5 is what make test has on Python 3.11.
MATRIX = 4.2 4.5 5.2
# Paths of real Blenders for make test-blender and make test-windows.
BLENDERS =
PYTEST_FLAGS =
# A process for every core; each file's tests stay together, since they share what they have rendered.
IN_PARALLEL = --numprocesses auto --maxprocesses 8 --dist loadfile
# make bench BENCH_FLAGS=--quick: small pictures. --help tells the others.
BENCH_FLAGS =
# make study STUDY_FLAGS='--pictures 4 --steps 50': a first look. --help tells the others.
STUDY_FLAGS =
# PyTorch has an environment of its own. On Linux PyPI's brings CUDA along; the CPU's is smaller:
# PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make study
STUDY = .venv-study
GALLERY_FLAGS =

.PHONY: help demo test check lint format test-matrix test-blenderproc test-blender test-windows screenshots docs bench gallery study zip clean setup setup-demo

help:
	@echo "make demo          a small labelled dataset and its overview picture, in $(DEMO_OUT)"
	@echo "make test          everything that must pass: ruff, mypy, import-linter, pytest"
	@echo "make check         ruff, mypy, import-linter, and the tests that need no Blender"
	@echo "make lint          only ruff, mypy and import-linter"
	@echo "make format        lays the code out as make lint wants it"
	@echo "make test-matrix   pytest on the bpy wheels $(MATRIX) (needs Python 3.11 and 3.13)"
	@echo "make test-blenderproc   the script for BlenderProc in BlenderProc 2.8.0 (Linux, needs Python 3.11)"
	@echo "make test-blender BLENDERS='/path/to/blender ...'   the tests in real Blenders"
	@echo "make test-windows BLENDERS='/path/to/blender ...'   the panel in real windows (Xvfb and xdotool beside each)"
	@echo "make screenshots BLENDERS=/path/to/blender   the same in one, for docs/images/panel-*.png"
	@echo "make docs          writes docs/settings.md and the made parts of the guides"
	@echo "make bench         measures what a picture takes on this machine, for the guides (BENCH_FLAGS=--quick: small ones)"
	@echo "make gallery       makes the pictures of docs/gallery.md (GALLERY_FLAGS: the names of some)"
	@echo "make study         networks trained on rich and on plain pictures, for docs/fidelity.md (STUDY_FLAGS)"
	@echo "make zip           builds the extension into dist/"
	@echo "make clean         removes environments, caches and dist (not your output)"

demo: setup-demo
	@$(BIN)/python headless/batch.py $(DEMO_OUT) $(DEMO_FLAGS)
	@$(BIN)/python headless/overview.py $(DEMO_OUT)

test: lint
	$(BIN)/python -m pytest $(IN_PARALLEL) $(PYTEST_FLAGS)

check: lint
	$(BIN)/python -m pytest $(IN_PARALLEL) -m "not bpy and not blender and not blenderproc" $(PYTEST_FLAGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test-matrix:
	@PYTEST_FLAGS="$(IN_PARALLEL) $(PYTEST_FLAGS)" sh tools/test_matrix.sh $(MATRIX)

test-blenderproc: setup
	@PYTHON='' sh tools/setup_blenderproc.sh $(BLENDERPROC)
	SOLAR_SITE_BLENDERPROC=$(BLENDERPROC) $(BIN)/python -m pytest -m blenderproc $(PYTEST_FLAGS)

test-blender: setup
	SOLAR_SITE_BLENDERS="$(BLENDERS)" $(BIN)/python -m pytest -m "blender and not windows" $(PYTEST_FLAGS)

# One step needs the one before, so the first that fails ends the run.
test-windows: setup
	SOLAR_SITE_BLENDERS="$(BLENDERS)" $(BIN)/python -m pytest -m windows --exitfirst $(PYTEST_FLAGS)

# The pictures show the folder of the dataset: it has a name that every machine can have.
screenshots: setup
	SOLAR_SITE_SCREENSHOTS=docs/images $(MAKE) test-windows BLENDERS="$(BLENDERS)" \
		PYTEST_FLAGS="$(PYTEST_FLAGS) --basetemp=/tmp/solar-site-windows"

docs: setup
	$(BIN)/python -m tools.settings_reference
	$(BIN)/python -m tools.dataset_reference
	$(BIN)/python -m tools.guide
	$(BIN)/python -m tools.fidelity

bench: setup
	$(BIN)/python -m benchmarks.time_per_picture $(BENCH_FLAGS)
	$(BIN)/python -m tools.guide

gallery: setup
	$(BIN)/python -m tools.gallery $(GALLERY_FLAGS)

study: setup
	@sh tools/setup_venv.sh $(STUDY) "3.11 3.13" ".[study]"
	$(STUDY)/bin/python -m benchmarks.generalisation.study --python $(BIN)/python $(STUDY_FLAGS)
	$(BIN)/python -m tools.fidelity

zip:
	@python=$$(sh tools/find_python.sh) && "$$python" build_addon.py

clean:
	rm -rf .venv .venv-* dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@sh tools/setup_venv.sh $(VENV) "3.11 3.13" ".[bpy,overview,test]"

setup-demo:
	@sh tools/setup_venv.sh $(VENV) "3.11 3.13" ".[bpy,overview]"
