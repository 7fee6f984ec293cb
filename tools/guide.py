# SPDX-License-Identifier: GPL-3.0-or-later
"""Update the generated parts of docs/guide.md and docs/guide.zh-CN.md. Run: python -m tools.guide.

The rest of both guides is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from solar_site_addon.batch.memory import bytes_of_process, memory_warnings
from solar_site_addon.batch.quantities import size
from solar_site_addon.batch.storage import bytes_of_sample
from solar_site_addon.generator.domain.messages import Face
from solar_site_addon.generator.settings.schema import RunSettings, Settings, iter_settings, with_values
from solar_site_addon.generator.settings.types import Setting
from solar_site_addon.ui.locale.zh_hans import TEXTS

from .generated_parts import with_parts
from .performance_tables import performance
from .settings_reference import allowed_text, default_text, flag_text

DOCS = Path(__file__).resolve().parent.parent / "docs"
GUIDES = {"en": DOCS / "guide.md", "zh": DOCS / "guide.zh-CN.md"}
EXAMPLE_MEMORY = 18e9
"""Memory of a typical laptop in bytes, for the example warning."""
SIZES = ((1320, 989), (2640, 1978), (5280, 3956))
HEADS = {
    "en": {
        "parameters": "| Setting | Flag | Default | Allowed | Description |",
        "memory": "| Image size | Memory per process | Without denoiser | Disk space per sample |",
    },
    "zh": {
        "parameters": "| 设置 | 命令行参数 | 默认值 | 取值范围 | 含义 |",
        "memory": "| 图像尺寸 | 每个进程的内存 | 不降噪时 | 每个样本的磁盘空间 |",
    },
}
CHINESE_WORDS = {
    "range, ": "区间，",
    ", drawn per object": "，逐个对象取值",
    ", integer": "，整数",
    "integer, ": "整数，",
    "text": "文本",
}


CHINESE = Face(text=lambda text: TEXTS.get(text, text), setting=str, panel=False)


def main() -> None:
    """Write both guides."""
    for language, file in GUIDES.items():
        file.write_text(current(file.read_text(encoding="utf-8"), language), encoding="utf-8")
        print(f"wrote {file}")


def current(page: str, language: str) -> str:
    """Return ``page`` with up-to-date generated parts; ``language`` is en or zh."""
    parts = {
        "parameters": parameters(language),
        "performance": performance(language),
        "memory": memory(language),
        "memory warning": memory_warning(),
    }
    return with_parts(page, parts)


def parameters(language: str) -> str:
    """Return the table of all settings, those with their own flag first."""
    settings = [*iter_settings(RunSettings), *iter_settings(Settings)]
    ordered = sorted(settings, key=lambda setting: not flag_text(setting))
    return "\n".join([HEADS[language]["parameters"], _rule(5), *(_parameter(setting, language) for setting in ordered)])


def _parameter(setting: Setting, language: str) -> str:
    meaning, allowed, recommended = setting.spec.help, allowed_text(setting), setting.spec.recommended
    if language == "zh":
        meaning, recommended = (TEXTS.get(text, text) for text in (meaning, recommended))
        allowed = allowed.replace(setting.allowed, setting.allowed_values.say(CHINESE))
        for english, chinese in CHINESE_WORDS.items():
            allowed = allowed.replace(english, chinese)
    brackets = "（建议：{}）" if language == "zh" else " (recommended: {})"
    meaning += brackets.format(recommended) if recommended else ""
    return _row(f"`{setting.name}`", flag_text(setting), default_text(setting), allowed, meaning)


def memory(language: str) -> str:
    """Return the table of memory and disk space by image size, as estimated by the doctor and the launcher."""
    return "\n".join([HEADS[language]["memory"], _rule(4), *_memory_rows()])


def memory_warning() -> str:
    """Return the warning that the launcher prints if the defaults need more memory than the machine has."""
    run, settings = RunSettings(), Settings()
    (warning,) = memory_warnings(settings, settings.render.denoiser, run.num_parallel, EXAMPLE_MEMORY)
    return f"```text\nWarning    {warning}\n```"


def _memory_rows() -> Iterator[str]:
    for width, height in SIZES:
        settings = with_values(Settings(), {"camera.width_px": width, "camera.height_px": height})
        denoised, plain = bytes_of_process(settings, "INTEL"), bytes_of_process(settings, "NONE")
        yield _row(f"{width} x {height} px", size(denoised), size(plain), size(bytes_of_sample(settings)))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(columns: int) -> str:
    return _row(*["---"] * columns)


if __name__ == "__main__":
    main()
