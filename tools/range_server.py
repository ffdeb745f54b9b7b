"""A web server on this computer that sends parts of one file, and misbehaves if told to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

import numpy as np

__all__ = ["FAULTS", "RangeServer", "write_sparse"]

FAULTS = {
    "ignore range": "answer with status 200 and the whole file",
    "cut": "send half of the bytes and close the connection",
    "other range": "send other bytes than those that were asked for, and say so",
    "other length": "announce more bytes than the range has",
    "other total": "say that the whole file is longer than it is",
    "spoil": "send zeros instead of the file's bytes",
    "hang": "send nothing for a second",
    "hang up": "close the connection without an answer",
    "redirect": "send the client to another address of this server",
}


class RangeServer:
    """Serves one file under every address, on a port of this computer only. Use it in a `with` statement.

    Attributes:
        url: Its address, without a slash at the end.
        ranges: The first and last byte of each range that was asked for, in order.
        sent: How many bytes of the file were sent.

    Args:
        path: The file.
        faults: What to do at which request, counted from 1: a name in `FAULTS`, or a status code. The
            key 0 stands for all requests that have no key of their own.
    """

    def __init__(self, path: Path, faults: Mapping[int, str | int] | None = None) -> None:
        self.path = path
        self.faults = dict(faults or {})
        self.ranges: list[tuple[int, int]] = []
        self.sent = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> RangeServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request, or misbehave."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", handler.headers.get("Range", ""))
        first, last = (int(part) for part in asked.groups()) if asked else (0, 2**62)
        self.ranges.append((first, last))
        fault = self.faults.get(len(self.ranges), self.faults.get(0))
        size = self.path.stat().st_size
        last = min(last, size - 1)
        handler.close_connection = True
        if isinstance(fault, int):
            handler.send_error(fault)
            return
        if fault == "hang up":
            return
        if fault == "hang":
            threading.Event().wait(1)
        if fault == "redirect":
            self.faults.pop(len(self.ranges), None)
            handler.send_response(302)
            handler.send_header("Location", f"{self.url}/elsewhere?signed=1")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        whole = fault == "ignore range"
        handler.send_response(200 if whole else 206)
        first, last = (0, size - 1) if whole else (first, last)
        first += 8 * (fault == "other range")
        length = last - first + 1
        handler.send_header("Content-Type", "application/octet-stream")
        handler.send_header("Content-Length", str(length + 8 * (fault == "other length")))
        if not whole:
            total = size + 8 * (fault == "other total")
            handler.send_header("Content-Range", f"bytes {first}-{last}/{total}")
        handler.end_headers()
        self._send(handler, first, length // 2 if fault == "cut" else length, spoil=fault == "spoil")

    def _send(self, handler: BaseHTTPRequestHandler, first: int, length: int, *, spoil: bool) -> None:
        """Send bytes of the file until the client has enough."""
        with self.path.open("rb") as file:
            file.seek(first)
            while length > 0:
                piece = file.read(min(length, 1 << 20))
                try:
                    handler.wfile.write(bytes(len(piece)) if spoil else piece)
                except ConnectionError:
                    return
                self.sent += len(piece)
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
