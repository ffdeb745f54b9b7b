"""Run every cell of a notebook in a fresh kernel of this environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

__all__ = ["NotebookError", "execute"]

SECONDS = 180.0  # for one cell: stops what hangs; the longest, the training of lesson 6, takes about 20


class NotebookError(RuntimeError):
    """A cell raised an error, took too long, or ended its kernel."""


class _ThisPython(KernelSpecManager):
    # A kernel called python3 that belongs to the user, or to another environment, must not run the lessons.
    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(resource_dir=str(RESOURCES), **get_kernel_dict())


def _environment() -> dict[str, str]:
    # Agg would make figures vanish from the page; more threads than one let two kernels fight for two cores.
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return environment | {"OMP_NUM_THREADS": "1"}


def execute(
    notebook: NotebookNode, folder: Path, *, name: str = "the notebook", seconds: float = SECONDS
) -> None:
    """Execute all code cells in order and put their outputs into the notebook.

    Args:
        notebook: What to execute; its outputs are replaced.
        folder: The folder in which the kernel works: the notebook's own.
        name: What messages call the notebook.
        seconds: The most that one cell may take.

    Raises:
        NotebookError: A cell failed and is not tagged `raises-exception`. The message names the cell.
    """
    running = {"index": 0}

    def start(cell: NotebookNode, cell_index: int) -> None:
        running["index"] = cell_index

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
    client.owns_km = True  # else the kernel would outlive the notebook
    try:
        client.execute(cwd=str(folder), env=_environment(), stderr=subprocess.DEVNULL)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        if isinstance(error, CellExecutionError):
            reason = _shown_error(notebook.cells[running["index"]]) or f"{error.ename}: {error.evalue}"
        elif isinstance(error, CellTimeoutError):
            reason = f"it took longer than {seconds:g} seconds"
        else:
            reason = "its kernel died"
        raise NotebookError(
            f"{name}, cell {running['index'] + 1} failed: {reason}. The file is unchanged.\n"
            f"{_indent(notebook.cells[running['index']].source)}"
        ) from error


def _shown_error(cell: NotebookNode) -> str:
    # An error in a value's own repr has no name in the kernel's reply; what the page shows has it.
    errors = [output for output in cell.outputs if output.output_type == "error"]
    return f"{errors[-1].ename}: {errors[-1].evalue}" if errors else ""


def _indent(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.splitlines())
