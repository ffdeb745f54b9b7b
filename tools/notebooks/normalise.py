"""Store a notebook so that executing it again, here or elsewhere, changes no byte."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

__all__ = ["ADDRESS", "METADATA", "NormaliseError", "fingerprint", "normalise", "to_bytes"]

# What a kernel says about itself, minus the version, which differs from machine to machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
KEPT_IN_CELLS = ("tags", "slideshow", "nbgrader", "jupyter")
VIEW = "application/vnd.jupyter.widget-view+json"
STILL = '<figure class="coursekit-still">'
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+\b")
NO_ADDRESS = "at 0x0"


class NormaliseError(ValueError):
    """The notebook contains something that must not be stored."""


def fingerprint(notebook: NotebookNode) -> str:
    """Reduce a notebook's code to 16 hexadecimal digits; different code, or a different order, gives others.

    The notebook stores them with its outputs, which shows up code that was changed but not executed.

    >>> first = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    >>> second = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 2")])
    >>> len(fingerprint(first)), fingerprint(first) == fingerprint(second)
    (16, False)
    """
    digest = hashlib.sha256()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            digest.update(cell.source.encode() + b"\0")
    return digest.hexdigest()[:16]


def normalise(notebook: NotebookNode, *, name: str = "the notebook") -> NotebookNode:
    """Return a copy without anything that differs from run to run: times, widget views, versions, addresses.

    Args:
        notebook: An executed notebook; it isn't changed.
        name: What messages call the notebook.

    Returns:
        A notebook with counts 1 to n, whose metadata has the kernel, the language and its code's fingerprint.

    Raises:
        NormaliseError: A code cell didn't run, or shows a widget that has no still form.
    """
    missing = [
        str(number)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None
    ]
    if missing:
        raise NormaliseError(
            f"{name}: cell {', '.join(missing)} did not run, so its outputs say nothing about its code. "
            "Execute the whole notebook: python -m tools.notebooks write"
        )
    result: Any = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    count = 0
    for number, cell in enumerate(result.cells, start=1):
        cell.metadata = {key: cell.metadata[key] for key in KEPT_IN_CELLS if key in cell.metadata}
        cell.source = cell.source.replace("\r\n", "\n")
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            outputs = _without_views(cell.outputs)
            cell.outputs = _merged(_still(output, count, f"{name}, cell {number}") for output in outputs)
    result.metadata = {"coursekit": {"executed": fingerprint(result)}, **METADATA}
    result.nbformat, result.nbformat_minor = 4, 5
    return nbformat.from_dict(result)  # type: ignore[no-untyped-call, no-any-return]


def to_bytes(notebook: NotebookNode) -> bytes:
    """Return the notebook as the bytes of its file: UTF-8, LF, indented by one, ending in a newline.

    Raises:
        NormaliseError: This isn't a valid notebook in format 4.5.
    """
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise NormaliseError(f"not a valid notebook: {str(error).splitlines()[0]}") from error
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    return (text.rstrip("\n") + "\n").encode("utf-8")


def _without_views(outputs: Any) -> list[Any]:
    """Drop the view after an explorer's still picture; any other view stays, to be refused."""
    kept: list[Any] = []
    for output in outputs:
        is_view = set(output.get("data", ())) == {VIEW}
        if not (is_view and kept and STILL in kept[-1].get("data", {}).get("text/html", "")):
            kept.append(output)
    return kept


def _still(output: Any, count: int, place: str) -> Any:
    kind = output.output_type
    if kind == "stream":
        output.text = ADDRESS.sub(NO_ADDRESS, output.text)
    elif kind == "error":
        # The traceback names files on this machine; all the lesson shows is what was raised.
        output.traceback = [f"{output.ename}: {output.evalue}"]
    else:
        # A view without its state shows an error message instead of the widget.
        data = {mime: value for mime, value in output.data.items() if mime != VIEW}
        if not data:
            raise NormaliseError(
                f"{place} shows a widget without text or picture, so the file would have nothing left of it. "
                "Give its class a text/plain form."
            )
        for mime, value in data.items():
            if isinstance(value, str) and mime.startswith("text/"):
                data[mime] = ADDRESS.sub(NO_ADDRESS, value)
        output.data = data
        if kind == "execute_result":
            output.execution_count = count
    return output


def _merged(outputs: Any) -> list[Any]:
    # How print() is cut into messages depends on timing, so neighbouring pieces are joined.
    result: list[Any] = []
    for output in outputs:
        last = result[-1] if result else None
        if output.output_type == "stream" and last is not None and last.get("name") == output.name:
            last.text += output.text
        else:
            result.append(output)
    return result
