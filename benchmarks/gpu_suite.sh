#!/usr/bin/env bash
# Suite `gpu` on generated people, within a time, on a machine with a GPU:
#
#   benchmarks/gpu_suite.sh OUT [MINUTES [ARGUMENTS OF compare]]
#
# OUT gets table.md, runs.csv, plot.png, and results.tar.gz, which holds what
# is done: unpack it in OUT, on any machine, and the next call goes on there.
# PYTHON and DATA choose another Python, and where the data are generated.
set -euo pipefail
out=${1:?usage: benchmarks/gpu_suite.sh OUT [MINUTES [ARGUMENTS]]}
minutes=${2:-25}
shift $(($# < 2 ? $# : 2))
python=${PYTHON:-python}
data=${DATA:-data/overlap_640x480}

# people twice as large as in suite `tiny`
if [ ! -e "$data/synth.json" ]; then
    "$python" -m mlpe_mmpose synth "$data" --size 640 480 --max-people 8 \
        --images "${IMAGES:-1400}" --val-images "${VAL_IMAGES:-400}"
fi
"$python" -m mlpe_mmpose compare gpu --data "$data" --out "$out" \
    --minutes "$minutes" "$@"
(cd "$out" && tar czf results.tar.gz runs/*/seed*/result.json)
