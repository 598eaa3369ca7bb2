# The commands of this course. Each sets up what it needs in .venv, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PEERS := .bench/nbgrader/ready .bench/otter/ready

# JupyterLab asks root to say so.
LAB_OPTIONS := --ServerApp.root_dir=. $(if $(filter 0,$(shell id -u)),--allow-root)
# .lab/ asks for no news, leaves out what instructors need, and explains names that no cell has made yet.
FOR_STUDENTS := --LabApp.app_settings_dir="$(CURDIR)/.lab" --LabApp.default_url=/lab/tree/work/lessons/index.ipynb

.PHONY: help demo test lab edit lessons release bench hostile clean

help:  ## Show the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: this course needs Python 3.11 or later; name it with: make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV) || { echo "make: on Debian and Ubuntu, install python3-venv first"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/grader kernel install >/dev/null
	@touch $@

demo: $(READY)  ## Grade a sample class end to end, and say where to look
	$(BIN)/grader demo

test: $(READY)  ## Run every check: style, types, tests, notebooks, the browser
	PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/run.sh

lab: $(READY)  ## Open the course in JupyterLab, as copies of your own in work/
	$(BIN)/grader start --all
	PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONSTARTUP="$(CURDIR)/.lab/startup.py" $(BIN)/jupyter lab $(FOR_STUDENTS) $(LAB_OPTIONS)

edit: $(READY)  ## Open the course in JupyterLab as its author, with nbgrader's side bars
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/index.ipynb $(LAB_OPTIONS)

lessons: $(READY)  ## Run the lessons again and store their outputs
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/store_outputs.py

release: $(READY)  ## Make release/ from source/, and check it
	$(BIN)/grader release && $(BIN)/grader verify

bench: $(READY) $(PEERS)  ## Measure what grading costs, beside nbgrader and otter-grader
	$(BIN)/python -m tests.bench

hostile: $(READY) $(PEERS)  ## Show what hostile submissions earn, here and elsewhere
	PYTHONPATH=.:tests $(BIN)/python -m tests.hostile

.bench/nbgrader/ready: ASKED := nbgrader
.bench/otter/ready: ASKED := 'otter-grader[grading]==7.0.0'
$(PEERS): constraints.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt $(ASKED) numpy torch matplotlib ipykernel
	@touch $@

clean:  ## Remove what these commands made
	rm -rf $(VENV) .bench demo build *.egg-info .pytest_cache .mypy_cache .ruff_cache
