"""Which way coursekit's imports point, what is loaded when, and how large a module may grow.

The tables say what is allowed; everything else fails. A new module is entered here.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What a part of coursekit may import beside the standard library. A part is a module or a folder of modules.
ALLOWED = {
    "coursekit": set(),
    "__main__": {"coursekit.doctor"},
    "doctor": {"coursekit.situation"},
    "situation": set(),
    "hashes": set(),
    "data": {"coursekit.hashes"},
    "image_rules": {"numpy"},
    "decoding": {"cv2", "numpy", "PIL", "coursekit.image_rules"},
    "locating": {"coursekit.data", "coursekit.image_rules"},
    "images": {"cv2", "numpy", "coursekit.decoding", "coursekit.image_rules", "coursekit.locating"},
    "filters": {"numpy"},
    "reference": {"numpy"},
    "models": {"torch", "numpy", "coursekit.reference", "coursekit.filters", "coursekit.weights"},
    "weights": {"safetensors", "torch", "numpy", "coursekit.data"},
    "activations": {"torch", "numpy"},
    "pictures": {"matplotlib", "numpy", "PIL"},
    "explorers": {
        "anywidget",
        "traitlets",
        "numpy",
        "coursekit.pictures",
        "coursekit.images",
        "coursekit.filters",
        "coursekit.reference",
    },
    "exercises": {"numpy", "coursekit.reference", "coursekit.filters"},
    "subjects": {"numpy", "cv2"},
    "synthetic": {"numpy", "cv2", "coursekit.subjects"},
    "training": {"torch", "numpy", "cv2", "safetensors", "coursekit.data", "coursekit.synthetic"},
}
# torch takes seconds to load and 130 MB: these parts own it, and no other loads it.
OWNERS_OF_TORCH = {"models", "weights", "activations", "training"}
# What a function may import when it is called, or a type checker when it reads.
LAZY = {
    "exercises": {"torch"},
    "images": {"torch"},
    "explorers": {"IPython", "torch", "coursekit.activations", "coursekit.models"},
}
# matplotlib is allowed, this part of it is not: it keeps every figure alive and takes a second to load.
NEVER = {"matplotlib.pyplot", "pylab"}
# A module stays a thing that one can read in a sitting.
MOST_LINES = 390
MOST_NAMES = 10
MOST_NAMES_OF_A_FOLDER = 12  # its __init__.py only gathers what its modules hold

PACKAGE = ROOT / "coursekit"
FILES = sorted(PACKAGE.rglob("*.py"))
HEAVY = ("numpy", "cv2", "torch", "matplotlib", "PIL", "ipywidgets", "anywidget", "safetensors", "scipy")


def name_of(path):
    """`coursekit/pictures/grids.py` is coursekit.pictures.grids, and a folder's __init__.py is the folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module):
    """Which part of coursekit a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


MODULES = {name_of(path): path for path in FILES}
PARTS = sorted({part_of(module) for module in MODULES})


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def targets(node, module, path):
    """The modules that an import statement names; of `from coursekit import x` it is coursekit.x."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
        package = package[: len(package) - node.level + 1]
        base = ".".join([*package, *([node.module] if node.module else [])])
    return [
        full if (full := f"{base}.{alias.name}") in MODULES or full in NEVER else base for alias in node.names
    ]


def imports(path):
    """Yield (imported module, whether only when a function is called or a type checker reads)."""
    module = name_of(path)

    def visit(node, lazy):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for target in targets(node, module, path):
                yield target, lazy
        lazy = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            lazy = True
        for child in ast.iter_child_nodes(node):
            yield from visit(child, lazy)

    yield from visit(tree_of(path), False)


def short(target):
    """Other packages by their first name, our own modules by their part."""
    parts = target.split(".")
    return ".".join(parts[:2]) if parts[0] == "coursekit" else parts[0]


def is_foreign(target):
    return short(target) not in sys.stdlib_module_names | {"__future__"}


def loaded_by(code):
    """Run code in a fresh interpreter, in notebooks/, and return the names of the modules it has loaded."""
    ending = "\nimport json as _json, sys as _sys\nprint()\nprint(_json.dumps(sorted(_sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code + ending],
        cwd=ROOT / "notebooks",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1]))


# Runs cells one after the other and shows every value as a page would: drawing may import too.
PAGE = """
import ast, sys

def display(*values):
    for value in values:
        getattr(value, "_repr_mimebundle_", value.__repr__)()

def run(cells):
    scope = {"__name__": "__main__", "display": display}
    sys.displayhook = display
    for cell in cells:
        exec(compile(ast.Interactive(ast.parse(cell).body), "cell", "single"), scope)
"""


def ids(path):
    return name_of(path)


def test_every_part_is_in_the_table():
    unknown = set(PARTS) - set(ALLOWED)
    assert not unknown, f"enter {', '.join(sorted(unknown))} into ALLOWED, with what it may import"


def test_no_part_is_called_utils():
    vague = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}
    assert not [name for name in MODULES if vague & set(name.split("."))]


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_imports_follow_the_arrows(path):
    part = part_of(name_of(path))
    own = f"coursekit.{part}"
    for target, lazy in imports(path):
        allowed = ALLOWED.get(part, set()) | (LAZY.get(part, set()) if lazy else set())
        wrong = is_foreign(target) and short(target) not in allowed | {own}
        assert not wrong, (
            f"{name_of(path)} imports {target}, but {part} may import {sorted(allowed) or 'nothing'}"
        )
        assert target not in NEVER, f"{name_of(path)} imports {target}"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_only_its_owners_load_torch(path):
    part = part_of(name_of(path))
    if part not in OWNERS_OF_TORCH:
        assert "torch" not in {short(target) for target, lazy in imports(path) if not lazy}


def test_the_table_itself_gives_torch_to_its_owners_only():
    assert {part for part, allowed in ALLOWED.items() if "torch" in allowed} <= OWNERS_OF_TORCH


def test_imports_have_no_cycle():
    graph = {
        module: {target for target, _ in imports(path) if target in MODULES and target != module}
        for module, path in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(error.args[1]))


def test_the_table_has_no_cycle():
    graph = {
        f"coursekit.{part}": {name for name in allowed if "." in name} for part, allowed in ALLOWED.items()
    }
    TopologicalSorter(graph).prepare()


def test_importing_coursekit_loads_nothing_heavy():
    assert not loaded_by("import coursekit") & set(HEAVY)


def test_the_parts_of_the_first_lessons_load_neither_torch_nor_pyplot():
    parts = ("data", "images", "filters", "reference", "pictures")
    code = "\n".join(f"import coursekit.{part}" for part in parts if part in PARTS)
    assert not loaded_by(code) & {"torch", "matplotlib.pyplot"}


@pytest.mark.parametrize("lesson", ["01_image_loading", "02_filter_bank"])
def test_the_first_lessons_load_neither_torch_nor_pyplot(lesson):
    path = ROOT / "notebooks" / f"{lesson}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert not loaded_by(f"{PAGE}\nrun({sources!r})") & {"torch", "matplotlib.pyplot"}


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_a_module_stays_small(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{name_of(path)} has {lines} lines: what outgrows {MOST_LINES} is two ideas"


def public_names(path):
    """The names in `__all__`, or None where there is none."""
    for node in tree_of(path).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            return ast.literal_eval(node.value)
    return None


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "__main__.py"], ids=ids)
def test_a_module_says_which_few_names_are_public(path):
    names = public_names(path)
    if names is None:
        assert path == PACKAGE / "__init__.py", f"{name_of(path)} has no __all__"
        return
    most = MOST_NAMES_OF_A_FOLDER if path.name == "__init__.py" else MOST_NAMES
    assert len(names) == len(set(names)) <= most, f"{name_of(path)} has {len(names)} public names"


def statements(path, kind):
    return [f"{name_of(path)}:{node.lineno}" for node in ast.walk(tree_of(path)) if isinstance(node, kind)]


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_nothing_is_validated_by_assert(path):
    assert not statements(path, ast.Assert), "python -O drops assert: raise an error that says what to do"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_no_error_is_swallowed_unseen(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            place = f"{name_of(path)}:{node.lineno}"
            assert node.type is not None, f"{place} catches everything: name the error"
            assert ast.unparse(node.type) != "BaseException", f"{place} catches even a keyboard interrupt"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_whatever_is_public_is_described(path):
    tree = tree_of(path)
    assert ast.get_docstring(tree), f"{name_of(path)} has no docstring"
    for node in tree.body:
        if not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) or node.name.startswith("_"):
            continue
        if "overload" in map(ast.unparse, node.decorator_list):
            continue
        assert ast.get_docstring(node), f"{name_of(path)}.{node.name} has no docstring"
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(member, ast.FunctionDef) and not member.name.startswith("_"):
                assert ast.get_docstring(member), (
                    f"{name_of(path)}.{node.name}.{member.name} has no docstring"
                )


def test_the_tables_can_refuse(tmp_path, monkeypatch):
    """The reader of imports finds what it must: a lazy import, a relative one, pyplot in both spellings."""
    source = (
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nimport os\n"
        "import matplotlib.pyplot as plt\nfrom matplotlib import pyplot, cm\nfrom coursekit import data\n"
        "from . import grids\nfrom ..filters import kernel\n"
        "if TYPE_CHECKING:\n    from torch import Tensor\n"
        "def f():\n    import torch\n"
    )
    path = tmp_path / "coursekit" / "pictures" / "drawn.py"
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    here = sys.modules[__name__]
    monkeypatch.setattr(here, "ROOT", tmp_path)
    monkeypatch.setattr(here, "MODULES", {"coursekit.data": path, "coursekit.pictures.grids": path})
    read = [(target, lazy) for target, lazy in imports(path) if is_foreign(target)]
    assert read == [
        ("matplotlib.pyplot", False),
        ("matplotlib.pyplot", False),
        ("matplotlib", False),
        ("coursekit.data", False),
        ("coursekit.pictures.grids", False),
        ("coursekit.filters", False),
        ("torch", True),
        ("torch", True),
    ]
    assert name_of(Path(tmp_path / "coursekit" / "pictures" / "__init__.py")) == "coursekit.pictures"
