"""A lesson as slides: one HTML file that opens in any browser, without a network or a server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from tools.editions.reveal import reveal_files
from tools.editions.slide_layout import asks, blocks, lines_of, slide_texts, slide_types

__all__ = ["HEIGHT", "WIDTH", "index", "slides", "text_html", "title_of"]

WIDTH, HEIGHT = 1280, 720
# Pixels, as set in slides.css: the room on a page, then lines of text, of code and of long output.
ROOM, TEXT, CODE, SMALL, GAP = 626.0, 36.4, 22.1, 18.8, 14.0
PICTURE = 300.0  # the smallest height of a picture
LONG = 14  # printed lines; any more are set smaller
IMAGES = ("image/png", "image/jpeg")
START = f"""Reveal.initialize({{width: {WIDTH}, height: {HEIGHT}, margin: 0, center: false, hash: true,
  transition: "none", slideNumber: "c/t", controlsTutorial: false}});"""


class Piece(NamedTuple):
    """A text, some code or an output on a slide: its HTML, and roughly how many pixels high it is."""

    html: str
    height: float


Page = list[Piece]


def slides(notebook: NotebookNode) -> str:
    """Make a lesson's slides from its cells, their outputs and their `slideshow` metadata.

    Anything that doesn't fit on the slide where the metadata puts it begins another one below.

    Args:
        notebook: An executed lesson; if it lacks the metadata, the same rule supplies it.

    Returns:
        A complete HTML page, with reveal.js, styles, pictures and formulas in it.

    Raises:
        RevealError: There is no reveal.js.
    """
    own = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in notebook.cells]
    types = [str(each) for each in own] if all(own) else slide_types(notebook.cells)
    columns: list[list[Page]] = []
    for cell, slide_type in zip(notebook.cells, types, strict=True):
        if slide_type in ("skip", "notes"):
            continue
        for number, group in enumerate(_groups(cell)):
            if not columns or (slide_type == "slide" and number == 0):
                columns.append([[]])
            elif number or slide_type in ("slide", "subslide") or not _fits([*columns[-1][-1], *group]):
                columns[-1].append([])
            elif slide_type == "fragment":
                group = [
                    piece._replace(html=piece.html.replace('"piece', '"fragment piece', 1)) for piece in group
                ]
            for piece in group:
                if columns[-1][-1] and not _fits([*columns[-1][-1], piece]):
                    columns[-1].append([])
                columns[-1][-1].append(piece)
    body = "\n".join("<section>\n" + "\n".join(map(_section, column)) + "\n</section>" for column in columns)
    return _document(title_of(notebook), f'<div class="reveal"><div class="slides">\n{body}\n</div></div>')


def index(titles: Sequence[tuple[str, str]]) -> str:
    """Make the page that lists the lessons' slides.

    Args:
        titles: File name and title of each lesson.
    """
    links = "\n".join(f'<li><a href="{escape(name)}">{escape(title)}</a></li>' for name, title in titles)
    keys = "Space or → goes on, ← goes back, Esc shows all slides, F fills the screen."
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Slides</title></head>\n'
        f'<body style="font: 20px/1.5 system-ui, sans-serif; margin: 2em">\n<h1>Slides</h1>\n<p>{keys}</p>\n'
        f"<ul>\n{links}\n</ul>\n</body></html>\n"
    )


def text_html(markdown: str) -> str:
    """Turn a lesson's text into HTML and its formulas into MathML, which browsers draw themselves.

    >>> text_html("Size *n*.").strip()
    '<p>Size <em>n</em>.</p>'
    """
    return MarkdownWithMath(renderer=_Renderer(escape=False, exclude_anchor_links=True)).render(markdown)


class _Renderer(IPythonRenderer):
    def block_math(self, body: str) -> str:
        return _mathml(body, "block")

    def inline_math(self, body: str) -> str:
        return _mathml(body, "inline")


def _mathml(tex: str, display: str) -> str:
    from latex2mathml.converter import convert

    return str(convert(tex, display=display))


def _fits(page: Page) -> bool:
    return sum(piece.height + GAP for piece in page) - GAP <= ROOM


def _groups(cell: NotebookNode) -> Iterator[Page]:
    """Make a cell's pieces, in groups that each begin a page if they don't fit on the one before."""
    if cell.cell_type == "markdown":
        for part in slide_texts(cell.source):
            yield [
                _piece(text_html(text), lines_of(text) * TEXT, more=" asks" if asks(text) else "")
                for text in _told_and_asked(part)
            ]
        return
    code = f'<pre class="code">{_highlighted(cell.source)}</pre>'
    # Nobody needs to see on a slide what an unanswered exercise says.
    outputs = [] if "exercise" in cell.metadata.get("tags", ()) else cell.outputs
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden")  # the answer to a prediction
    pieces = [] if hidden else [_piece(code, (cell.source.count("\n") + 1) * CODE + 16)]
    yield [*pieces, *filter(None, map(_output, outputs))]


def _told_and_asked(part: str) -> list[str]:
    """Split a text before and after each paragraph that asks for a prediction."""
    found: list[str] = []
    asked = True
    for block in blocks(part):
        if asks(block) or asked:
            found.append(block)
        else:
            found[-1] += f"\n\n{block}"
        asked = asks(block)
    return found


def _output(output: Any) -> Piece | None:
    if output.output_type == "stream":
        return _printed(output.text)
    if output.output_type == "error":
        return _printed(f"{output.ename}: {output.evalue}")
    data = output.data
    words = escape(data.get("text/plain", ""))
    images = [f'<img alt="{words}" src="data:{mime};base64,{data[mime]}">' for mime in IMAGES if mime in data]
    html = data.get("text/html") or (f"<figure>{images[0]}</figure>" if images else "")
    if "<figure" in html:
        return _piece(html, PICTURE, more=" grow")
    if html:
        return _piece(html, TEXT)
    return _printed(data["text/plain"]) if data.get("text/plain") else None  # a live view alone


def _printed(text: str) -> Piece:
    lines = text.rstrip("\n").split("\n")
    html = escape("\n".join(lines))
    if len(lines) > LONG:
        return _piece(f'<pre class="shown long">{html}</pre>', len(lines) * SMALL)
    return _piece(f'<pre class="shown">{html}</pre>', len(lines) * CODE)


def _piece(html: str, height: float, *, more: str = "") -> Piece:
    return Piece(f'<div class="piece{more}">{html.strip()}</div>', height)


def _section(pieces: Page) -> str:
    return '<section><div class="page">' + "\n".join(piece.html for piece in pieces) + "</div></section>"


def _highlighted(source: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return str(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))).rstrip("\n")


def title_of(notebook: NotebookNode) -> str:
    """Return the lesson's title."""
    found = re.search(r"(?m)^# (.+)$", notebook.cells[0].source if notebook.cells else "")
    return found[1].strip() if found else "Slides"


def _document(title: str, body: str) -> str:
    from pygments.formatters import HtmlFormatter

    files = reveal_files()
    own = (Path(__file__).parent / "slides.css").read_text(encoding="utf-8")
    colours = HtmlFormatter(style="default").get_style_defs("pre.code")
    styles = "\n".join([files["dist/reset.css"], files["dist/reveal.css"], colours, own])
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<!-- reveal.js:\n{files['LICENSE']}-->\n<style>\n{styles}\n</style></head>\n<body>\n{body}\n"
        f"<script>\n{files['dist/reveal.js']}\n</script>\n<script>\n{START}\n</script>\n</body></html>\n"
    )
