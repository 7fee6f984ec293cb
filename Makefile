# SPDX-License-Identifier: GPL-3.0-or-later
#
# Requires a POSIX shell, make, git, and Python 3.11 or 3.13. Everything else is installed from PyPI into .venv*.
# PYTHON=/path/to/python selects the Python; otherwise tools/find_python.sh searches for one.

VENV = .venv
BIN = $(VENV)/bin
# BlenderProc pins old packages, so it and its Blender have their own environment.
BLENDERPROC = .venv-blenderproc
DEMO_OUT = output/demo
DEMO_FLAGS = --preset mixed --seed 4 --num_images 4 --num_parallel 2 --resolution 1320x989 --max_samples 12 --noise_threshold 0.05
# The bpy wheels for make test-matrix. On Python 3.11, make test uses 4.5.
MATRIX = 4.2 4.5 5.2
# The Python that make test has passed on, if it has: make test-matrix then runs only the tests of bpy on it.
TESTED_PYTHON =
# Paths of Blender executables for make test-blender and make test-windows.
BLENDERS =
PYTEST_FLAGS =
# One process per core. Tests of one file run in the same process because they share rendered images.
IN_PARALLEL = --numprocesses auto --maxprocesses 8 --dist loadfile
# make bench BENCH_FLAGS=--quick renders small images; --help lists all flags.
BENCH_FLAGS =
# make material-cost COST_FLAGS='--presets desert' measures one preset.
COST_FLAGS =
# make render-quality QUALITY_FLAGS='--presets desert --reference 512' is a quick trial.
QUALITY_FLAGS =
# make stages STAGES_FLAGS='--presets desert --sizes 64x48' is a quick trial.
STAGES_FLAGS =
# make study STUDY_FLAGS='--images 4 --steps 50' is a quick trial; --help lists all flags.
STUDY_FLAGS =
# The same for the second part of the study, which tells modules apart.
SEPARATION_FLAGS =
# PyTorch has its own environment. On Linux, the PyPI wheels include CUDA. For the smaller CPU build run
# PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make study
STUDY = .venv-study
GALLERY_FLAGS =
# make dataset-scale SCALE_FLAGS='--samples 1000' is a quick trial; --help lists all flags.
SCALE_FLAGS =
# make torture TORTURE_FLAGS='kills hangs --scale 0.1' is a quick trial; --help lists all flags.
TORTURE_FLAGS =

# Tests start hundreds of Pythons, and each would compile the code again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check lint format test-matrix test-blenderproc test-blender test-windows screenshots docs annotation-cost bench material-cost ray-casts render-quality stages scale hot-parts against-blenderproc dataset-scale ray-units gallery preset-thumbnails image-statistics study torture zip clean setup setup-demo

help:
	@echo "make demo          generate a small annotated dataset and a contact sheet in $(DEMO_OUT)"
	@echo "make test          run everything that must pass: ruff, mypy, import-linter, pytest"
	@echo "make check         run ruff, mypy, import-linter, and the fast tests that need no Blender (a minute)"
	@echo "make lint          run ruff, mypy and import-linter"
	@echo "make format        format the code and apply automatic lint fixes"
	@echo "make test-matrix   run pytest with the bpy wheels of $(MATRIX) (needs Python 3.11 and 3.13)"
	@echo "make test-blenderproc   test the BlenderProc script in BlenderProc 2.8.0 (Linux, needs Python 3.11)"
	@echo "make test-blender BLENDERS='/path/to/blender ...'   run the tests in real Blenders"
	@echo "make test-windows BLENDERS='/path/to/blender ...'   test the panel in real windows (needs Xvfb and xdotool beside each Blender)"
	@echo "make screenshots BLENDERS=/path/to/blender   run the same tests and save docs/images/panel-*.png"
	@echo "make docs          update docs/settings.md and the generated parts of the guides"
	@echo "make bench         measure the time per image for the guides (BENCH_FLAGS=--quick: small images)"
	@echo "make ray-casts     compare annotations with independent ray casts (RAYS_FLAGS='--scenes 0 5': some scenes)"
	@echo "make annotation-cost   measure what annotations and --rebuild cost (ANNOTATION_FLAGS)"
	@echo "make material-cost   measure what materials cost per sample (COST_FLAGS='--presets desert': some of them)"
	@echo "make render-quality   measure how close each render quality comes to a converged image (QUALITY_FLAGS)"
	@echo "make stages        measure the CPU time of each stage of an image (STAGES_FLAGS='--presets desert --sizes 660x494')"
	@echo "make scale         measure CPU time and memory of sites from small to large"
	@echo "make hot-parts     measure the numpy parts that every site or image goes through"
	@echo "make against-blenderproc   compare the time of an image with BlenderProc's (Linux, needs Python 3.11)"
	@echo "make dataset-scale measure each step of the launcher for 1,000 to 100,000 samples, for docs/scale.md (SCALE_FLAGS)"
	@echo "make ray-units     measure what 1,000 and 10,000 empty work units cost in a Ray cluster, for docs/scale.md"
	@echo "make gallery       render the images of docs/gallery.md (GALLERY_FLAGS: names of some of them)"
	@echo "make preset-thumbnails  make the thumbnails of the presets in the panel from the gallery"
	@echo "make image-statistics  compare 60 images with the statistics of real ones for docs/fidelity.md"
	@echo "make study         train networks on varied and on plain images for docs/fidelity.md (STUDY_FLAGS)"
	@echo "make torture       kill, hang, fill and damage runs at random, and write docs/reliability.md (TORTURE_FLAGS)"
	@echo "make zip           build the extension in dist/"
	@echo "make clean         remove environments, caches and dist, but no datasets"

demo: setup-demo
	@$(BIN)/python headless/batch.py $(DEMO_OUT) $(DEMO_FLAGS)
	@$(BIN)/python headless/overview.py $(DEMO_OUT)

test: lint
	$(BIN)/python -m pytest $(IN_PARALLEL) $(PYTEST_FLAGS)

# What make check leaves out is said in CONTRIBUTING.md.
check: lint
	$(BIN)/python -m pytest $(IN_PARALLEL) -m "not bpy and not blender and not blenderproc and not slow" $(PYTEST_FLAGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test-matrix:
	@PYTEST_FLAGS="$(IN_PARALLEL) $(PYTEST_FLAGS)" TESTED_PYTHON="$(TESTED_PYTHON)" sh tools/test_matrix.sh $(MATRIX)

test-blenderproc: setup
	@PYTHON='' sh tools/setup_blenderproc.sh $(BLENDERPROC)
	SOLAR_SITE_BLENDERPROC=$(BLENDERPROC) $(BIN)/python -m pytest -m blenderproc $(PYTEST_FLAGS)

test-blender: setup
	SOLAR_SITE_BLENDERS="$(BLENDERS)" $(BIN)/python -m pytest -m "blender and not windows" $(PYTEST_FLAGS)

# Each step depends on the previous one, so the first failure ends the run.
test-windows: setup
	SOLAR_SITE_BLENDERS="$(BLENDERS)" $(BIN)/python -m pytest -m windows --exitfirst $(PYTEST_FLAGS)

# The dataset folder is visible in the screenshots, so it has a neutral name.
screenshots: setup
	SOLAR_SITE_SCREENSHOTS=docs/images $(MAKE) test-windows BLENDERS="$(BLENDERS)" \
		PYTEST_FLAGS="$(PYTEST_FLAGS) --basetemp=/tmp/solar-site-windows"

docs: setup
	$(BIN)/python -m tools.settings_reference
	$(BIN)/python -m tools.dataset_reference
	$(BIN)/python -m tools.help_page
	$(BIN)/python -m tools.guide
	$(BIN)/python -m tools.fidelity
	$(BIN)/python -m tools.performance_page

bench: setup
	$(BIN)/python -m benchmarks.time_per_image $(BENCH_FLAGS)
	$(BIN)/python -m tools.guide

ray-casts: setup
	$(BIN)/python -m benchmarks.ray_casts $(RAYS_FLAGS)

preset-thumbnails: setup
	$(BIN)/python -m tools.preset_thumbnails

annotation-cost: setup
	$(BIN)/python -m benchmarks.annotation_cost $(ANNOTATION_FLAGS)

material-cost: setup
	$(BIN)/python -m benchmarks.material_cost $(COST_FLAGS)

render-quality: setup
	$(BIN)/python -m benchmarks.render_quality $(QUALITY_FLAGS)

stages: setup
	$(BIN)/python -m benchmarks.stages $(STAGES_FLAGS)

hot-parts: setup
	$(BIN)/python -m benchmarks.hot_parts

against-blenderproc: setup
	@PYTHON='' sh tools/setup_blenderproc.sh $(BLENDERPROC)
	$(BIN)/python -m benchmarks.against_blenderproc --blenderproc $(BLENDERPROC)

scale: setup
	$(BIN)/python -m benchmarks.scale

dataset-scale: setup
	$(BIN)/python -m benchmarks.dataset_scale $(SCALE_FLAGS)

ray-units: setup
	$(BIN)/python -m benchmarks.ray_units

gallery: setup
	$(BIN)/python -m tools.gallery $(GALLERY_FLAGS)

torture: setup
	$(BIN)/python -m benchmarks.torture $(TORTURE_FLAGS)

image-statistics: setup
	$(BIN)/python headless/batch.py output/image_statistics --preset mixed --seed 900 --num_images 60 --resolution 320x256 \
	    --set camera.model=custom --set camera.sensor_width_mm=4 --set camera.focal_length_mm=15.2 \
	    --set camera.altitude_agl_m=28..60 --set camera.gimbal_pitch_deg=-90
	$(BIN)/python -m benchmarks.image_statistics output/image_statistics --record
	$(BIN)/python -m tools.fidelity

study: setup
	@sh tools/setup_venv.sh $(STUDY) "3.11 3.13" -e ".[study]"
	$(STUDY)/bin/python -m benchmarks.generalization.study --python $(BIN)/python $(STUDY_FLAGS)
	$(STUDY)/bin/python -m benchmarks.generalization.separation --python $(BIN)/python $(SEPARATION_FLAGS)
	$(BIN)/python -m tools.fidelity

zip:
	@python=$$(sh tools/find_python.sh) && "$$python" build_addon.py

clean:
	rm -rf .venv .venv-* dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@sh tools/setup_venv.sh $(VENV) "3.11 3.13" -e ".[bpy,overview,test]"

setup-demo:
	@sh tools/setup_venv.sh $(VENV) "3.11 3.13" -e ".[bpy,overview]"
