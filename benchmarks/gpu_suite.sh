#!/usr/bin/env bash
# A suite within a time, on a machine with a GPU:
#
#   benchmarks/gpu_suite.sh OUT [MINUTES [ARGUMENTS OF compare]]
#
# Suite `gpu`, on people that are generated. Or, on photographs that
# benchmarks/pack_crops.py has packed, of which CROPS is the folder:
#
#   SUITE=lspet_gpu CROPS=. benchmarks/gpu_suite.sh OUT [MINUTES ...]
#
# OUT gets table.md, runs.csv, plots, and results.tar.gz, which holds what is
# done, also if the script is stopped: unpack it in OUT, on any machine, and the
# next call goes on there. Checkpoints are not in it.
# PYTHON and DATA choose another Python, and where the data are written.
set -euo pipefail
out=${1:?usage: benchmarks/gpu_suite.sh OUT [MINUTES [ARGUMENTS]]}
minutes=${2:-25}
shift $(($# < 2 ? $# : 2))
python=${PYTHON:-python}
suite=${SUITE:-gpu}

if [[ $suite == lspet* ]]; then
    data=${DATA:-data/lspet_crops}
    if [ ! -e "$data/val.json" ]; then
        mkdir -p "$data"
        for archive in "${CROPS:-.}"/crops_[12].tar.gz; do
            tar xzf "$archive" -C "$data"
        done
    fi
else
    data=${DATA:-data/overlap_640x480}
    # people twice as large as in suite `tiny`
    if [ ! -e "$data/synth.json" ]; then
        "$python" -m mlpe_mmpose synth "$data" --size 640 480 --max-people 8 \
            --images "${IMAGES:-1400}" --val-images "${VAL_IMAGES:-400}"
    fi
fi
# what is done is packed, even if a run has failed or this script is stopped;
# of other runs, the curve and the logs
pack() {
    [ -d "$out/runs" ] || return 0
    (cd "$out" && find runs -name result.json -o -name scalars.json \
        -o -name '*.log' | tar czf results.tar.gz -T -)
}
trap pack EXIT

"$python" -m mlpe_mmpose compare "$suite" --data "$data" --out "$out" \
    --minutes "$minutes" "$@" &
comparison=$!
# the comparison ends its trainings first; a second signal, as `timeout` sends
# it, does not end this script before
stop() {
    trap '' TERM INT HUP
    kill "$comparison" 2>/dev/null || true
}
trap stop TERM INT HUP
status=0
wait "$comparison" || status=$?
wait
exit "$status"
