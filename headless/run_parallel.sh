#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Generates a dataset with several background Blenders; see run_parallel.sh --help. This script only chooses the program
# that runs batch.py, which lies next to it.
set -u

usage() {
    cat <<'END'
run_parallel.sh [num_parallel] [total_images] [output_base_dir] [options]

  num_parallel      number of Blender processes (4)
  total_images      number of images of all processes together (100)
  output_base_dir   dataset folder (output/parallel_dataset): batch_00/ to batch_NN/, batch_00.log to batch_NN.log,
                    dataset.json, annotations/
  options           options of batch.py, for example --use_clusters --max_samples 50 --seed 42; see its --help

Waits for all processes and prints a summary. Resume an interrupted run with the same command.
Exit code: 0 all images are complete, 1 some failed, 2 bad arguments, 3 internal error, 130 interrupted.

Blender is, in this order: --blender PATH, the environment variable BLENDER, the bpy wheel of the python3 on the PATH or
of the project's .venv, blender on the PATH, the application folder of a Mac.

  run_parallel.sh 4 100 output/parallel_dataset     the defaults
  run_parallel.sh 2 100 output/dataset              on a machine with little memory

1,000 images on four machines: each makes a shard, in one folder that all of them see or in folders of their own. A single
command without --shard makes the same images.

  run_parallel.sh 4 1000 output/thousand --shard 0/4
  run_parallel.sh 4 1000 output/thousand --shard 1/4
  run_parallel.sh 4 1000 output/thousand --shard 2/4
  run_parallel.sh 4 1000 output/thousand --shard 3/4
  batch.py output/thousand --rebuild
END
}

# fail MESSAGE: exit because of bad arguments or a missing program.
fail() {
    echo "$1" >&2
    exit 2
}

# in_blender BLENDER ARGUMENT ...: run batch.py in a Blender, which exits with 0 when a script raises unless told not to.
in_blender() {
    blender=$1
    shift
    exec "$blender" -b --factory-startup --python-exit-code 1 -P "$here/batch.py" -- "$@"
}

# has_wheel PYTHON: whether that Python has the bpy wheel, and is new enough for batch.py.
has_wheel() {
    runs "$1" 'importlib.util.find_spec("bpy") is not None'
}

# runs PYTHON CONDITION: whether it exists, is new enough for batch.py, and the condition is true in it.
runs() {
    "$1" -c "import importlib.util, sys; sys.exit(not (sys.version_info >= (3, 11) and $2))" </dev/null >/dev/null 2>&1
}

case ${1-} in -h | --help) usage && exit 0 ;; esac
num_parallel=4 total_images=100 output_base_dir=output/parallel_dataset
for name in num_parallel total_images output_base_dir; do
    case ${1--} in -*) break ;; esac # options begin here, or no argument is left
    case $name in
        num_parallel) num_parallel=$1 ;;
        total_images) total_images=$1 ;;
        output_base_dir) output_base_dir=$1 ;;
    esac
    shift
done
set -- "$output_base_dir" --num_parallel "$num_parallel" --num_images "$total_images" "$@"

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
if [ -n "${BLENDER:-}" ]; then
    if [ -f "$BLENDER/Contents/MacOS/Blender" ]; then BLENDER=$BLENDER/Contents/MacOS/Blender; fi
    command -v "$BLENDER" >/dev/null || fail "The environment variable BLENDER = $BLENDER is not an executable program."
    in_blender "$BLENDER" "$@"
fi
for python in python3 "$here/../.venv/bin/python"; do
    if has_wheel "$python"; then exec "$python" "$here/batch.py" "$@"; fi
done
if command -v blender >/dev/null; then in_blender blender "$@"; fi
for application in /Applications/Blender.app "${HOME:-}/Applications/Blender.app"; do
    if [ -x "$application/Contents/MacOS/Blender" ]; then in_blender "$application/Contents/MacOS/Blender" "$@"; fi
done
# Without any Blender, a plain Python can start the one that --blender names, or report that there is none.
for python in python3 "$here/../.venv/bin/python"; do
    if runs "$python" True; then exec "$python" "$here/batch.py" "$@"; fi
done
fail "No Blender was found: set the environment variable BLENDER, or create the project's .venv with make demo."
