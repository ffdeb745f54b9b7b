"""A web server on this computer that sends a file or parts of it, and misbehaves if told to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np


class RangeServer(ThreadingHTTPServer):
    """Serves one file under every address, on a port of this computer only.

    Attributes:
        url: Its address, without a slash at the end.
        asked: The first and last byte of each request for bytes, in order.
        paths: Every address that was asked for.
        headers: The headers of the last request for bytes, their names in lower case.
        sent: How many bytes of the file were sent.

    Args:
        path: The file.
        faults: What to do at which request for bytes, counted from 1, or 0 for all that have no key of their
            own: a status code, or "ignore range" (send everything), "cut" (half of the bytes), "other range",
            "other length" (announce more), "spoil" (zeros), "hang up", "redirect".
    """

    daemon_threads = True

    def __init__(self, path: Path, faults: Mapping[int, str | int] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.path, self.faults = path, dict(faults or {})
        self.asked: list[tuple[int, int]] = []
        self.paths: list[str] = []
        self.headers: dict[str, str] = {}
        self.sent = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(path: Path, faults: Mapping[int, str | int] | None = None) -> Iterator[RangeServer]:
    """Serve the file inside; see `RangeServer`."""
    with RangeServer(path, faults) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: RangeServer

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Tell what the hub's client wants to know before it fetches the whole file."""
        self.server.paths.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(self.server.path.stat().st_size))
        self.send_header("ETag", '"0123456789abcdef"')
        self.send_header("X-Repo-Commit", self.path.split("/resolve/")[1].split("/")[0])
        self.end_headers()

    def do_GET(self) -> None:
        """Answer one request for bytes, or misbehave."""
        server, size = self.server, self.server.path.stat().st_size
        server.paths.append(self.path)
        server.headers = {key.lower(): value for key, value in self.headers.items()}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = (int(asked[1]), int(asked[2] or size - 1)) if asked else (0, size - 1)
        server.asked.append((first, last))
        number = len(server.asked)
        fault = server.faults.get(number, server.faults.get(0))
        self.close_connection = True
        if isinstance(fault, int):
            self.send_error(fault)
        elif fault == "redirect":
            server.faults.pop(number)
            self.send_response(302)
            self.send_header("Location", f"{server.url}/elsewhere?signed=1")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif fault != "hang up":
            if asked is None or fault == "ignore range":
                self.send_response(200)
                first, last = 0, size - 1
            else:
                first += 8 * (fault == "other range")
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            length = last - first + 1
            self.send_header("Content-Length", str(length + 8 * (fault == "other length")))
            self.end_headers()
            self._send(first, length // 2 if fault == "cut" else length, spoilt=fault == "spoil")

    def _send(self, first: int, length: int, *, spoilt: bool) -> None:
        """Send bytes of the file until the client has enough."""
        with self.server.path.open("rb") as file:
            file.seek(first)
            while length > 0:
                piece = file.read(min(length, 1 << 20))
                self.server.sent += len(piece)  # first, as whoever reads it may be fast
                try:
                    self.wfile.write(bytes(len(piece)) if spoilt else piece)
                except ConnectionError:
                    return
                length -= len(piece)


def write_sparse(
    path: Path,
    shapes: Mapping[str, Sequence[int]],
    values: Callable[[str, tuple[int, ...]], np.ndarray | None],
) -> Path:
    """Write a safetensors file of float32 whose unset tensors are holes: zeros that take no room on the disk.

    Args:
        path: Where.
        shapes: The tensors' shapes by name. They are stored in the order of their names, as safetensors does.
        values: Gives a tensor's numbers, or None for a hole.
    """
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    start = 0
    for name in sorted(shapes):
        stop = start + 4 * int(np.prod(shapes[name]))
        header[name] = {"dtype": "F32", "shape": list(shapes[name]), "data_offsets": [start, stop]}
        start = stop
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        base = file.tell()
        for name in sorted(shapes):
            numbers = values(name, tuple(shapes[name]))
            if numbers is None:
                file.seek(4 * int(np.prod(shapes[name])), 1)
            else:
                file.write(numbers.astype("<f4").tobytes())
        file.truncate(base + start)
    return path
