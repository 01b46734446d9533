# Two commands need nothing prepared: `make demo` and `make test`.
.PHONY: setup demo test check format bench econml soak bento lock clean
# One thread of linear algebra per process: two of them waiting for a busy core are far slower than one.
export OPENBLAS_NUM_THREADS = 1
SERVE ?= 1
PORT ?= 3000

setup:
	@.ci/setup

demo: setup  ## a simulated market, a trained and promoted model, a printed shortlist, then the API (SERVE=0: stop before it)
	@.venv/bin/creatorlift demo --folder var/demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

test:  ## every test; installs a browser and PostgreSQL when missing
	@.ci/setup tests
	@.venv/bin/python -m pytest -n 2 --dist loadgroup

check: setup  ## lint, format, types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: setup
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

BENCHMARKS = comments niche engagement builder lift_quality uplift uplift_simulated controls real_creators
bench: setup  ## every benchmark; writes benchmarks/results/*.json (some hours; one alone: .venv/bin/python benchmarks/NAME.py)
	@for name in $(BENCHMARKS); do echo "== $$name"; .venv/bin/python "benchmarks/$$name.py" || exit 1; done
	@[ -d var/demo/market ] || $(MAKE) demo SERVE=0
	@echo "== endpoint"; .venv/bin/python benchmarks/endpoint.py var/demo/market
	@.ci/setup tests
	@echo "== page"; .venv/bin/python benchmarks/page.py var/demo/market

econml: setup  ## the environment of benchmarks/uplift.py's causal forest, apart from ours
	@python3.11 -m venv var/econml && var/econml/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
	    -r benchmarks/requirements-econml.lock

soak: setup  ## every proof of strength, the long ones too (about two hours); writes docs/reliability.md
	@.ci/setup tests
	@[ -d var/demo/market ] || $(MAKE) demo SERVE=0
	@mkdir -p var && rm -f var/proofs.jsonl
	@failed=0; export CREATORLIFT_PROOFS="$$PWD/var/proofs.jsonl"; \
	    .venv/bin/python -m pytest -m "soak or proof" || failed=1; \
	    .venv/bin/python benchmarks/endpoint.py var/demo/market --soak 30 || failed=1; \
	    .venv/bin/python benchmarks/reliability.py var/proofs.jsonl || failed=1; exit $$failed

bento: setup  ## the service with the champion inside, as one bento
	@.venv/bin/python -P -m serving.packed champion
	@.venv/bin/bentoml build

lock: setup  ## rebuild requirements.lock from pyproject.toml
	@.venv/bin/pip-compile --quiet --extra dev --generate-hashes --no-emit-options \
	    --strip-extras --allow-unsafe --no-header --output-file requirements.lock pyproject.toml
	@.venv/bin/pip-compile --quiet --generate-hashes --no-emit-options \
	    --strip-extras --allow-unsafe --no-header --output-file benchmarks/requirements-econml.lock benchmarks/requirements-econml.in

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis
