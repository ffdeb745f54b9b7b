"""A private JupyterLab: it sees one folder, keeps nothing, and stops with the block that started it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

__all__ = ["LabError", "address", "end_kernels", "serve"]

SECONDS = 60.0
SETTINGS = {
    # Every cell is in the page, even far below: for screenshots, and for reading the whole lesson.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}


class LabError(RuntimeError):
    """JupyterLab did not start."""


def address(server: str, notebook: str, *, page: str = "lab/tree") -> str:
    """Make the address at which JupyterLab opens this notebook and none that was open before.

    For Notebook 7 the page is "notebooks".

    >>> address("http://127.0.0.1:8888/?token=abc", "01 a.ipynb")
    'http://127.0.0.1:8888/lab/tree/01%20a.ipynb?token=abc&reset'
    """
    base, token = server.split("?", 1)
    return f"{base}{page}/{quote(notebook)}?{token}&reset"


def end_kernels(server: str) -> int:
    """Stop all the kernels of a server that `serve` started, so that lessons don't pile up in memory.

    Returns:
        How many there were.
    """
    base, token = server.split("?token=", 1)
    headers = {"Authorization": f"token {token}"}
    with urlopen(Request(f"{base}api/sessions", headers=headers)) as answer:
        sessions = json.load(answer)
    for session in sessions:
        urlopen(Request(f"{base}api/sessions/{session['id']}", headers=headers, method="DELETE")).close()
    return len(sessions)


@contextmanager
def serve(folder: Path, *, program: str = "jupyterlab") -> Iterator[str]:
    """Start JupyterLab on a free port, visible to this machine only, and stop it at the end of the block.

    Settings, workspaces and everything else that JupyterLab stores go into a temporary folder.

    Args:
        folder: The folder that JupyterLab shows.
        program: The module to start: "jupyterlab", or "notebook" for Notebook 7.

    Yields:
        The server's address with its token; `address` turns it into a notebook's address.

    Raises:
        LabError: The server didn't start; the message ends with what it said.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        home = Path(temporary)
        for name, values in SETTINGS.items():
            file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8", newline="\n")
        environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"} | {
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "JUPYTER_TOKEN": secrets.token_hex(16),
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", program, "--no-browser", "--ServerApp.ip=127.0.0.1"]
        # Port 0 lets the system choose a free one, and the server writes down which.
        command += ["--ServerApp.port=0", f"--ServerApp.root_dir={folder.resolve()}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--allow-root")  # in a container there is often no other user
        with (home / "log.txt").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield _wait(process, home)
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], home: Path) -> str:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        for file in (home / "runtime").glob("jpserver-*.json"):
            try:
                info = json.loads(file.read_text(encoding="utf-8"))
            except json.JSONDecodeError:
                continue  # it's still being written
            return f"http://127.0.0.1:{info['port']}/?token={info['token']}"
        time.sleep(0.1)
    said = (home / "log.txt").read_text(encoding="utf-8", errors="replace")[-2000:]
    raise LabError(f"JupyterLab did not start within {SECONDS:g} s. It said:\n{said}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()  # the server stops its kernels
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
