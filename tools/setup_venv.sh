#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# setup_venv.sh FOLDER VERSIONS REQUIREMENT ...: makes the virtual environment FOLDER of a Python of one of
# VERSIONS ("3.11 3.13") and installs the requirements. Does nothing where that was done before and neither
# the Python, the requirements nor pyproject.toml have changed. Run it in the project's folder.
set -eu
venv=$1 versions=$2
shift 2

# shellcheck disable=SC2086  # several versions are several arguments
python=$(sh tools/find_python.sh $versions)
version=$("$python" --version)
stamp="$version $* $(cksum <pyproject.toml)"
stamp_file=$venv/.ready-$(printf '%s' "$*" | cksum | cut -d ' ' -f 1)
if [ "$(cat "$stamp_file" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

echo "Setting up $venv ($version): this downloads up to half a gigabyte the first time ..." >&2
if [ "$("$venv/bin/python" --version 2>/dev/null)" != "$version" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1
then
    # --clear empties the folder: it must be an environment, or nothing yet.
    if [ -e "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ] && [ -n "$(ls -A "$venv")" ]; then
        echo "$venv is not a virtual environment, and is left as it is: name another folder." >&2
        exit 1
    fi
    "$python" -m venv --clear "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
printf '%s\n' "$stamp" >"$stamp_file"
