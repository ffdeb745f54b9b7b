# Everything you can do with the course; `make` by itself lists it. Needs GNU Make 3.81 or newer and a POSIX shell:
# Linux, macOS, and Windows in Git Bash. Every target first makes .venv, or brings it up to date.

# The environment is made with this Python; empty: the first of PYTHONS that is new enough.
PYTHON ?=
PYTHONS = python3.11 python3 python python3.12 python3.13 python3.14 py
# For `make lab`, such as LAB_ARGS="--no-browser --port 9000".
LAB_ARGS ?=
# For `make test`, such as PYTEST_ARGS="tests/test_images.py -x".
PYTEST_ARGS ?=

TORCH_VERSION := 2.13.0
ifeq ($(OS),Windows_NT)
  PY := .venv/Scripts/python.exe
else
  PY := .venv/bin/python
endif
# On Linux the plain build brings several GB for graphics cards, which no lesson uses. "+cpu" makes pip fail instead
# of taking it in silence where the second index cannot be reached.
ifeq ($(shell uname -s),Linux)
  TORCH ?= torch==$(TORCH_VERSION)+cpu --extra-index-url https://download.pytorch.org/whl/cpu
else
  TORCH ?= torch==$(TORCH_VERSION)
endif
# What the test of exported pages needs beside: fetched with npm; where there is none, that test is skipped.
PAGES := .venv/pages/require.js
# A link to the glossary shows it as a page, not as its source.
LAB_SETTINGS = {"@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}}}
# Written last, so that the next call continues an interrupted setup.
STAMP := .venv/.setup-finished
# What only tests and instructors need. `make lab` does not install it for learners.
EDITIONS := .venv/.editions-finished

# The explorers' JavaScript is checked wherever npm is, and on CI it must be.
NPM := $(shell command -v npm 2>/dev/null)
NODE_TOOLS := $(if $(NPM),node_modules/.package-lock.json)
NO_NPM = echo "npm is not installed: the explorers' JavaScript is not checked." >&2; [ "$(CI)" != true ]

.PHONY: help setup lab test check format notebooks solutions slides assignments bench clean
# Several targets at once, as in `make clean setup`, run in that order also with -j.
.NOTPARALLEL:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## make .venv with everything in it, or bring it up to date
	@echo "Ready. Next: make lab"

# The link printed leads to the first lesson, links in lessons may lead to docs/, and nothing outside is asked for news.
# In containers one is often root, whom Jupyter refuses otherwise; it listens on this computer only, with a token.
LAB_OPTIONS = --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/01_image_loading.ipynb \
  --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
  $(if $(filter 0,$(shell id -u)),--allow-root)

lab: $(STAMP) ## open the first lesson in JupyterLab, on this computer only
	"$(PY)" -m jupyterlab $(LAB_OPTIONS) $(LAB_ARGS)

# OMP_NUM_THREADS: two workers with several threads each would wait for one another. MPLBACKEND: figures would vanish
# from the notebooks that are run. No reordering: the tests in a browser, the longest, come first and end side by side
# with others.
test: $(EDITIONS) $(PAGES) ## run every test, every example and every notebook
	env -u MPLBACKEND OMP_NUM_THREADS=1 "$(PY)" -m pytest --nbval -n 2 --dist loadscope --no-loadscope-reorder $(PYTEST_ARGS)

check: $(STAMP) $(NODE_TOOLS) ## check format, style, types, and which module imports which
	"$(PY)" -m ruff format --check .
	"$(PY)" -m ruff check .
	"$(PY)" -m mypy
	"$(dir $(PY))lint-imports" --no-logo --no-cache
	$(if $(NPM),npm run --silent check,@$(NO_NPM))

format: $(STAMP) $(NODE_TOOLS) ## format the code
	"$(PY)" -m ruff check --fix-only .
	"$(PY)" -m ruff format .
	$(if $(NPM),npm run --silent format)

notebooks: $(STAMP) ## run the notebooks and write their outputs
	env -u MPLBACKEND OMP_NUM_THREADS=1 "$(PY)" -m tools.notebooks write notebooks

solutions: $(STAMP) ## write every lesson with its solutions, executed, to build/solutions
	env -u MPLBACKEND OMP_NUM_THREADS=1 "$(PY)" -m tools.editions solutions notebooks

slides: $(EDITIONS) ## write every lesson as slides to build/slides; they open without a network
	"$(PY)" -m tools.editions slides notebooks
	@echo "Ready. Open build/slides/index.html in a browser."

assignments: $(EDITIONS) ## write every lesson for nbgrader to build/assignments
	"$(PY)" -m tools.editions assignments notebooks
	@echo "Ready. Next, with .venv activated: cd build/assignments && nbgrader generate_assignment 01_image_loading"

bench: $(STAMP) ## measure what things cost
	"$(PY)" -m benchmarks

clean: ## remove .venv and all caches
	rm -rf .venv build node_modules coursekit.egg-info .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

# An environment that already works is kept: after a change of versions, pip changes what differs and no more.
$(STAMP): constraints.txt pyproject.toml
	@works='import pip, sys; sys.exit(sys.version_info < (3, 11))'; \
	if ! "$(PY)" -c "$$works" >/dev/null 2>&1; then \
	  found=; \
	  for python in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
	    if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	      found="$$python"; break; \
	    fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "The course needs Python 3.11 or newer, with venv. None of these is:" >&2; \
	    for python in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
	      echo "  $$python: $$("$$python" --version 2>&1 | head -n 1)" >&2; \
	    done; \
	    echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv), or name one:" >&2; \
	    echo "  make setup PYTHON=/path/to/python3.11" >&2; \
	    exit 1; \
	  fi; \
	  echo "Making .venv with $$("$$found" --version)"; \
	  "$$found" -m venv --clear .venv; \
	fi
	@"$(PY)" -m pip install --disable-pip-version-check --retries 2 --no-deps $(TORCH) || { \
	  echo "The CPU build of torch $(TORCH_VERSION) could not be installed: see the lines above. With a network," >&2; \
	  echo "call the same again. To take the build of the default index, several GB on Linux:" >&2; \
	  echo "  make setup TORCH=torch==$(TORCH_VERSION)" >&2; \
	  exit 1; \
	}
	@"$(PY)" -m pip install --disable-pip-version-check --constraint constraints.txt --editable '.[test,browser]'
	@mkdir -p .venv/share/jupyter/lab/settings
	@echo '$(LAB_SETTINGS)' > .venv/share/jupyter/lab/settings/overrides.json
	@touch $(STAMP)

# nbgrader brings extensions for JupyterLab and a second Jupyter. Here they are switched off: JupyterLab, and the tests
# in it, stay as learners have them.
$(EDITIONS): $(STAMP)
	@"$(PY)" -m pip install --disable-pip-version-check --constraint constraints.txt --editable '.[test,browser,editions,notebook,png]'
	@"$(PY)" -m jupyterlab.labextensions disable --level=sys_prefix \
	  @jupyter/nbgrader @jupyter-notebook/lab-extension >/dev/null
	@"$(PY)" -m jupyter_server.extension.serverextension disable --sys-prefix notebook \
	  $(addprefix nbgrader.server_extensions.,formgrader validate_assignment assignment_list course_list) 2>/dev/null
	@touch $(EDITIONS)

node_modules/.package-lock.json: package.json
	npm install --no-package-lock --no-audit --no-fund
	@touch $@

$(PAGES): $(STAMP)
	@"$(PY)" -m tools.widget_manager .venv/pages || true
