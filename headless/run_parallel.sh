#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes a dataset with several background Blenders: run_parallel.sh --help says how. Everything but the choice of the
# program that runs it is done by batch.py, which lies beside this file.
set -u

usage() {
    cat <<'END'
run_parallel.sh [num_parallel] [total_images] [output_base_dir] [options]

  num_parallel      Blender processes (4)
  total_images      pictures of all processes together (100)
  output_base_dir   folder of the dataset (output/parallel_dataset): batch_00/ to batch_NN/, batch_00.log to
                    batch_NN.log, dataset.json, annotations/
  options           those of batch.py, for example --use_clusters --max_samples 50 --seed 42; its --help lists them

It waits for all processes and tells what came of them. The same command goes on with what is missing.
Exit code: 0 all pictures are whole, 1 some failed, 2 bad arguments, 3 a fault of Solar Site itself, 130 interrupted.

The Blender that works is that of --blender PATH, else of the environment variable BLENDER, else the bpy wheel of the
python3 on the PATH or of the project's .venv, else blender on the PATH, else the application folder of a Mac.

  run_parallel.sh 4 100 output/parallel_dataset     the defaults
  run_parallel.sh 2 100 output/dataset              when memory is short

1,000 pictures in four commands: give each its own folder, and its own seeds, site i having seed + i, so that no
scene comes twice. One command with 1000 makes the same pictures in one dataset.

  run_parallel.sh 4 250 output/part_0 --seed 0
  run_parallel.sh 4 250 output/part_1 --seed 250
  run_parallel.sh 4 250 output/part_2 --seed 500
  run_parallel.sh 4 250 output/part_3 --seed 750
END
}

# fail SENTENCE: bad arguments, or nothing to work with.
fail() {
    echo "$1" >&2
    exit 2
}

# in_blender BLENDER ARGUMENT ...: batch.py in a Blender, which exits with 0 for a broken script unless told not to.
in_blender() {
    blender=$1
    shift
    exec "$blender" -b --factory-startup --python-exit-code 1 -P "$here/batch.py" -- "$@"
}

# has_wheel PYTHON: whether that Python has Blender's module, and is new enough for batch.py.
has_wheel() {
    runs "$1" 'importlib.util.find_spec("bpy") is not None'
}

# runs PYTHON CONDITION: whether it is there, new enough for batch.py, and the condition is true in it.
runs() {
    "$1" -c "import importlib.util, sys; sys.exit(not (sys.version_info >= (3, 11) and $2))" </dev/null >/dev/null 2>&1
}

case ${1-} in -h | --help) usage && exit 0 ;; esac
num_parallel=4 total_images=100 output_base_dir=output/parallel_dataset
for name in num_parallel total_images output_base_dir; do
    case ${1--} in -*) break ;; esac # options begin here, or nothing is left
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
# Without a Blender of its own, any Python can start the one that --blender names, or say that there is none.
for python in python3 "$here/../.venv/bin/python"; do
    if runs "$python" True; then exec "$python" "$here/batch.py" "$@"; fi
done
fail "No Blender was found: set the environment variable BLENDER to one, or make the project's .venv with make demo."
