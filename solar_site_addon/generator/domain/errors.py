# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that a person can act on: one clear sentence each, as a template and values (see ``messages.py``)."""

from __future__ import annotations

from typing import Any, Self

from .messages import Message


class SolarSiteError(Exception):
    """Base of every error that is shown to the user without a traceback.

    ``SettingsError("{setting} = {value} is not allowed.", setting=SettingName("site.relief"), value=2)``: ``str`` gives
    the English sentence. Never pass an f-string: no translation would be found for it.
    """

    def __init__(self, template: str, /, **values: Any) -> None:
        super().__init__(template)
        self.message = Message(template, values)

    @classmethod
    def of(cls, message: Message) -> Self:
        """Return the error that says ``message``."""
        return cls(message.template, **message.values)

    @property
    def template(self) -> str:
        """The English sentence with its fields."""
        return self.message.template

    @property
    def values(self) -> dict[str, Any]:
        """What fills the fields."""
        return dict(self.message.values)

    def __str__(self) -> str:
        return str(self.message)


class SettingsError(SolarSiteError):
    """A setting has a value that is not allowed; the message names setting, value and allowed range."""


class UnreadableModelError(SettingsError):
    """An elevation model is not read here, but GDAL may read it."""


class SiteError(SolarSiteError):
    """The settings are valid, but no site can be generated from them (for example, no table fits)."""


class RenderError(SolarSiteError):
    """Blender did not deliver the requested image."""


class ElevationError(SolarSiteError):
    """An elevation model cannot be used; the message is a reason that another error's message contains."""


class UnsupportedElevationError(ElevationError):
    """An elevation model is fine, but the reader in the extension does not read such files; GDAL does."""


class UnrecognizedElevationError(ElevationError):
    """A file is of no kind that the readers in the extension know; GDAL may know it."""


class StoppedRunError(SolarSiteError):
    """A run cannot go on for now. All complete samples are kept, and the same command resumes it."""


class UnusableError(SolarSiteError, ValueError):
    """The content of a file is not usable; the message is a reason that another error's message contains."""
