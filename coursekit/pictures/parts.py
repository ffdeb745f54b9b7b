"""Parts of an image on a sheet: where they lie, and their rows and columns counted along the edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coursekit.pictures.grids import THIN
from coursekit.pictures.lettering import WIDTH
from coursekit.pictures.sheet import FAINT, Sheet

__all__ = ["Box", "Part", "beside", "checked_box"]

Box = tuple[int, int, int, int]
Ink = tuple[int, int, int]

GAP = 44  # pixels between an image and its enlarged part, with room for the numbers of rows
ALL = 10  # rows or columns that are all counted, where their numbers have room


@dataclass(frozen=True)
class Part:
    """A part of an image on a sheet.

    Attributes:
        box: Which part, `(row, column, height, width)` in pixels of the image.
        left: Where it begins on the sheet.
        size: Its height and width on the sheet.
    """

    box: Box
    left: int
    size: tuple[int, int]

    @property
    def right(self) -> int:
        """Where it ends on the sheet."""
        return self.left + self.size[1]

    def frame(self, sheet: Sheet, top: int, box: Box, inks: tuple[Ink, ...]) -> None:
        """Draw lines around pixels, the first ink outside; what is framed stays visible."""
        row, column, height, width = box
        if row < self.box[0] or column < self.box[1]:
            return
        if row + height > self.box[0] + self.box[2] or column + width > self.box[1] + self.box[3]:
            return
        down, across = self.size[0] / self.box[2], self.size[1] / self.box[3]
        first = top + round((row - self.box[0]) * down), self.left + round((column - self.box[1]) * across)
        last = (
            top + round((row - self.box[0] + height) * down) - 1,
            self.left + round((column - self.box[1] + width) * across) - 1,
        )
        for distance, ink in zip(range(len(inks), 0, -1), inks, strict=True):
            sheet.box(
                first[1] - distance, first[0] - distance, last[1] + distance, last[0] + distance, ink, 0
            )

    def count(self, sheet: Sheet, top: int, corner: tuple[int, int]) -> None:
        """Write the numbers of rows and columns along the edge; of many, those of the ends and the middle."""
        tall, wide = self.size
        for column in _counted(self.box[3], wide, 34, 18):
            at = self.left + (column + 0.5) * wide / self.box[3]
            text = str(corner[1] + self.box[1] + column)
            sheet.text(text, at, top - 9, size=8, colour=FAINT, align="centre")
        for row in _counted(self.box[2], tall, 14, 14):
            at = top + (row + 0.5) * tall / self.box[2]
            text = str(corner[0] + self.box[0] + row)
            sheet.text(text, self.left - 6, at, size=8, colour=FAINT, align="right")


def beside(whole: Part, box: Box) -> Part:
    """Place a part of an image, enlarged, to the right of it."""
    left = whole.right + GAP
    room = max(WIDTH - left - 24, 200)
    zoom = max(min(max(whole.size[0], 200) / box[2], room / box[3]), 1)
    zoom = int(zoom) if zoom >= 2 else zoom
    return Part(box, left, (max(THIN, round(box[2] * zoom)), max(THIN, round(box[3] * zoom))))


def checked_box(box: Any, height: int, width: int, what: str) -> Box:
    """Read a part of an image of a size.

    Raises:
        ValueError: It is not four whole numbers, or does not lie in the image.

    >>> checked_box([0, 1, 2, 3], 4, 4, "the frame")
    (0, 1, 2, 3)
    """
    try:
        row, column, tall, wide = map(int, box)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{what} must be (row, column, height, width) in whole pixels, but is {box!r}."
        ) from error
    if tall < 1 or wide < 1 or row < 0 or column < 0 or row + tall > height or column + wide > width:
        raise ValueError(
            f"{what} (row {row}, column {column}, height {tall}, width {wide}) does not lie in an image "
            f"of {height} x {width} pixels."
        )
    return row, column, tall, wide


def _counted(count: int, pixels: int, room: int, least: int) -> list[int]:
    """Which of the rows or columns have room for their number."""
    if count <= ALL and pixels >= least * count:
        return list(range(count))
    if pixels < room:
        return [0]
    return sorted({0, count // 2, count - 1}) if pixels >= 2 * room else sorted({0, count - 1})
