# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning of a preview, which needs no Blender and so can run in a thread while the window stays usable."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import lru_cache

from ..generator.plan.model import Site, View
from ..generator.plan.site import plan_site
from ..generator.plan.view.view import plan_view
from ..generator.settings.schema import RunSettings, Settings, of_site


@dataclass(frozen=True)
class Request:
    """A preview that was asked for."""

    settings: Settings
    run: RunSettings
    view: int


@lru_cache(maxsize=1)
def current_site(settings: Settings, seed: int) -> Site:
    """Return the site of ``of_site`` settings and a seed, cached so that another view of it is quick."""
    return plan_site(settings, seed)


def planned(request: Request) -> View:
    """Return the plan of a preview; raise SolarSiteError if the site cannot be planned."""
    site = current_site(of_site(request.settings), request.run.seed)
    return plan_view(site, request.settings, request.view)


class Planning:
    """A preview that is being planned. Whoever loses interest just drops it: the thread changes nothing."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.started = time.monotonic()
        self._result: View | Exception = RuntimeError("the thread was ended")
        self._thread = threading.Thread(target=self._plan, daemon=True)
        self._thread.start()

    def is_done(self, patience_s: float = 0.0) -> bool:
        """Return whether the plan, or an error, is there within ``patience_s`` seconds.

        Blender keeps Python's lock while it waits for events, so the thread only gets on while somebody waits here.
        """
        self._thread.join(patience_s)
        return not self._thread.is_alive()

    def view(self) -> View:
        """Wait for the plan and return it; raise what planning has raised."""
        self._thread.join()
        if isinstance(self._result, Exception):
            raise self._result
        return self._result

    def _plan(self) -> None:
        try:
            self._result = planned(self.request)
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asks for the plan
            self._result = error
