# SPDX-License-Identifier: GPL-3.0-or-later
"""Exit codes of the launcher."""

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
