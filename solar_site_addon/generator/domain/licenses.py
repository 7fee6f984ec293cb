# SPDX-License-Identifier: GPL-3.0-or-later
"""Licenses that a dataset may state: identifiers of Hugging Face (huggingface.co/docs/hub/repositories-licenses).

Standard library only: the launcher imports this module.
"""

from __future__ import annotations

from collections.abc import Mapping

NO_LICENSE = "unknown"
LICENSES: Mapping[str, str] = {
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc-by-nc-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "cc-by-nc-sa-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "odbl": "https://opendatacommons.org/licenses/odbl/1-0/",
    "mit": "https://opensource.org/license/mit",
    "apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
}
"""Address of the text of each license, by its identifier."""
