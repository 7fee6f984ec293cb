# SPDX-License-Identifier: GPL-3.0-or-later
"""Code rules beyond ruff and import-linter, checked on the syntax tree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ADDON = ROOT / "solar_site_addon"
GENERATOR = ADDON / "generator"

STAGES_WITHOUT_CHANCE = ("plan", "geometry", "scene", "sensor", "annotations", "dataset")
BANNED_MODULES = {"random", "secrets", "time", "uuid"}
BANNED_CALLS = {
    "os.urandom",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    # hashes of str differ between processes
    "hash",
}
SEEDED_NUMPY = {"Generator", "SeedSequence", "PCG64", "default_rng"}
WHERE_SEEDS_COME_FROM = {"domain/random_streams.py", "domain/numbering.py"}
"""Files that implement the streams and the site seed, which is the base seed plus the site index."""
GROUPS = ("Site", "Array", "Module", "Equipment", "Surroundings", "Vegetation", "Light", "Camera", "Effects")
UNNAMED_STREAMS = {"default_rng", "spawn", "SeedSequence", "Generator", "PCG64", "RandomState"}
"""Calls of numpy that create streams without a name."""
HASHES = {"lattice_hash"}
"""Functions that implement a hash, and so calculate with the seed."""
UNDRAWN = {"Settings", *(f"{group}Settings" for group in GROUPS)}


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for an attribute chain of names, or an empty string."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def chance_in(tree: ast.AST) -> Iterator[str]:
    """Return the uses of random state, clock, uuid or set order in ``tree``, which could differ between runs."""
    for node in ast.walk(tree):
        yield from _chance_in_imports(node)
        if isinstance(node, ast.Call):
            yield from _chance_in_call(node)
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            if name.startswith(("np.random.", "numpy.random.")) and name.split(".")[2] not in SEEDED_NUMPY:
                yield f"line {node.lineno}: {name} is global random state"
        if isinstance(node, ast.For | ast.comprehension) and _is_set(node.iter):
            yield f"line {node.iter.lineno}: the order of a set is not fixed"


def _chance_in_imports(node: ast.AST) -> Iterator[str]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        names = [node.module or ""]
        if node.module == "numpy.random":
            names += [alias.name for alias in node.names if alias.name not in SEEDED_NUMPY]
    for name in names:
        if name.partition(".")[0] in BANNED_MODULES or (names[0] == "numpy.random" and name != "numpy.random"):
            yield f"imports {name}"


def _chance_in_call(node: ast.Call) -> Iterator[str]:
    name = dotted(node.func)
    if name in BANNED_CALLS:
        yield f"line {node.lineno}: {name}()"
    if name.endswith("default_rng") and not node.args and not node.keywords:
        yield f"line {node.lineno}: default_rng() without a seed"


def _is_set(node: ast.expr) -> bool:
    return isinstance(node, ast.Set | ast.SetComp) or (isinstance(node, ast.Call) and dotted(node.func) == "set")


def unnamed_streams_in(tree: ast.AST) -> Iterator[str]:
    """Return where ``tree`` draws without a named stream: from its own generator, or from a seed plus a number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else dotted(function)
            if name in UNNAMED_STREAMS:
                yield f"line {node.lineno}: {name}() makes a stream without a name"
    yield from _arithmetic_with_seeds(tree)


def _arithmetic_with_seeds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and node.name in HASHES:
        return
    operands: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        operands = [node.left, node.right]
    elif isinstance(node, ast.AugAssign):
        operands = [node.target]
    for operand in operands:
        name = operand.attr if isinstance(operand, ast.Attribute) else dotted(operand)
        if name == "seed" or name.endswith("_seed"):
            yield f"line {operand.lineno}: a seed is calculated from {name}"
    for child in ast.iter_child_nodes(node):
        yield from _arithmetic_with_seeds(child)


def undrawn_values_in(tree: ast.AST) -> Iterator[str]:
    """Return where a function reads the value of a range from settings that may not be drawn."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        undrawn = {argument.arg for argument in _arguments(function) if _is_undrawn(argument.annotation)}
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr == "value" and dotted(node).split(".")[0] in undrawn:
                yield f"line {node.lineno}: {dotted(node)}"


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _is_undrawn(annotation: ast.expr | None) -> bool:
    return annotation is not None and dotted(annotation) in UNDRAWN


def blender_version_in(tree: ast.AST) -> list[int]:
    """Return the lines of ``tree`` that read Blender's version."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ".app.version" in f".{dotted(node)}"
    ]


def python_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


@cache
def parse(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


LICENSE = "# SPDX-License-Identifier: GPL-3.0-or-later"
OURS = [
    path
    for name in ("solar_site", "solar_site_addon", "headless", "tools", "benchmarks", "examples", "tests")
    for path in python_files(ROOT / name)
]


def test_every_file_names_its_license() -> None:
    assert len(OURS) > 100
    first_lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").partition("\n")[0] for path in OURS}
    assert not {path for path, line in first_lines.items() if line not in ("", LICENSE)}


@pytest.mark.parametrize("stage", STAGES_WITHOUT_CHANCE)
def test_no_stage_uses_random_state_or_the_clock(stage: str) -> None:
    files = python_files(GENERATOR / stage)
    assert files
    found = {str(path.relative_to(ROOT)): list(chance_in(parse(path))) for path in files}
    assert not {path: lines for path, lines in found.items() if lines}


@pytest.mark.parametrize(
    "code",
    [
        "import random",
        "from random import uniform",
        "import uuid",
        "from time import perf_counter",
        "import numpy as np\nx = np.random.uniform(0, 1)",
        "import numpy as np\nnp.random.seed(3)",
        "import numpy as np\nx = np.random.default_rng()",
        "from numpy.random import rand",
        "import datetime\nx = datetime.datetime.now()",
        "for x in set(names): pass",
        "x = [y for y in {1, 2}]",
        "x = hash('name')",
        "import os\nx = os.urandom(4)",
    ],
)
def test_the_check_finds_nondeterminism(code: str) -> None:
    assert list(chance_in(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np\nx = np.random.default_rng(np.random.SeedSequence([1, 2]))",
        "import numpy as np\ndef f(rng: np.random.Generator) -> None: rng.uniform(0, 1)",
        "import datetime\nx = datetime.date.fromisoformat('2025-09-15')",
        "for x in sorted(set(names)): pass",
    ],
)
def test_the_check_accepts_seeded_draws(code: str) -> None:
    assert not list(chance_in(ast.parse(code)))


def test_all_draws_come_from_named_streams() -> None:
    files = [
        path for path in python_files(GENERATOR) if path.relative_to(GENERATOR).as_posix() not in WHERE_SEEDS_COME_FROM
    ]
    found = {str(path.relative_to(ROOT)): list(unnamed_streams_in(parse(path))) for path in files}
    assert not {path: lines for path, lines in found.items() if lines}


@pytest.mark.parametrize(
    "code",
    [
        "rngs = rng.spawn(11)",
        "import numpy as np\nrng = np.random.default_rng(3)",
        "from numpy.random import default_rng\nrng = default_rng([1, 2])",
        "import numpy as np\nrng = np.random.Generator(np.random.PCG64(1))",
        "x = noise(seed + 7)",
        "x = noise(7919 * k + self.seed)",
        "x = noise(site.seed ^ 3)",
        "x = noise(light_seed * 31)",
        "seed += 1",
    ],
)
def test_the_check_finds_unnamed_streams(code: str) -> None:
    assert list(unnamed_streams_in(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "x = stream(seed, 'terrain/rills').random()",
        "x = noise(stream_seed(seed, f'terrain/{attempt + 1}'))",
        "def lattice_hash(ix: int, seed: int) -> int: return ix * 7 + seed * 5",
        "x = stream(ViewSeed(seed, view), 'view/heading')",
    ],
)
def test_the_check_accepts_named_streams(code: str) -> None:
    assert not list(unnamed_streams_in(ast.parse(code)))


def test_only_drawn_settings_are_read_for_values_of_ranges() -> None:
    found = {str(path.relative_to(ROOT)): list(undrawn_values_in(parse(path))) for path in python_files(GENERATOR)}
    assert not {path: lines for path, lines in found.items() if lines}


def test_the_check_finds_a_value_read_from_undrawn_settings() -> None:
    code = "def f(site: {}) -> float:\n    return site.relief.value"
    assert list(undrawn_values_in(ast.parse(code.format("SiteSettings"))))
    assert list(undrawn_values_in(ast.parse(code.format("Settings"))))
    assert not list(undrawn_values_in(ast.parse(code.format("DrawnSite"))))


def test_only_versions_py_reads_blenders_version() -> None:
    askers = {
        path.relative_to(ROOT).as_posix()
        for folder in (ADDON, ROOT / "headless")
        for path in python_files(folder)
        if blender_version_in(parse(path))
    }
    assert askers <= {"solar_site_addon/generator/domain/versions.py"}


def test_the_check_finds_a_use_of_blenders_version() -> None:
    assert blender_version_in(ast.parse("import bpy\nx = bpy.app.version >= (5, 0, 0)"))
    assert blender_version_in(ast.parse("x = context.app.version_string"))
    assert not blender_version_in(ast.parse("x = bpy.app.background"))


IMPORT_WITHOUT_BLENDER = """
import importlib, importlib.abc, sys

class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"bpy", "bmesh", "mathutils", "numpy"}:
            raise ImportError(f"{name} is not for the launcher")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_the_launchers_side_runs_without_blender_and_numpy() -> None:
    batch = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in python_files(ADDON / "batch")]
    others = (".__init__", ".dataset_tools", ".export", ".in_process", ".worker", ".worker_main")
    launcher = [name for name in batch if not name.endswith(others)]
    modules = [*launcher, "solar_site_addon.generator.settings.schema", "solar_site_addon.generator.domain.errors"]
    command = [sys.executable, "-c", IMPORT_WITHOUT_BLENDER, *modules]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


PATH_IN_DATASET = re.compile(
    r"\S*(\.work\b|\bbatch_(\d|\*|$)|\bimage_(\d|\*|$)|^dataset\.json|^run\.json|^overview\.png|\.events\.jsonl"
    r"|^hdf5$|\.hdf5$|launcher_error)\S*"
)
PATH_MODULES = {"batch/dataset_folder.py", "generator/dataset/layout.py"}


def paths_of_datasets_in(tree: ast.AST) -> Iterator[str]:
    """Return strings that name something in a dataset folder; a string with a space is a message."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PATH_IN_DATASET.fullmatch(node.value):
            yield f"line {node.lineno}: {node.value!r}"


def test_paths_in_a_dataset_are_defined_in_one_place() -> None:
    files = [*python_files(ADDON), *python_files(ROOT / "headless"), *python_files(ROOT / "solar_site")]
    found = {str(path.relative_to(ROOT)): list(paths_of_datasets_in(parse(path))) for path in files}
    assert {path.removeprefix("solar_site_addon/") for path, lines in found.items() if lines} == PATH_MODULES


def test_the_check_finds_a_path_in_a_dataset() -> None:
    for code in ('out / ".work" / "run.json"', 'out.glob("batch_*/image_*")', 'f"image_{index:04d}"', "out / 'hdf5'"):
        assert list(paths_of_datasets_in(ast.parse(code)))
    assert not list(paths_of_datasets_in(ast.parse('help = "rewrite dataset.json from the samples"')))


READERS_OF_WHOLE_FILES = {
    # what the kernel writes, and a file that Blender has just written
    "solar_site_addon/batch/memory.py",
    "solar_site_addon/generator/render/jpeg.py",
}


def unbounded_reads_in(tree: ast.AST) -> Iterator[str]:
    """Return where a file is read however large it is, or JSON however wrong its numbers are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("read_text", "read_bytes"):
            yield f"line {node.lineno}: {node.attr}"
        if isinstance(node, ast.Attribute) and dotted(node) in ("json.load", "json.loads", "tomllib.load"):
            yield f"line {node.lineno}: {dotted(node)}"
        if isinstance(node, ast.ImportFrom) and node.module in ("json", "tomllib"):
            yield f"line {node.lineno}: from {node.module} import"


def test_files_that_others_may_have_written_are_read_up_to_a_bound() -> None:
    files = [*python_files(ADDON), *python_files(ROOT / "headless"), *python_files(ROOT / "solar_site")]
    found = {path.relative_to(ROOT).as_posix(): list(unbounded_reads_in(parse(path))) for path in files}
    assert {path: lines for path, lines in found.items() if lines}.keys() == READERS_OF_WHOLE_FILES


def test_the_check_finds_an_unbounded_read() -> None:
    for code in ("x = json.loads(text)", "x = path.read_text()", "x = (a / b).read_bytes()", "from json import load"):
        assert list(unbounded_reads_in(ast.parse(code)))
    assert not list(unbounded_reads_in(ast.parse("x = read_text(path); y = load_json(path, 10)")))
