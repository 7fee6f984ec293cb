#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# find_python.sh [VERSION ...]: prints the path of a Python of one of these versions (3.11 and 3.13
# when none is given, the first one preferred) that really runs and can make virtual environments.
# PYTHON=NAME in the environment is then the only one that is tried. When there is none: one
# sentence on standard error, exit status 1.
set -u
[ $# -gt 0 ] || set -- 3.11 3.13
seen='' without_venv=''

# version_of CANDIDATE: its version as 3.11, or a failure. A pyenv shim may exist and still fail.
version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' </dev/null 2>/dev/null
}

# accept CANDIDATE VERSION: prints its path and ends the search if it has that version and venv.
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

# accept_on_path NAME VERSION: the same for every program of that name on PATH.
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
    echo "Python $without_venv is here but cannot make virtual environments: install its venv module" \
        "(on Debian and Ubuntu the package python$without_venv-venv)." >&2
elif [ -n "${PYTHON:-}" ]; then
    echo "Solar Site needs Python $wanted, and PYTHON=$PYTHON is ${seen:-not a Python that runs}: install Python $1" \
        "(python.org, your package manager or pyenv) or name another one with PYTHON=." >&2
else
    echo "Solar Site needs Python $wanted, and here is only ${seen:-none}: install Python $1" \
        "(python.org, your package manager or pyenv) or name one with PYTHON=/path/to/python$1." >&2
fi
exit 1
