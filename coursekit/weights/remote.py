"""Reads parts of a file on a web server by HTTP Range requests, and goes on where a connection was cut."""

from __future__ import annotations

import http.client
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from coursekit.weights.errors import WeightsError

__all__ = ["RemoteFile"]

CHUNK = 1 << 16  # bytes read at once
BARREN = 5  # how often in a row a connection may be cut before it has brought another CHUNK
PAUSE = 0.5  # seconds to wait after such a cut before going on; twice as long after each further one

_BY_HAND = "Or download the file in another way, and give its path."


class RemoteFile:
    """A file on a web server, of which only the asked parts are brought.

    Attributes:
        url: Where it lies.
        size: Its whole length in bytes, once a part has been read and if the server told it.
        fetched: How many bytes of it were brought.
        requests: How many requests were sent.
        progress: Called with the number of bytes, each time some have come.

    Args:
        url: An address that begins with http:// or https://.
        timeout: Seconds without an answer after which a connection counts as cut.

    Raises:
        WeightsError: The address is none.

    >>> RemoteFile("https://example.org/model.safetensors").fetched
    0
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 20.0,
    ) -> None:
        # Without this, urllib would open file:// and ftp:// as well.
        if not re.match(r"https?://[^/\s]+/", url):
            raise WeightsError(
                f"Cannot fetch from {url!r}: expected an address that begins with https:// or http://. Look "
                "at the environment variable HF_ENDPOINT: it holds the address of the mirror, such as "
                "https://example.org"
            )
        self.url = url
        self.size: int | None = None
        self.fetched = 0
        self.requests = 0
        self.progress: Callable[[int], object] | None = None
        self._timeout = timeout

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` up to `stop`, or fewer where the file ends before.

        Raises:
            WeightsError: As `copy`.
        """
        pieces: list[bytes] = []
        self.copy(start, stop, pieces.append)
        return b"".join(pieces)

    def copy(self, start: int, stop: int, write: Callable[[bytes], object]) -> None:
        """Hand the bytes from `start` up to `stop`, or to the end of the file, to `write`, piece by piece.

        One request, and a further one for the rest each time the connection is cut. What `write` raises
        passes.

        Args:
            start: The first byte, from 0.
            stop: The byte after the last.
            write: Gets the pieces in order, such as the `write` of an open file.

        Raises:
            WeightsError: No network, no such file, a server that refuses, fails or ignores Range, a wrong
                length, or a connection that was cut too often.
        """
        position, barren, kept = start, 0, start
        while position < stop:
            try:
                for piece in self._answer(position, stop):
                    write(piece)
                    position += len(piece)
                    self.fetched += len(piece)
                    if self.progress is not None:
                        self.progress(len(piece))
                cut: Exception | None = None
            except _CutError as error:
                cut = error
            stop = stop if self.size is None else min(stop, self.size)
            if position >= stop:
                return
            barren = 0 if position - kept >= CHUNK else barren + 1
            kept = position
            if barren >= BARREN:
                reason = f" ({cut})" if cut else ""
                raise WeightsError(
                    f"The connection to {self.url} was cut {barren} times in a row{reason}: "
                    f"{position - start:,} of {stop - start:,} bytes had come. Nothing was kept. Try again "
                    f"with a better connection. {_BY_HAND}"
                )
            time.sleep(PAUSE * 2 ** (barren - 1) if barren else 0)

    def _answer(self, start: int, stop: int) -> Iterator[bytes]:
        """Send one request and yield what it brings, which may be less than was asked."""
        request = urllib.request.Request(
            self.url,
            headers={
                "Range": f"bytes={start}-{stop - 1}",
                "Accept-Encoding": "identity",  # a compressed answer has other byte offsets
                "User-Agent": "coursekit",
            },
        )
        self.requests += 1
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                left = self._expected(response, start, stop)
                while left > 0 and (piece := response.read(min(CHUNK, left))):
                    left -= len(piece)
                    yield piece
        except urllib.error.HTTPError as error:
            error.close()
            if self.fetched and error.code >= 500:
                raise _CutError(f"status {error.code}") from error
            raise WeightsError(self._refusal(error.code)) from error
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            if self.fetched:
                raise _CutError(str(reason) or type(reason).__name__) from error
            raise WeightsError(self._no_answer(reason)) from error

    def _expected(self, response: Any, start: int, stop: int) -> int:
        """Compare what the server announces with what was asked, and return how many bytes will come."""
        if response.status != 206:
            raise WeightsError(
                f"{self.url} ignores Range: asked for bytes {start:,} to {stop - 1:,}, it answered with "
                f"status {response.status} and wants to send everything "
                f"({response.headers.get('Content-Type')}). Nothing was kept. The server cannot send parts, "
                "or a login page of this network answered in its place. Open a page "
                "in a browser to see, or set HF_ENDPOINT to another mirror. " + _BY_HAND
            )
        announced = response.headers.get("Content-Range", "")
        range_ = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", announced.strip())
        first, last, total = range_.groups() if range_ else ("", "", "")
        size = int(total) if total.isdecimal() else None
        end = stop if size is None else min(stop, size)
        length = response.headers.get("Content-Length", str(end - start))
        right = (first, last, length) == (str(start), str(end - 1), str(end - start))
        if not right or size != (size if self.size is None else self.size):
            raise WeightsError(
                f"{self.url} sent a wrong length: expected bytes {start:,} to {end - 1:,} ({end - start:,} "
                f"of them), but it announced Content-Range {announced!r} and "
                f"Content-Length {length}. Nothing was kept. The file may just have been replaced: try "
                "again, or set HF_ENDPOINT to another mirror."
            )
        self.size = size
        return end - start

    def _refusal(self, code: int) -> str:
        """Say what a status code means here."""
        meanings = {
            401: "the server wants a password, and the file that the course knows needs none. "
            "Is HF_ENDPOINT right?",
            403: "the server refuses this file. A firewall or proxy may stand between. "
            "Try another network or mirror.",
            404: "the file is not there. Is HF_ENDPOINT right? A mirror may lack this file.",
            416: "the file is shorter than it should be. Try another mirror (HF_ENDPOINT).",
            429: "too many requests came from this address, perhaps from the whole class. Wait some minutes.",
        }
        meaning = "the server does not give the file. Is HF_ENDPOINT right?"
        if code >= 500:
            meaning = "the server has a fault of its own. Wait some minutes and try again."
        meaning = meanings.get(code, meaning)
        return f"{self.url} answered with status {code}: {meaning} Nothing was kept. {_BY_HAND}"

    def _no_answer(self, reason: object) -> str:
        """Say what to do about a server that cannot be reached."""
        advice = (
            "Is this computer on the network? Some networks need a proxy (HTTPS_PROXY) or a mirror "
            "(HF_ENDPOINT). The "
            'course\'s own weights need no network: vgg16("course").'
        )
        if isinstance(reason, ssl.SSLCertVerificationError):
            advice = (
                "It could not prove who it is. Look at the clock of this computer. With Python from "
                "python.org on macOS, run 'Install Certificates.command' once. Some proxies need their "
                "certificate in SSL_CERT_FILE."
            )
        return f"No answer from {self.url} ({str(reason) or type(reason).__name__}). {advice} {_BY_HAND}"


class _CutError(Exception):
    """The connection ended early; what came before is good."""
