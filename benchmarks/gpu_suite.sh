#!/usr/bin/env bash
# Run suite `gpu` on generated people for a limited time, on a machine with a
# GPU:
#
#   benchmarks/gpu_suite.sh OUT [MINUTES [ARGUMENTS OF compare]]
#
# OUT gets table.md, runs.csv, plot.png and results.tar.gz. The archive has the
# results of all finished runs: unpack it in OUT on another machine, and the
# next call continues there. The variable PYTHON names another Python, and DATA
# another folder for the generated data.
set -euo pipefail
out=${1:?usage: benchmarks/gpu_suite.sh OUT [MINUTES [ARGUMENTS]]}
minutes=${2:-25}
shift $(($# < 2 ? $# : 2))
python=${PYTHON:-python}
data=${DATA:-data/overlap_640x480}

# The people are twice as large as in suite `tiny`.
if [ ! -e "$data/synth.json" ]; then
    "$python" -m mlpe_mmpose synth "$data" --size 640 480 --max-people 8 \
        --images "${IMAGES:-1400}" --val-images "${VAL_IMAGES:-400}"
fi
"$python" -m mlpe_mmpose compare gpu --data "$data" --out "$out" \
    --minutes "$minutes" "$@"
(cd "$out" && tar czf results.tar.gz runs/*/seed*/result.json)
