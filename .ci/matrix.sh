#!/usr/bin/env bash
# Run the tests that are not long in one environment after the other:
#
#   .ci/matrix.sh [NAME ...]
#
# NAME is one of the first column below; by default all are tried. Each
# environment is made by `make setup` in .matrix/NAME, and removed when its
# tests have passed. pip keeps what it has downloaded and built for the next
# one. PYTEST_ARGS chooses tests, as in PYTEST_ARGS='tests/compat tests/e2e'.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# name, Python, torch, numpy, mmcv (lite or full), packages of OpenMMLab
# (official or onedl); `-` is the version in requirements.txt
rows='
python3.10  3.10 -              -       lite official
python3.11  3.11 -              -       lite official
python3.12  3.12 -              -       lite official
python3.13  3.13 -              -       lite official
python3.14  3.14 -              -       lite official
numpy2.2    3.11 -              numpy==2.2.6 lite official
numpy-new   3.11 -              numpy<3 lite official
torch2.1    3.11 torch==2.1.2   -       lite official
torch2.6    3.11 torch==2.6.0   -       lite official
torch2.6np2 3.11 torch==2.6.0   numpy==2.2.6 lite official
torch-new   3.12 torch          numpy==2.2.6 lite official
mmcv-full   3.11 -              -       full official
onedl       3.11 -              -       lite onedl
'

# Put another numpy into the environment, and compile xtcocotools for it.
change_numpy() {
	"$pip" install --upgrade --no-warn-conflicts "$1"
	"$pip" install --force-reinstall --no-deps --no-build-isolation \
		--no-cache-dir --no-binary xtcocotools \
		"$(grep ^xtcocotools== requirements.txt)"
}

# Put the packages of the onedl fork in place of OpenMMLab's.
change_to_onedl() {
	# reading the names imports the package, which needs what is removed next
	"$env/bin/python" -c 'from mlpe_mmpose.compat.stack import PARTS
print("\n".join(part.fork.split()[-1] for part in PARTS if part.fork))' \
		>"$env/fork.txt"
	"$pip" uninstall -y mmengine mmcv-lite mmdet mmpretrain
	"$pip" install --no-deps -r "$env/fork.txt"
}

try_row() {
	[ "$torch" != - ] || torch=
	make setup VENV="$env" PYTHON="python$python" TORCH="$torch" MMCV="$mmcv"
	[ "$numpy" = - ] || change_numpy "$numpy"
	[ "$packages" = official ] || change_to_onedl
	[ "$numpy $packages" = "- official" ] || "$env/bin/python" -m mlpe_mmpose doctor
	# shellcheck disable=SC2086
	"$env/bin/python" -m pytest -m 'not long' --numprocesses auto \
		--dist loadfile ${PYTEST_ARGS:-}
}

mkdir -p .matrix
results=
while read -r name python torch numpy mmcv packages; do
	case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
	env=.matrix/$name pip=.matrix/$name/bin/pip
	log=.matrix/$name.log
	echo "== $name (see $log)"
	result="there is no python$python here"
	if "python$python" -c '' 2>/dev/null; then
		# in an `if`, bash would go on after an error
		set +e
		(
			set -e
			try_row
		) </dev/null >"$log" 2>&1
		status=$?
		set -e
		result=$(grep . "$log" | tail -n 1)
		if [ $status = 0 ]; then rm -rf "$env"; else result="FAILED: $result"; fi
	fi
	results+="$name: $result"$'\n'
	echo "   $result"
done <<<"$(grep . <<<"$rows")"
printf '\n%s' "$results"
! grep -q ': FAILED' <<<"$results"
