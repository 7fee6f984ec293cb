# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotation formats, and their folders, which are replaced atomically: readers see the old folder or the new one.

Other programs also write into these folders (caches of Ultralytics, results of a training). Such foreign files are
moved into the new folder, and a folder that is not ours is never changed. Two hidden folders are used meanwhile:

OUT/.NAME.partial     the new folder, before it replaces the old one
OUT/.NAME.old         the old folder, until its foreign files have been moved into the new one

Standard library only: the launcher runs this in Pythons that have neither bpy nor numpy.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ..domain.atomic_files import sync_folder
from ..domain.json_file import RECORD_BYTES, opened
from .content import AddImage, Content
from .half_sample import refuse_obstacle


@dataclass(frozen=True)
class FormatFolder:
    """The folder of a format that does not share its folder."""

    name: str
    """Name of the folder."""
    index: str
    """Name of the file that identifies the folder as ours."""
    is_our_index: Callable[[str], bool]
    """Function that returns whether the text of an index is ours."""
    writes: Callable[[str], bool]
    """Function that returns whether the format writes this path, relative to the folder and with slashes."""
    index_bytes: int = RECORD_BYTES
    """Number of bytes of the index that tell whether it is ours."""

    @property
    def names(self) -> tuple[str, str, str]:
        """Names of the folder and of its two hidden folders."""
        return self.name, f".{self.name}.partial", f".{self.name}.old"

    def obstacle(self, out: Path) -> Path | None:
        """Return a path in ``out`` that is not ours and would be overwritten, or None."""
        folder, partial, old = (out / name for name in self.names)
        for path in (folder, partial, old):
            if os.path.lexists(path) and (path.is_symlink() or not path.is_dir()):
                return path
        if partial.is_dir():
            foreign = (path for path in _files_in(partial) if not self.writes(_relative(path, partial)))
            if found := next(foreign, None):
                return found
        if not folder.is_dir() or self._is_ours(folder):
            return None
        return next((path for path in sorted(folder.rglob("*")) if self.writes(_relative(path, folder))), None)

    def recover(self, out: Path) -> None:
        """Complete or undo a replacement that was interrupted."""
        folder, partial, old = (out / name for name in self.names)
        if _is_real_folder(old):
            if os.path.lexists(folder):
                self._move_foreign(old, folder)
                self._discard(old)
            else:
                old.rename(folder)
        self._discard(partial)

    @contextlib.contextmanager
    def replacing(self, out: Path) -> Iterator[Path]:
        """Yield a new folder that replaces the old one at the end; after an error, the old one is kept unchanged.

        Raise SettingsError if something that is not ours would be overwritten.
        """
        refuse_obstacle(self.obstacle(out))
        self.recover(out)
        folder, partial, old = (out / name for name in self.names)
        partial.mkdir(parents=True)
        try:
            yield partial
            if folder.is_dir():
                folder.rename(old)
            partial.rename(folder)
        finally:
            self.recover(out)
        sync_folder(out)

    def _is_ours(self, folder: Path) -> bool:
        try:
            with opened(folder / self.index) as file:
                return self.is_our_index(file.read(self.index_bytes).decode())
        except (OSError, ValueError):
            return False

    def _move_foreign(self, old: Path, new: Path, inside: str = "") -> None:
        """Move foreign files from ``old`` into ``new``; ``inside`` is their path relative to the format's folder."""
        for path in sorted(old.iterdir()):
            target, relative = new / path.name, f"{inside}{path.name}"
            if _is_real_folder(path) and _is_real_folder(target):
                self._move_foreign(path, target, f"{relative}/")
            elif _is_real_folder(path) or not self.writes(relative):
                path.rename(_free(target))

    def _discard(self, folder: Path) -> None:
        """Remove our files in ``folder``, and the folders that are empty afterwards."""
        if not _is_real_folder(folder):
            return
        for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
            if _is_real_folder(path):
                with contextlib.suppress(OSError):  # not empty: it contains foreign files
                    path.rmdir()
            elif self.writes(_relative(path, folder)):
                path.unlink()


Write = Callable[[Path, Content], AbstractContextManager[AddImage]]
"""Function of a format that takes the folder of a dataset and what is to be written."""


def accept(content: Content) -> None:
    """Accept any content: most formats can hold all classes."""
    del content


@dataclass(frozen=True)
class Format:
    """An annotation format and its functions, which take the folder of a dataset."""

    index: str
    """The file that readers open, relative to the dataset's folder."""
    write: Write
    """Function that returns a context with a function to add an image; the files are in place when the context ends."""
    obstacle: Callable[[Path], Path | None]
    """Function that returns a path that is not ours and would be overwritten, or None."""
    folder: FormatFolder | None = None
    """The format's own folder, which is replaced atomically, or None."""
    loading: str = ""
    """Lines of Python that load the format in the dataset's folder, for the dataset card."""
    check: Callable[[Content], None] = accept
    """Function that raises SettingsError if the format cannot hold a content."""


def format_in_folder(
    folder: FormatFolder, index: str, write: Write, loading: str = "", check: Callable[[Content], None] = accept
) -> Format:
    """Return a format whose files all lie in ``folder``; readers open its file ``index``."""
    return Format(f"{folder.name}/{index}", write, folder.obstacle, folder, loading, check)


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if not _is_real_folder(path))


def _is_real_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _free(path: Path) -> Path:
    """Return ``path`` or, if it exists, an unused path beside it."""
    while os.path.lexists(path):
        path = path.with_name(f"{path.name}.old")
    return path
