# All commands. workflow/envs/venv.sh installs packages into VENV only, and removes no environment that is not Easel's.

define HELP
make demo       train and judge three small models on drawn shapes; the last line is the report's path
make test       run the tests but the slow ones, ARGS=--all those, too; ARGS="-k gan -x" is passed to pytest
make new        write a study for your pictures: STUDY=birds DATA=/path/to/pictures
make presets    list the presets: what each is good for and costs here; DATASET=shapes selects a dataset or study
make verify     check results against their manifest; STUDY=cifar10 selects a study other than quickstart
make crate      pack a study with all its files as an RO-Crate; STUDY= as above
make lint       check style, types and imports: ruff, snakefmt, snakemake --lint, mypy, import-linter
make format     fix style: ruff, snakefmt
make lock       pin the dependencies of pyproject.toml again; ARGS=--upgrade moves to the newest versions
make schemas    write workflow/schemas/ from workflow/easel/config/
make benchmark  measure training speed here, in about 20 minutes; ARGS="--torch PATH/TO/python" adds PyTorch
make gpu-report measure this machine's GPU, in an estimated two hours; ARGS="--only speed --presets fast_gpu" a part
make compare-presets  train presets for the same time; ARGS="results/datasets/cifar10 --minutes 3"
make install    set up .venv, and nothing else
make dev        the same, with what tests and lint need
make clean      remove caches, and .venv if make made it for this checkout; never results

The first command sets up .venv. PYTHON=/path/to/python3 selects its Python, VENV=/path/to/venv another
folder, GPU=1 or GPU=0 TensorFlow's build with or without CUDA. Otherwise the build that is there stays, and the
first one depends on whether nvidia-smi lists a GPU.
endef
export HELP

PYTHONS := 3.13 3.12 3.11
PYTHON :=
GPU :=
VENV := .venv
STUDY :=
DATA :=
DATASET := cifar10
MAKEFLAGS += --no-print-directory

# What a user sets reaches the shell in variables, as it was typed, and is never part of a command: it may have spaces,
# quotes and dollar signs. Only ARGS is meant to be read by the shell.
override PYTHON := $(value PYTHON)
override GPU := $(value GPU)
override VENV := $(value VENV)
override STUDY := $(value STUDY)
override DATA := $(value DATA)
override DATASET := $(value DATASET)
export PYTHONS PYTHON GPU VENV STUDY DATA DATASET

# Notebook services and clusters' modules set these for their own Pythons; the environment has all that it needs.
unexport PYTHONHOME PYTHONPATH

BIN := "$$VENV"/bin
SMK := Snakefile workflow
SET_UP := @$(SHELL) workflow/envs/venv.sh

.PHONY: help demo test new presets verify crate lint format lock schemas benchmark gpu-report compare-presets install dev clean

help:
	@echo "$$HELP"

demo: install
	@$(BIN)/snakemake --cores all --resources gpu=1 --config study=quickstart
	@echo "Done. Open this in a browser:"
	@echo results/quickstart/report.html

test: dev
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder $(ARGS)

new: install
	@$(BIN)/python -m easel.new $(ARGS) -- "$$STUDY" "$$DATA"

presets: install
	@$(BIN)/python -m easel.planning.presets "$$DATASET"

# STUDY may be a name, a file or a folder, by default quickstart. It runs this checkout's code, whichever the environment
# serves.
verify:
	$(SET_UP) need easel.provenance.verify
	@study=$${STUDY:-quickstart}; study=$${study%/}; study=$${study##*/}; study=$${study%.yaml}; \
	PYTHONPATH=workflow exec $(BIN)/python -m easel.provenance.verify "results/$${study%.yml}"

crate: install
	@$(BIN)/snakemake crate --cores all --config "study=$${STUDY:-quickstart}"

# Snakemake's linter wants an environment for every rule, and functions in files without rules. Here one environment
# serves all rules, the one in which Snakemake itself runs, and each chapter has its own helpers. It may find nothing else.
lint: dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/snakefmt --check $(SMK)
	@echo snakemake --lint; found=$$($(BIN)/snakemake --lint 2>&1); \
	echo "$$found" | grep -qE "^(Lints for|Congratulations)" \
	&& ! echo "$$found" | grep "^    \* " \
	| grep -vE "Specify a conda environment or container for each rule|Mixed rules and functions in same snakefile" \
	|| { echo "$$found"; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

format: dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/snakefmt $(SMK)

schemas: install
	$(BIN)/python -m easel.config.schema

benchmark: install
	@$(BIN)/python benchmarks/speed.py $(ARGS)
	@$(BIN)/python benchmarks/endurance.py

gpu-report: install
	@$(BIN)/python benchmarks/gpu_report.py $(ARGS)

compare-presets: install
	@$(BIN)/python benchmarks/presets.py $(ARGS)

# One version of each package for every Python, so that results do not depend on the Python version.
# requirements.txt is what Easel needs to run; the others add to it, in the same versions.
COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet $(ARGS)
lock: dev
	$(COMPILE) --extra crate --extra slurm --output-file requirements.txt
	$(COMPILE) --extra crate --extra slurm --extra gpu --constraint requirements.txt --output-file requirements-gpu.txt
	$(COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt

install:
	$(SET_UP) install

dev:
	$(SET_UP) install requirements-dev.txt

clean:
	$(SET_UP) clean
	rm -rf .mypy_cache .pytest_cache .ruff_cache build/lib build/bdist.* workflow/easel.egg-info
	find scripts tests workflow -name __pycache__ -prune -exec rm -rf {} +
