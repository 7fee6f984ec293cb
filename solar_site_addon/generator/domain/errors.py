# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that a person can act on: each message is one clear sentence."""

from __future__ import annotations


class SolarSiteError(Exception):
    """Base of every error that is shown to the user without a traceback."""


class SettingsError(SolarSiteError):
    """A setting has a value that is not allowed; the message names setting, value and allowed range."""


class SiteError(SolarSiteError):
    """The settings are valid, but no site can be made of them (for example, no table fits)."""


class RenderError(SolarSiteError):
    """Blender did not deliver the picture it was asked for."""
