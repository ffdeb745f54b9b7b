"""Run every cell of a notebook in a fresh kernel of this environment, and store the outputs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from textwrap import indent
from typing import Any

import nbformat
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from tools.files import replace
from tools.notebooks.normalise import normalise, to_bytes

__all__ = ["NotebookError", "execute", "write"]

SECONDS = 180.0  # per cell, to stop any that hangs; the longest, the training in lesson 6, takes about 4


class NotebookError(RuntimeError):
    """A cell raised an error, took too long, or killed its kernel."""


class _ThisPython(KernelSpecManager):
    # A kernel called python3 that belongs to the user or to another environment must not run the lessons.
    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(resource_dir=str(RESOURCES), **get_kernel_dict())


def write(path: Path, *, seconds: float = SECONDS) -> bool:
    """Execute a notebook in its folder, normalise it, and replace its file if any byte has changed.

    Args:
        path: The `.ipynb` file.
        seconds: The longest that one cell may take.

    Returns:
        Whether the file was replaced.

    Raises:
        NotebookError: A cell failed; the file is unchanged.
        NormaliseError: The executed notebook can't be stored; the file is unchanged.
    """
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    execute(notebook, path.resolve().parent, name=str(path), seconds=seconds)
    data = to_bytes(normalise(notebook, name=str(path)))
    if data == path.read_bytes():
        return False
    replace(path, data)
    return True


def execute(
    notebook: NotebookNode, folder: Path, *, name: str = "the notebook", seconds: float = SECONDS
) -> None:
    """Execute all code cells in order and put their outputs into the notebook.

    Args:
        notebook: What to execute; its outputs are replaced.
        folder: The folder in which the kernel works: the notebook's own.
        name: What messages call the notebook.
        seconds: The longest that one cell may take.

    Raises:
        NotebookError: A cell failed and isn't tagged `raises-exception`. The message names the cell.
    """
    running = 0

    def start(cell: NotebookNode, cell_index: int) -> None:
        nonlocal running
        running = cell_index

    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython())
    client: Any = NotebookClient(
        notebook,
        km=manager,
        timeout=seconds,
        record_timing=False,
        store_widget_state=False,
        on_cell_execute=start,
    )
    client.owns_km = True  # or the kernel would outlive the notebook
    # Agg would make figures vanish from the page; with more threads, two kernels would fight over two cores.
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    environment["OMP_NUM_THREADS"] = "1"
    try:
        client.execute(cwd=str(folder), env=environment, stderr=subprocess.DEVNULL)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        if isinstance(error, CellExecutionError):
            # The kernel's reply doesn't name an error in a value's own repr, but what the page shows does.
            outputs = notebook.cells[running].outputs
            shown = [output for output in outputs if output.output_type == "error"] or [error]
            reason = f"{shown[-1].ename}: {shown[-1].evalue}"
        elif isinstance(error, CellTimeoutError):
            reason = f"it took longer than {seconds:g} seconds"
        else:
            reason = "its kernel died"
        raise NotebookError(
            f"{name}, cell {running + 1} failed: {reason}. The file is unchanged.\n"
            f"{indent(notebook.cells[running].source, '    ')}"
        ) from error
