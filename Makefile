# All commands. Packages are installed into .venv only; `make clean` removes it.

define HELP
make demo       train and judge three small models on drawn shapes; the last line is the report's path
make test       run the tests; ARGS="-k gan -x" is passed to pytest, ARGS="-n 0" uses one process
make verify     check results against their manifest; STUDY=cifar10 selects a study other than quickstart
make crate      pack a study with all its files as an RO-Crate; STUDY= as above
make lint       check style, types and imports: ruff, snakefmt, snakemake --lint, mypy, import-linter
make format     fix style: ruff, snakefmt
make lock       pin the dependencies of pyproject.toml again; ARGS=--upgrade moves to the newest versions
make schemas    write workflow/schemas/ from workflow/easel/config/
make benchmark  measure training speed here, in about 20 minutes; ARGS="--torch PATH/TO/python" adds PyTorch
make presets    compare presets for the same training time; ARGS="results/datasets/cifar10 --minutes 3"
make install    set up .venv, and nothing else
make clean      remove .venv and caches, never results

The first command sets up .venv. PYTHON=/path/to/python3 selects its Python.
endef
export HELP

PYTHONS := 3.13 3.12 3.11
VENV := .venv
BIN := $(VENV)/bin
STUDY := quickstart
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
SMK := Snakefile workflow
MAKEFLAGS += --no-print-directory

# Machines with a GPU get the GPU build of TensorFlow.
LOCK := $(shell nvidia-smi -L >/dev/null 2>&1 && echo requirements-gpu.txt || echo requirements.txt)

# The stamp is written last and names the checkout and the lock file. If it is missing (an interrupted
# installation), names another checkout (a moved one), or if the Python is gone, .venv is created again.
STAMP := $(VENV)/.installed
USABLE := $(shell $(BIN)/python -c "" 2>/dev/null && [ "$$(cat $(STAMP) 2>/dev/null)" = "$$(pwd -P) $(LOCK)" ] && echo yes)
ifneq ($(USABLE),yes)
.PHONY: $(STAMP)
endif

.PHONY: help demo test verify crate lint format lock schemas benchmark presets install clean

help:
	@echo "$$HELP"

demo: $(STAMP)
	@$(BIN)/snakemake --cores all --resources gpu=1 --config study=quickstart
	@echo "Done. Open this in a browser:"
	@echo results/quickstart/report.html

test: $(STAMP)
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder $(ARGS)

verify: $(STAMP)
	@$(BIN)/python -m easel.provenance.verify results/$(patsubst %.yaml,%,$(notdir $(STUDY)))

crate: $(STAMP)
	@$(BIN)/snakemake crate --cores all --config study=$(STUDY)

# Snakemake's linter wants an environment for every rule, and functions in files without rules. Here one environment
# serves all rules, the one in which Snakemake itself runs, and each chapter has its own helpers. It may find nothing else.
lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/snakefmt --check $(SMK)
	$(BIN)/snakemake --lint >$(VENV)/lint.log 2>&1; \
	grep -qE "^(Lints for|Congratulations)" $(VENV)/lint.log \
	&& ! grep "^    \* " $(VENV)/lint.log \
	| grep -vE "Specify a conda environment or container for each rule|Mixed rules and functions in same snakefile" \
	|| { cat $(VENV)/lint.log; exit 1; }
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

format: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/snakefmt $(SMK)

schemas: $(STAMP)
	$(BIN)/python -m easel.config.schema

benchmark: $(STAMP)
	@$(BIN)/python benchmarks/speed.py $(ARGS)
	@$(BIN)/python benchmarks/endurance.py

presets: $(STAMP)
	@$(BIN)/python benchmarks/presets.py $(ARGS)

# One version of each package for every Python, so that results do not depend on the Python version.
COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet $(ARGS)
lock: $(STAMP)
	$(PIP) install uv
	$(COMPILE) --extra dev --output-file requirements.txt
	$(COMPILE) --extra dev --extra gpu --constraint requirements.txt --output-file requirements-gpu.txt

install: $(STAMP)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache build workflow/*.egg-info
	find scripts tests workflow -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): $(LOCK) pyproject.toml
	@rm -f $@
	@$(if $(USABLE),:,$(CREATE_VENV))
	@echo "Easel: installing the packages of $(LOCK) into $(VENV); the first time takes about 2 minutes ..."
	@$(PIP) install --require-hashes --requirement $(LOCK) \
	&& $(PIP) install --no-deps --no-build-isolation --editable . \
	|| { echo "Easel: the packages could not be installed; pip says why above. The same command tries again." >&2; exit 1; }
	@echo "$$(pwd -P) $(LOCK)" >$@

# The first usable Python, or one line about what is missing.
define CREATE_VENV
for python in $(or $(PYTHON),python3 $(PYTHONS:%=python%)); do \
	version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	case " $(PYTHONS) " in *" $$version "*) ;; *) old="$${old:+$$old, }$$python is $$version"; continue ;; esac; \
	if "$$python" -c "import ensurepip, venv" 2>/dev/null; then \
		echo "Easel: making $(VENV) from $$python ($$version)"; \
		exec "$$python" -m venv --clear $(VENV); \
	fi; \
	bare="$${bare:-$$python ($$version) has no module venv; on Debian and Ubuntu: apt install python$$version-venv}"; \
done; \
none="no $(or $(PYTHON),python3) was found; on Debian and Ubuntu: apt install python3 python3-venv"; \
echo "Easel needs Python 3.11, 3.12 or 3.13 with venv: $${bare:-$${old:-$$none}}." \
	"Another Python: make PYTHON=/path/to/python3 ..." >&2; exit 1
endef
