# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the head of a Ray cluster answers is found out without asking Ray, which would end the launcher."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest

from solar_site_addon.batch.executors.ray import Cluster


def cluster(address: str) -> Any:
    """Return a cluster with this address of its head, without connecting to it."""
    found = Cluster.__new__(Cluster)
    found._ray = SimpleNamespace(get_runtime_context=lambda: SimpleNamespace(gcs_address=address))
    return found


def test_a_head_answers_while_it_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        assert cluster(address).has_head()
    assert not cluster(address).has_head()


def test_an_address_of_version_6_has_brackets() -> None:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        assert cluster(f"[::1]:{server.getsockname()[1]}").has_head()
