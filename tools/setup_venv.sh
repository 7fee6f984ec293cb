#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# setup_venv.sh FOLDER VERSIONS REQUIREMENT ...: create the virtual environment FOLDER with a Python of one of VERSIONS
# ("3.11 3.13") and install the requirements. Does nothing if the environment exists and neither the Python, the
# requirements nor pyproject.toml have changed. Run it in the project folder.
set -eu
venv=$1 versions=$2
shift 2

# shellcheck disable=SC2086  # one argument per version
python=$(sh tools/find_python.sh $versions)
version=$("$python" --version)
stamp="$version $* $(cksum <pyproject.toml)"
stamp_file=$venv/.ready-$(printf '%s' "$*" | cksum | cut -d ' ' -f 1)
if [ "$(cat "$stamp_file" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

echo "Setting up $venv ($version): the first time, this downloads up to half a gigabyte ..." >&2
if [ "$("$venv/bin/python" --version 2>/dev/null)" != "$version" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1
then
    # --clear empties the folder, so it must be a virtual environment, empty or missing.
    if [ -e "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ] && [ -n "$(ls -A "$venv")" ]; then
        echo "$venv is not a virtual environment and was not changed. Choose another folder." >&2
        exit 1
    fi
    "$python" -m venv --clear "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
printf '%s\n' "$stamp" >"$stamp_file"
