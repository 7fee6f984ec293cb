#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# find_python.sh [VERSION ...]: print the path of a Python of one of these versions (default: 3.11 and 3.13, in order
# of preference) that runs and can create virtual environments. If PYTHON is set in the environment, no other Python is
# tried. If none fits, print one sentence to standard error and exit with status 1.
set -u
[ $# -gt 0 ] || set -- 3.11 3.13
seen='' without_venv=''

# version_of CANDIDATE: print its version, such as 3.11, or fail. A pyenv shim may exist and still fail.
version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' </dev/null 2>/dev/null
}

# accept CANDIDATE VERSION: if it has that version and venv, print its path and end the search.
accept() {
    found=$(version_of "$1") || return 0
    case " $seen " in *" $found "*) ;; *) seen="${seen:+$seen }$found" ;; esac
    [ "$found" = "$2" ] || return 0
    if "$1" -c 'import ensurepip, venv' </dev/null 2>/dev/null; then
        "$1" -c 'import sys; print(sys.executable)' </dev/null
        exit 0
    fi
    without_venv=$found
}

# accept_on_path NAME VERSION: accept for every program of that name on PATH.
accept_on_path() {
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        IFS=$old_ifs
        if [ -x "${folder:-.}/$1" ]; then accept "${folder:-.}/$1" "$2"; fi
    done
    IFS=$old_ifs
}

for version in "$@"; do
    if [ -n "${PYTHON:-}" ]; then
        accept "$PYTHON" "$version"
        continue
    fi
    accept_on_path "python$version" "$version"
    accept_on_path python3 "$version"
    accept_on_path python "$version"
    for python in "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$version".*/bin/python; do
        if [ -x "$python" ]; then accept "$python" "$version"; fi
    done
done

wanted=$(printf '%s' "$*" | sed 's/ / or /g')
seen=$(printf '%s' "$seen" | sed 's/ / and /g')
if [ -n "$without_venv" ]; then
    echo "Python $without_venv cannot create virtual environments: install its venv module" \
        "(on Debian and Ubuntu the package python$without_venv-venv)." >&2
elif [ -n "${PYTHON:-}" ]; then
    echo "Solar Site needs Python $wanted, but PYTHON=$PYTHON is ${seen:-not a working Python}: install Python $1" \
        "(python.org, your package manager or pyenv) or set PYTHON to another one." >&2
else
    echo "Solar Site needs Python $wanted, but found ${seen:+only }${seen:-none}: install Python $1" \
        "(python.org, your package manager or pyenv) or set PYTHON=/path/to/python$1." >&2
fi
exit 1
