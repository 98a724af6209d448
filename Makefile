# All that a developer runs; it needs git, make and Python 3.10 to 3.14.
#
#   make setup    create .venv with the versions of requirements.txt
#   make demo     set up, then generate data, train, test and draw
#   make test     set up, then lint and run all tests but the long ones
#   make test-long   set up, then run the long tests
#   make matrix   run the tests with other versions of Python and the stack
#   make doctor   set up, then check every part of the stack
#   make clean    remove .venv
#
# Variables; the first four are remembered in .venv until they are given anew:
#
#   PYTHON=python3.12      the Python to use
#   TORCH='torch==2.9.1'   another torch; pip finds the torchvision for it
#   MMCV=full              compile mmcv, for MMDetection's detectors
#   PIP_ARGS='--proxy X'   more arguments for pip, as for an index of your own
#   ARGS='-k codec'        arguments for pytest

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.PHONY: help setup demo test test-long matrix doctor clean

VENV ?= .venv
STAMP := $(VENV)/set-up
-include $(VENV)/options.mk
PYTHON ?=
TORCH ?=
MMCV ?= lite
PIP_ARGS ?=
ARGS ?=
export PYTHON TORCH MMCV PIP_ARGS

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
# without a limit, xdist waits for ever for the tests of a process that crashed
PYTEST := $(PY) -m pytest --numprocesses auto --dist loadfile \
	--no-loadscope-reorder --max-worker-restart 0

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

# Says one line and stops if .venv is what was asked for. Otherwise every
# step runs again; pip passes over what is there already, so an interrupted
# set-up is completed.
setup:
	@key=$$({ cat requirements.txt setup.py; printf '%s\n' '$(CURDIR)' \
		"$$PYTHON" "$$TORCH" "$$MMCV" "$$PIP_ARGS"; } | sha256sum)
	if $(PY) -c '' 2>/dev/null \
		&& [ "$$(head -n 1 $(STAMP) 2>/dev/null)" = "$$key" ]; then
		echo "$(VENV) is set up already: $$(tail -n 1 $(STAMP))"
		exit 0
	fi
	rm -f $(STAMP)
	$(read_options)
	$(create_venv)
	$(remember_options)
	$(install)
	$(PY) -m mlpe_mmpose doctor
	printf '%s\n' "$$key" "$$($(PY) -V), $$($(PIP) list --format freeze \
		| grep -E '^(torch|mmcv(-lite)?|mmpose)==' | paste -sd ' ')" >$(STAMP)
	echo "$(VENV) is set up: $$(tail -n 1 $(STAMP))"

demo: setup
	$(PY) -m mlpe_mmpose demo

test: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(VENV)/bin/lint-imports --no-cache --no-logo
	$(PYTEST) -m 'not long' --timeout 600 --durations=15 $(ARGS)

# -rP shows the figures that passed tests print.
test-long: setup
	$(PYTEST) -m long -rP --timeout 3600 --durations=15 $(ARGS)

matrix:
	.ci/matrix.sh $(ARGS)

doctor: setup
	$(PY) -m mlpe_mmpose doctor

clean:
	rm -rf $(VENV)

# --- the steps of `setup`, shell code that shares its variables ------------

# other: the mmcv that has to go, as both own the folder mmcv/
# python: PYTHON, or the one in .venv, or the first that can be used. It is
# run to find out: a name on PATH may be a shim without a Python behind it.
define read_options
stop() { echo "error: $$*" >&2; exit 1; }
case $$MMCV in lite) other=mmcv ;; full) other=mmcv-lite ;;
	*) stop "MMCV=$$MMCV: it is lite or full." ;; esac
fits='import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))'
python=
names="$(PY) python3.11 python3.10 python3.12 python3.13 python3.14 python3"
for name in $${PYTHON:-$$names}; do
	if "$$name" -c "$$fits" 2>/dev/null; then python=$$name; break; fi
done
if [ -z "$$python" ] && [ -n "$$PYTHON" ]; then
	found=$$("$$PYTHON" -V 2>/dev/null) || found='not a Python that runs'
	stop "PYTHON=$$PYTHON is $$found; Python 3.10 to 3.14 is needed."
elif [ -z "$$python" ]; then
	stop 'no Python 3.10 to 3.14 is on PATH.' \
		'Install one, as with `apt install python3.11 python3.11-venv`,' \
		'or name it: `make setup PYTHON=/path/to/python3.11`.'
fi
endef

# .venv, kept if it works and has the Python that was asked for
define create_venv
version='import sys; print("%d.%d" % sys.version_info[:2])'
wanted=$$("$$python" -c "$$version")
if ! $(PY) -m pip --version >/dev/null 2>&1 \
	|| [ "$$($(PY) -c "$$version")" != "$$wanted" ]; then
	"$$python" -c 'import ensurepip, venv' 2>/dev/null \
		|| stop "$$python comes without venv; on Debian and Ubuntu:" \
			"apt install python$$wanted-venv"
	echo "== creating $(VENV) with $$("$$python" -V) ($$python)"
	"$$python" -m venv --clear $(VENV)
fi
endef

# Before anything is installed: what completes an interrupted set-up knows.
define remember_options
for name in PYTHON TORCH MMCV PIP_ARGS; do
	[ -z "$${!name}" ] || echo "$$name ?= $${!name}"
done >$(VENV)/options.mk
endef

# Pins go in without their dependencies, which are pins themselves; torch
# goes last, so that another TORCH changes of them what it has to.
define install
pins() { grep -E "^($$1)==" requirements.txt; }
echo '== 1/4 what builds and installs'
$(PIP) install --no-deps $$PIP_ARGS -r <(pins 'pip|setuptools|Cython|numpy')
echo '== 2/4 the pinned versions'
if [ "$${wanted#3.}" -ge 12 ] && ! command -v cc >/dev/null; then
	stop "xtcocotools must be compiled for Python $$wanted, and there is no C" \
		'compiler. Install one, or use Python 3.11, for which it has wheels.'
fi
if [ "$$MMCV" = full ] && [ "$${wanted#3.}" -ge 13 ]; then
	stop 'MMCV=full needs Python 3.12 or older: mmcv 2.1.0 cannot be compiled' \
		'for a newer one.'
fi
if $(PIP) show -q $$other 2>/dev/null; then $(PIP) uninstall -y $$other; fi
apart="torch|torchvision|$$other"
if [ "$${wanted#3.}" -ge 13 ]; then
	$(build_xtcocotools)
	apart="$$apart|xtcocotools"
fi
$(PIP) install --no-deps --no-build-isolation $$PIP_ARGS \
	-r <(grep -vE "^($$apart)==" requirements.txt)
echo "== 3/4 $${TORCH:-torch} and its libraries (some gigabytes with CUDA)"
if [ -n "$$TORCH" ]; then
	$(PIP) install --no-warn-conflicts $$PIP_ARGS "$$TORCH" torchvision
else
	$(PIP) install --no-warn-conflicts $$PIP_ARGS -r <(pins 'torch|torchvision')
fi
if [ "$$MMCV" = full ]; then $(compile_mmcv); fi
echo '== 4/4 this project, in place'
$(PIP) install --no-deps --no-build-isolation $$PIP_ARGS -e .
endef

# The setup.py of xtcocotools looks for its version in locals(), where Python
# 3.13 does not put it. pip unpacks the sources before it finds that out.
define build_xtcocotools
	if ! $(PIP) show -q xtcocotools 2>/dev/null; then
		folder=$$(mktemp -d)
		TMPDIR=$$folder $(PIP) download --no-clean --no-deps $$PIP_ARGS \
			--no-build-isolation --no-binary xtcocotools -d "$$folder" \
			"$$(pins xtcocotools)" >/dev/null 2>&1 || true
		sed -i "s/'exec'))/'exec'), globals())/; s/locals()/globals()/" \
			"$$folder"/pip-*/xtcocotools_*/setup.py
		$(PIP) install --no-deps --no-build-isolation $$PIP_ARGS \
			"$$folder"/pip-*/xtcocotools_*
		rm -rf "$$folder"
	fi
endef

# mmcv with its ops, built against the torch that is installed. No cache: pip
# would reuse a wheel that was built for another torch. -O1 and no debug
# symbols halve the time.
define compile_mmcv
	ops='import torch, mmcv._ext'
	no_nvcc='import sys, torch, torch.utils.cpp_extension as cpp;'
	no_nvcc+='sys.exit(not torch.cuda.is_available() or bool(cpp.CUDA_HOME))'
	if ! $(PY) -c "$$ops" 2>/dev/null; then
		command -v c++ >/dev/null || stop 'MMCV=full needs a C++ compiler.'
		echo '== compiling mmcv: about 15 minutes on 2 cores'
		if $(PIP) show -q mmcv 2>/dev/null; then $(PIP) uninstall -y mmcv; fi
		if $(PY) -c "$$no_nvcc"; then
			echo 'There is a GPU, but no CUDA compiler (nvcc): the ops will'
			echo 'run on the CPU only.'
			export CUDA_VISIBLE_DEVICES=
		fi
		MMCV_WITH_OPS=1 CFLAGS='-O1 -g0' MAX_JOBS=$${MAX_JOBS:-$$(nproc)} \
			PATH="$$PWD/$(VENV)/bin:$$PATH" $(PIP) install -v --no-deps \
			--no-build-isolation --no-cache-dir $$PIP_ARGS \
			"$$(pins mmcv-lite | sed 's/-lite//; s/ .*//')"
		$(PY) -c "$$ops" || stop 'mmcv was built, but its ops do not load' \
			'(see above). `make setup MMCV=lite` works without them.'
	fi
endef
