# SPDX-License-Identifier: GPL-3.0-or-later
"""What the exit codes of the launcher say."""

from __future__ import annotations

ALL_WHOLE = 0
SOME_FAILED = 1
"""Some images could not be made, or the dataset's files could not be written."""
BAD_ARGUMENTS = 2
"""The run cannot begin: arguments, settings, the folder or Blender."""
INTERNAL_ERROR = 3
"""A fault of Solar Site itself."""
INTERRUPTED = 130
