#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# setup_blenderproc.sh FOLDER: install BlenderProc from PyPI as FOLDER/bin/blenderproc, and create FOLDER/blender, the
# Blender 4.2 that it uses. Blender itself is not on any package registry, so FOLDER/blender imitates an installation on
# top of the bpy wheel.
#
#     FOLDER/bin/blenderproc run SCRIPT … --custom-blender-path FOLDER/blender
#
# Does nothing if FOLDER is up to date. Linux only: on other systems BlenderProc expects a different layout; started
# without --custom-blender-path, it downloads Blender itself. Run this script in the project folder.
set -eu
folder=$1
blender=$folder/blender
python=$blender/4.2/python
if [ "$(uname)" != Linux ]; then
    echo "setup_blenderproc.sh needs Linux. On other systems run pip install blenderproc: BlenderProc downloads Blender itself." >&2
    exit 1
fi

sh tools/setup_venv.sh "$folder" 3.11 blenderproc==2.8.0
mkdir -p "$blender/4.2"
# The numpy version of Blender 4.2: BlenderProc uses functions that numpy 2 removed.
sh tools/setup_venv.sh "$python" 3.11 "bpy==4.2.*" "numpy<2"
# BlenderProc runs pip install --user, which works in a virtual environment only with system site packages enabled.
sed 's/^include-system-site-packages = false/include-system-site-packages = true/' "$python/pyvenv.cfg" >"$python/new.cfg"
mv "$python/new.cfg" "$python/pyvenv.cfg"
cat >"$blender/blender" <<END
#!/bin/sh
exec "$(cd "$python" && pwd)/bin/python3.11" -P "$(pwd)/tools/blender_from_wheel.py" "\$@"
END
chmod +x "$blender/blender"

if [ ! -f "$blender/.started" ]; then
    # On its first start, BlenderProc installs about twenty pinned packages.
    printf 'import blenderproc\n' >"$blender/first_start.py"
    "$folder/bin/blenderproc" run "$blender/first_start.py" --custom-blender-path "$blender" >"$blender/first_start.log" 2>&1 || {
        cat "$blender/first_start.log" >&2
        exit 1
    }
    touch "$blender/.started"
fi
