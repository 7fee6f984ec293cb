#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# test_matrix.sh VERSION ...: runs pytest with the bpy wheel of each of these Blender versions, each in an
# environment of its own (.venv-bpy42 for 4.2). Goes on after a failure or a missing Python, names at the end
# what did not pass, and fails then.
set -u
failed=
for blender in "$@"; do
    case $blender in
        4.* | 5.0) python=3.11 ;;
        *) python=3.13 ;;
    esac
    venv=.venv-bpy$(printf '%s' "$blender" | tr -d .)
    echo "== bpy $blender on Python $python"
    # These look at the tree, the guides and the benchmark, not at Blender: make test has done it.
    # shellcheck disable=SC2086  # several flags are several arguments
    PYTHON='' sh tools/setup_venv.sh "$venv" "$python" ".[overview,test]" "bpy==$blender.*" &&
        "$venv/bin/python" -m pytest --ignore=tests/project --ignore=tests/docs --ignore=tests/benchmarks ${PYTEST_FLAGS:-} || failed="$failed $blender"
done
if [ -n "$failed" ]; then
    echo "Did not pass with the bpy wheel of:$failed" >&2
    exit 1
fi
