"""The arithmetic of the pages, run by node's own test runner on vectors that Python writes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from conftest import missing
from vectors import vectors

from coursekit.explorers.bundle import PAGE, BundleError, bundled, style

HERE = Path(__file__).resolve().parent
EXPLORERS = sorted(path.stem for path in PAGE.glob("*.css") if path.stem != "explorer")


@pytest.fixture(scope="module")
def node():
    """node's program."""
    found = shutil.which("node")
    if found is None:
        missing("node is not installed: the pages' arithmetic is not tested. Install Node.js 18 or newer.")
    return found


def ran(command, **environment):
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env={**os.environ, **environment}
    )


def plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


def test_kernels_js_gives_what_reference_gives(node, tmp_path):
    file = tmp_path / "vectors.json"
    file.write_text(json.dumps(vectors(), default=plain), encoding="utf-8")
    done = ran([node, "--test", str(HERE / "kernels.test.mjs")], COURSEKIT_VECTORS=str(file))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert re.search(r"\bpass (?:1\d|2\d|3\d)\b", done.stdout), done.stdout  # all of them, not an empty file


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_bundled_module_is_one_valid_module(node, name, tmp_path):
    file = tmp_path / f"{name}.mjs"
    file.write_text(bundled(name), encoding="utf-8")
    done = ran([node, "--check", str(file)])
    assert done.returncode == 0, done.stderr
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"^\s*import\b|\bfrom\s+[\"']|https?://", text, re.MULTILINE)


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_style_sheet_fetches_nothing(name):
    assert ".ck-explorer" in style(name)
    assert not re.search(r"@import|url\(", style(name))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.js": 'import { b } from "./b.js";\n'}, "a.js imports b.js: it does not exist"),
        ({}, "there is no a.js"),
        (
            {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'},
            "a.js imports b.js imports a.js",
        ),
        ({"a.js": 'import b from "elsewhere";\n'}, "a.js has 'import b from"),
        ({"a.js": 'import * as b from "./b.js";\n'}, "a.js has 'import \\* as b"),
    ],
)
def test_what_cannot_be_bundled(files, message, tmp_path):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BundleError, match=message):
        bundled("a", tmp_path)


def test_a_shared_module_is_bundled_once(tmp_path):
    (tmp_path / "a.js").write_text(
        'import { b } from "./b.js";\nimport {\n  c,\n  d,\n} from "./c.js";\nexport default { b, c, d };\n',
        encoding="utf-8",
    )
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\nexport const b = c;\n', encoding="utf-8")
    (tmp_path / "c.js").write_text("export const c = 1;\nexport function d() {}\n", encoding="utf-8")
    together = "const c = 1; function d() {} const b = c; export default { b, c, d };"
    assert " ".join(bundled("a", tmp_path).split()) == together
