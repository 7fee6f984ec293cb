# SPDX-License-Identifier: GPL-3.0-or-later
"""What an annotation format is, and folders of formats, which are replaced as a whole.

A reader sees the old folder or the new one.

Others write into them, too (Ultralytics its caches, a training its results). What we have not written is moved into
the new folder, and the folder of somebody else is left alone. At every moment all of that lies in one of two places:

OUT/.NAME.partial     the new folder, before it takes the place of the old one
OUT/.NAME.old         the old one, until what is not ours has been moved into the new one

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
from .half_sample import refuse_obstacle
from .splits import AddSample


@dataclass(frozen=True)
class FormatFolder:
    """A format that has a folder of its own."""

    name: str
    """Of the folder."""
    index: str
    """The file in it by which it is known as ours."""
    is_our_index: Callable[[str], bool]
    """Whether we write such an index, by its text."""
    writes: Callable[[str], bool]
    """Whether we write a file of such a path, relative to the folder and with slashes."""

    @property
    def names(self) -> tuple[str, str, str]:
        """All names that we use in the dataset's folder."""
        return self.name, f".{self.name}.partial", f".{self.name}.old"

    def obstacle(self, out: Path) -> Path | None:
        """What is not ours, and would be overwritten; None where there is nothing."""
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
        """Finish or undo what an interrupted run has begun."""
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
        """A new folder that takes the place of the old one when it is whole; after an error, that is as before.

        Raises SettingsError where something is in the way that is not ours.
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
            return self.is_our_index((folder / self.index).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False

    def _move_foreign(self, old: Path, new: Path, inside: str = "") -> None:
        """Move what is not ours from ``old`` into ``new``; ``inside`` is the path from the format's folder to them."""
        for path in sorted(old.iterdir()):
            target, relative = new / path.name, f"{inside}{path.name}"
            if _is_real_folder(path) and _is_real_folder(target):
                self._move_foreign(path, target, f"{relative}/")
            elif _is_real_folder(path) or not self.writes(relative):
                path.rename(_free(target))

    def _discard(self, folder: Path) -> None:
        """Remove what we have written in ``folder``, and the folders that are empty then."""
        if not _is_real_folder(folder):
            return
        for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
            if _is_real_folder(path):
                with contextlib.suppress(OSError):  # it is not empty: what is in it is not ours
                    path.rmdir()
            elif self.writes(_relative(path, folder)):
                path.unlink()


@dataclass(frozen=True)
class Format:
    """An annotation format by its writer."""

    index: str
    """The file that a reader is given, relative to the dataset's folder."""
    write: Callable[[Path], AbstractContextManager[AddSample]]
    """For a dataset's folder: gives what to call with each sample; all is in its place when the context ends."""
    obstacle: Callable[[Path], Path | None]
    """For a dataset's folder: what is not ours, and would be overwritten; None where there is nothing."""
    folder: FormatFolder | None = None
    """The folder that is replaced as a whole."""


def format_in_folder(
    folder: FormatFolder, index: str, write: Callable[[Path], AbstractContextManager[AddSample]]
) -> Format:
    """Return a format whose files all lie in ``folder``; readers are given its file ``index``."""
    return Format(f"{folder.name}/{index}", write, folder.obstacle, folder)


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if not _is_real_folder(path))


def _is_real_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _free(path: Path) -> Path:
    """``path``, or a name beside it that nothing has."""
    while os.path.lexists(path):
        path = path.with_name(f"{path.name}.old")
    return path
