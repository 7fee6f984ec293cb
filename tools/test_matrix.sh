#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# test_matrix.sh VERSION ...: run pytest with the bpy wheel of each Blender version, each in its own environment
# (.venv-bpy42 for 4.2). A failure or a missing Python does not stop the others; at the end, the versions that failed
# are listed and the exit status is 1.
#
# With each wheel, the tests that import bpy or start Blenders made of it run (marker bpy). All other tests depend on the
# Python at most: they run once on each, with the first wheel, and not at all on TESTED_PYTHON, where make test has run
# them. Slow ones without bpy (launchers with a fake Blender, statistics over many sites) run in make test only.
set -u
failed=
tested=" ${TESTED_PYTHON:-} "
for blender in "$@"; do
    case $blender in
        4.* | 5.0) python=3.11 ;;
        *) python=3.13 ;;
    esac
    venv=.venv-bpy$(printf '%s' "$blender" | tr -d .)
    echo "== bpy $blender on Python $python"
    case $tested in
        *" $python "*) tests="bpy" ;;
        *) tests="bpy or not slow" ;;
    esac
    tested="$tested$python "
    # The ignored tests do not depend on Blender; make test runs them.
    # shellcheck disable=SC2086  # one argument per flag
    PYTHON='' sh tools/setup_venv.sh "$venv" "$python" -e ".[overview,test]" "bpy==$blender.*" &&
        "$venv/bin/python" -m pytest --ignore=tests/project --ignore=tests/docs --ignore=tests/benchmarks \
            -m "($tests) and not blender and not blenderproc" ${PYTEST_FLAGS:-} || failed="$failed $blender"
done
if [ -n "$failed" ]; then
    echo "Failed with the bpy wheels of:$failed" >&2
    exit 1
fi
