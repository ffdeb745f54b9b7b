"""Execute a notebook and replace its file, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import nbformat

from tools.files import replace
from tools.notebooks.execute import SECONDS, execute
from tools.notebooks.normalise import normalise, to_bytes

__all__ = ["write"]


def write(path: Path, *, seconds: float = SECONDS) -> bool:
    """Execute a notebook in its folder, normalise it and replace its file if that changes any byte.

    Args:
        path: The `.ipynb` file.
        seconds: The most that one cell may take.

    Returns:
        Whether the file was replaced.

    Raises:
        NotebookError: A cell failed; the file is as it was.
        NormaliseError: The executed notebook must not be stored; the file is as it was.
    """
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    execute(notebook, path.resolve().parent, name=str(path), seconds=seconds)
    data = to_bytes(normalise(notebook, name=str(path)))
    if data == path.read_bytes():
        return False
    replace(path, data)
    return True
