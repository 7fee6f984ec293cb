# SPDX-License-Identifier: GPL-3.0-or-later
"""Exit codes of the launcher, and those by which a worker tells the launcher what it lacks."""

from __future__ import annotations

ALL_WHOLE = 0
"""All samples are complete."""
SOME_FAILED = 1
"""Some images failed, or the dataset files could not be written."""
BAD_ARGUMENTS = 2
"""The run cannot start: arguments, settings, the folder or Blender."""
INTERNAL_ERROR = 3
"""A bug in Solar Site."""
INTERRUPTED = 130
"""Interrupted: the same command resumes."""
BROKEN_PIPE = 141
"""The reader of the output has gone before its end; 128 + SIGPIPE, as in a shell."""

WORKER_NO_MEMORY = 12
"""The memory of the machine or of the GPU does not suffice (ENOMEM)."""
WORKER_NO_STORAGE = 28
"""The image cannot be written (ENOSPC): it is to be made once it can."""
WORKER_KILLED = 137
"""A shell's code for a program that was ended with SIGKILL: 128 + 9."""
MEMORY_CODES = (WORKER_NO_MEMORY, WORKER_KILLED, -9)
"""Exit codes of a worker that mean that memory ran out: -9 is what Python calls SIGKILL, which systems send then."""
