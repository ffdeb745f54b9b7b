"""A still picture that says in words what it shows."""

import os
import re
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from coursekit.errors import WrongValueError

LEAD = 200  # letters of the words that are seen at once
# What an address, or the quotes around it, could not hold. "%" first.
PERCENT = (("%", "%25"), ("&", "%26"), ("#", "%23"), ("<", "%3C"), (">", "%3E"), ('"', "%22"), ("\n", "%0A"))


class Picture:
    """An SVG together with the words that say what it shows.

    A notebook displays the image with the words as its alternative text and caption, of which the first
    sentences are seen and the rest unfolds; a screen reader, a text terminal and nbval read all words.

    Attributes:
        svg: The text of the SVG. It holds everything that it shows, but for the fonts.
        width: In pixels of the page.
        words: What the picture shows, computed from the arrays that it was drawn from.

    >>> from coursekit.pictures import show_image
    >>> show_image([[0.0, 0.5], [0.5, 1.0]])  # doctest: +ELLIPSIS
    Gray image, 2 x 2 pixels (height x width). Values 0 to 1, mean 0.500...
    """

    def __init__(self, svg: str, width: int, words: str) -> None:
        self.svg, self.width, self.words = svg, width, words

    def with_words(self, words: str) -> "Picture":
        """Return the same picture with other words: the name of what it stands for before them, say."""
        return Picture(self.svg, self.width, words)

    def __repr__(self) -> str:
        return self.words

    def save(self, target: str | os.PathLike[str] | IO[bytes], *, density: float = 2) -> None:
        """Write the picture as SVG, or, where the path ends in .png, as PNG. Its words stand in the SVG.

        Args:
            target: A path, whose folder must exist, or a file opened for writing bytes, which gets SVG.
            density: Pixels of a PNG for each pixel of the page.

        Raises:
            FileNotFoundError: The folder of the path does not exist.
            ValueError: The path ends in neither, or the density is not from 0.1 to 10.
            ModuleNotFoundError: The package that draws PNG is not installed.
        """
        words = f"<desc>{escape(self.words, quote=False)}</desc>"
        data = self.svg.replace("><", f">{words}<", 1).encode()
        if not isinstance(target, (str, os.PathLike)):
            target.write(data)
            return
        path = Path(target)
        if path.suffix.lower() not in (".svg", ".png"):
            raise WrongValueError(
                f"a picture is saved as .svg or .png, but the path is {path.name}. Change its ending."
            )
        if not path.absolute().parent.is_dir():
            raise FileNotFoundError(
                f"cannot save the picture: the folder {path.absolute().parent} does not exist. "
                "Create it first, or choose another path."
            )
        if path.suffix.lower() == ".png":
            if not 0.1 <= density <= 10:
                raise WrongValueError(
                    f"density must be from 0.1 to 10 pixels for each of the page, but is {density!r}."
                )
            if find_spec("resvg_py") is None:
                raise ModuleNotFoundError(
                    "saving as PNG needs the package resvg-py: python -m pip install resvg-py. "
                    "Or save as .svg, which every browser opens."
                )
            from matplotlib import get_data_path
            from resvg_py import svg_to_bytes

            fonts = str(Path(get_data_path(), "fonts", "ttf"))  # of a computer that has none
            png = svg_to_bytes(self.svg, zoom=density, font_dirs=[fonts], sans_serif_family="DejaVu Sans")
            data = bytes(png)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:  # whole or not at all: what stood there before stays if the disk is full
            temporary.write_bytes(data)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # An image/svg+xml output has no alternative text in JupyterLab; HTML has it. Nearly all of the SVG is
        # base64 already: encoded a second time, it would grow by a third.
        svg = self.svg.encode("ascii", "xmlcharrefreplace").decode("ascii")
        for letter, code in PERCENT:
            svg = svg.replace(letter, code)
        lead = _lead(self.words)
        caption, rest = f"<small>{escape(lead)}</small>", self.words[len(lead) :]
        if rest:
            caption = f"<details><summary>{caption}</summary><small>{escape(rest)}</small></details>"
        html = (
            f'<figure><img alt="{escape(self.words)}" width="{self.width}" src="data:image/svg+xml,{svg}">'
            f"<figcaption>{caption}</figcaption></figure>"
        )
        return {"text/html": html, "text/plain": self.words}


def _lead(words: str) -> str:
    """Return the first sentences, which are seen before one unfolds the rest."""
    lead, *others = re.split(r"(?<=[.!?])(?=\s)", words)
    for sentence in others:
        if len(lead) + len(sentence) > LEAD:
            break
        lead += sentence
    return lead
