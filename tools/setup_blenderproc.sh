#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# setup_blenderproc.sh FOLDER: makes FOLDER/bin/blenderproc, as PyPI has it, and FOLDER/blender, the Blender 4.2 that it
# works with: not the program, which is on no package registry, but a folder that looks like one, around the bpy wheel.
#
#     FOLDER/bin/blenderproc run SCRIPT … --custom-blender-path FOLDER/blender
#
# Does nothing where that was done before. Linux only: elsewhere BlenderProc expects other folders, and fetches a
# Blender by itself when it is started without --custom-blender-path. Run it in the project's folder.
set -eu
folder=$1
blender=$folder/blender
python=$blender/4.2/python
if [ "$(uname)" != Linux ]; then
    echo "setup_blenderproc.sh works on Linux; here let BlenderProc fetch its own Blender: pip install blenderproc." >&2
    exit 1
fi

sh tools/setup_venv.sh "$folder" 3.11 blenderproc==2.8.0
mkdir -p "$blender/4.2"
# numpy as in Blender 4.2: BlenderProc uses what numpy 2 has no longer.
sh tools/setup_venv.sh "$python" 3.11 "bpy==4.2.*" "numpy<2"
# BlenderProc installs its packages with pip --user, which a virtual environment refuses unless it sees the system's.
sed 's/^include-system-site-packages = false/include-system-site-packages = true/' "$python/pyvenv.cfg" >"$python/new.cfg"
mv "$python/new.cfg" "$python/pyvenv.cfg"
cat >"$blender/blender" <<END
#!/bin/sh
exec "$(cd "$python" && pwd)/bin/python3.11" -P "$(pwd)/tools/blender_from_wheel.py" "\$@"
END
chmod +x "$blender/blender"

if [ ! -f "$blender/.started" ]; then
    # The first start of BlenderProc installs some twenty packages of fixed versions.
    printf 'import blenderproc\n' >"$blender/first_start.py"
    "$folder/bin/blenderproc" run "$blender/first_start.py" --custom-blender-path "$blender" >"$blender/first_start.log" 2>&1 || {
        cat "$blender/first_start.log" >&2
        exit 1
    }
    touch "$blender/.started"
fi
