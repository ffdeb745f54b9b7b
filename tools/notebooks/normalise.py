"""Store a notebook so that executing it again, here or elsewhere, changes no byte."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

__all__ = ["ADDRESS", "METADATA", "NormaliseError", "fingerprint", "normalise", "to_bytes"]

# What a kernel says of itself, but for the version, which differs from machine to machine.
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
    """The notebook holds something that must not be stored."""


def fingerprint(notebook: NotebookNode) -> str:
    """Name the code of a notebook in 16 hexadecimal digits; other code, or another order, has another name.

    The notebook keeps it beside its outputs, so that code which was changed and not executed is found out.

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
    """Return a copy without what differs from run to run: times, widgets' views, versions, addresses.

    Args:
        notebook: An executed notebook; it is not changed.
        name: What messages call the notebook.

    Returns:
        A notebook with counts 1 to n whose metadata holds kernel, language and the fingerprint of its code.

    Raises:
        NormaliseError: A code cell did not run, or shows a widget that has no still form.
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
    """Return the notebook as the bytes of its file: UTF-8, LF, indented by one, a line end at the end.

    Raises:
        NormaliseError: This is not a valid notebook of format 4.5.
    """
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise NormaliseError(f"not a valid notebook: {str(error).splitlines()[0]}") from error
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    return (text.rstrip("\n") + "\n").encode("utf-8")


def _without_views(outputs: Any) -> list[Any]:
    """Leave out the view that stands after an explorer's still picture; others stay, to be refused."""
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
        # The traceback names files of this machine; what was raised is what the lesson shows.
        output.traceback = [f"{output.ename}: {output.evalue}"]
    else:
        # A view without its state shows an error message in place of the widget.
        data = {mime: value for mime, value in output.data.items() if mime != VIEW}
        if not data:
            raise NormaliseError(
                f"{place} shows a widget without text or picture: nothing would be left of it in the file. "
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
    # How print() is cut into messages depends on time; only what stands in one piece on the page does not.
    result: list[Any] = []
    for output in outputs:
        last = result[-1] if result else None
        if output.output_type == "stream" and last is not None and last.get("name") == output.name:
            last.text += output.text
        else:
            result.append(output)
    return result
