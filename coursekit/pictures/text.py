"""How wide words are, and how they break and shrink to fit their place."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["one_line", "shortened", "text_width", "wrap"]

# Advance widths of DejaVu Sans, in hundredths of the font's size. Hardly any font for screens is wider: Arial
# and Segoe UI are narrower, Verdana is as wide. So what fits in it fits in the reader's own.
GROUPS = {28: "ijl'", 36: "IJ ,./:;\\|f-", 41: "()[]tr!", 53: '"*_`s?z', 62: "FLPTYceao", 73: "ABCKRVXU"}
GROUPS |= {65: "bdghknpquvxyESZ0123456789{}$", 82: "DGHNOQ&w", 87: "M#+<=>^~×−→", 100: "Wm%@½…"}
WIDTHS = {letter: width for width, letters in GROUPS.items() for letter in letters}
OTHER, IDEOGRAPH = 70, 102  # letters of Europe and signs; Korean, Chinese and Japanese
SLACK = 1.05  # for hinting and kerning


@lru_cache(maxsize=4096)
def text_width(words: str, size: float) -> float:
    """How many pixels a line of text of a size takes at most, in the fonts that readers have.

    >>> text_width("ii", 9) < text_width("mm", 9) < text_width("mm", 12)
    True
    """
    return SLACK * size / 100 * sum(WIDTHS.get(letter) or _other(letter) for letter in words)


def _other(letter: str) -> int:
    return OTHER if ord(letter) < 0x1100 or 0x1E00 <= ord(letter) < 0x2E80 else IDEOGRAPH


def wrap(words: str, width: float, size: float) -> list[str]:
    """Break words into lines of at most a width in pixels, between words where that is possible.

    >>> wrap("one two three", 70, 12)
    ['one two', 'three']
    """
    if words.strip() and "\n" not in words and text_width(words, size) <= width:
        return [words]
    lines: list[str] = []
    for word in words.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if text_width(joined, size) <= width:
            lines[-1:] = [joined]
            continue
        lines.append("")
        for letter in word:  # a word longer than a line, or a script without spaces, breaks anywhere
            if lines[-1] and text_width(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def shortened(words: str, width: float, size: float, most: int) -> list[str]:
    """Break words like `wrap`, and end in "…" what takes more lines than there are.

    >>> shortened("one two three", 70, 12, 1)
    ['one tw…']
    """
    lines = wrap(words, width, size)
    if len(lines) <= most:
        return lines
    last = " ".join(lines[most - 1 :])
    while last and text_width(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def one_line(words: str, width: float, size: float) -> str:
    """Write what fits into one line, with "…" at the end of what does not."""
    return "".join(shortened(words, width, size, 1))
