"""What explorers have in common: a checked photograph, a page part, and a still picture with words."""

from abc import abstractmethod
from contextlib import suppress
from typing import Any, ClassVar, Literal

import anywidget
import numpy as np
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import publish_display_data
from numpy.typing import NDArray

from coursekit.explorers.bundle import bundled, style
from coursekit.explorers.traits import Float32, Ints, between
from coursekit.images import ImageError, load_image
from coursekit.pictures import Picture
from coursekit.pictures.scale import colour_table
from coursekit.pictures.words import number

MOST_PIXELS = 1024  # the longest side of a photograph


class Explorer(anywidget.AnyWidget):
    """A picture that reacts in the page, with no message to the kernel, and a still picture where it cannot.

    What a learner can choose is a public trait: read it, assign it, `observe` and `link` it. What the page
    only draws is private. Subclasses name their ES module, send what it draws, and draw the still picture;
    `template.py` is the shortest one. In a notebook an explorer displays two things: the still picture, and
    the live view, which hides the still picture as soon as it is there. GitHub, exported pages without a
    network, and nbval see the still picture.

    Attributes:
        position: Row and column where the learner points, or pointed last, from 0.
        held: Name of the picture on which the learner holds the position; empty where the pointer moves it.
    """

    module: ClassVar[str]
    """Name of the ES module and of the style sheet in `page/`."""
    title: ClassVar[str]
    """What the page calls it."""
    mode: ClassVar[Literal["gray", "rgb"]] = "gray"
    """What the photograph is read as: (H, W), or (H, W, 3)."""
    usual: ClassVar[int] = 480
    """The longest side of a photograph that is loaded from a file: about as wide as its picture."""
    resizing: ClassVar[tuple[str, ...]] = ()
    """The traits that change how large the picture is in which positions count."""

    position = Ints("row", "column").tag(sync=True)
    held = traitlets.Unicode().tag(sync=True)
    _photograph = traitlets.Bytes().tag(sync=True)
    _photograph_shape = traitlets.List(traitlets.Int()).tag(sync=True)
    _colours = traitlets.Bytes().tag(sync=True)
    _opening = traitlets.Dict().tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "module" in cls.__dict__:  # a widget's traits make subclasses, too
            cls._esm, cls._css = bundled(cls.module), style(cls.module)
        super().__init_subclass__(**kwargs)

    def __init__(self, image: Any, *, max_side: int | None = None, **traits: Any) -> None:
        self._image = self._load(image, max_side)
        super().__init__(
            _photograph=packed(self.image),
            _photograph_shape=list(self.image.shape),
            _colours=colour_table("signed").tobytes() + colour_table("positive").tobytes(),
            **traits,
        )
        self.observe(self._stay_inside, list(self.resizing))
        others = anywidget.AnyWidget.class_trait_names()
        chosen = [name for name in self.keys if name not in others and not name.startswith("_")]
        self._opening = self.get_state(chosen)

    @classmethod
    def _load(cls, source: Any, max_side: int | None) -> Float32:
        """Load a photograph and check its size; without `max_side`, arrays stay as large as they are."""
        is_array = hasattr(source, "__array__")
        if max_side is None and not is_array:
            max_side = cls.usual
        image = load_image(source, mode=cls.mode, max_side=max_side)
        height, width = image.shape[:2]
        if max(height, width) > MOST_PIXELS:
            raise ImageError(
                f"{cls.__name__}: the photograph has {height} x {width} pixels, and the page redraws at most "
                f"{MOST_PIXELS} x {MOST_PIXELS}. Pass max_side={MOST_PIXELS} or less."
            )
        if min(height, width) < 8:
            of = "" if max_side is None else f" with max_side={max_side}"
            raise ImageError(
                f"{cls.__name__}: the photograph has {height} x {width} pixels{of}; there is nothing to "
                "point at in fewer than 8 x 8. Pass a larger one, or a larger max_side."
            )
        return image

    @property
    def image(self) -> Float32:
        """The photograph, as the page has it. Another photograph needs another explorer."""
        return self._image

    @image.setter
    def image(self, image: Any) -> None:
        """Refuse another photograph: much of the page is made for this one."""
        name = type(self).__name__
        raise AttributeError(
            f"{name}: the photograph cannot be exchanged. Make another explorer: {name}(image)."
        )

    def _extent(self) -> tuple[int, ...]:
        """Rows and columns of the picture in which positions count; ValueError where there is none."""
        return self.image.shape[:2]

    @traitlets.default("position")
    def _start(self) -> tuple[int, int]:
        rows, columns = self._extent()
        return rows // 2, columns // 2

    @traitlets.validate("position")
    def _exists(self, proposal: Any) -> tuple[int, int]:
        row, column = proposal["value"]
        try:
            rows, columns = self._extent()
        except ValueError:
            return row, column  # of the last picture that there was
        what = f"{type(self).__name__}: position"
        hint = f"There are {rows} rows and {columns} columns; the row comes first."
        between(row, 0, rows - 1, f"{what}: row", hint=hint)
        between(column, 0, columns - 1, f"{what}: column", hint=hint)
        return row, column

    def _stay_inside(self, _: Any) -> None:
        """Move the position into a picture that has become smaller, as the page does."""
        with suppress(ValueError):  # there is no picture
            (row, column), (rows, columns) = self.position, self._extent()
            self.position = min(row, rows - 1), min(column, columns - 1)

    @property
    def picture(self) -> Picture:
        """What the explorer shows now, as a picture: `explorer.picture.save("picture.svg")` keeps it."""
        return self._draw()

    @property
    def still(self) -> Picture:
        """The picture with words for pages that cannot run the explorer."""
        picture = self.picture
        return picture.with_words(f"{self.title}. Run this cell to use it. Still picture: {picture.words}")

    @property
    def words(self) -> str:
        """What the still picture shows, in words."""
        return self.still.words

    @abstractmethod
    def _draw(self) -> Picture:
        """Draw the still picture."""

    def __repr__(self) -> str:
        return self.words

    def _ipython_display_(self) -> None:
        self.layout.open()  # again, where it was closed
        self.open()
        still = dict(self.still._repr_mimebundle_())
        # The page looks for this class, and hides the picture while the view is there.
        still["text/html"] = still["text/html"].replace("<figure>", '<figure class="coursekit-still">', 1)
        view = {"model_id": self.model_id, "version_major": 2, "version_minor": 1}
        # The still picture first: the view looks for it where it begins, and must find it there.
        publish_display_data(still)  # type: ignore[no-untyped-call]
        publish_display_data({"application/vnd.jupyter.widget-view+json": view})  # type: ignore[no-untyped-call]
        _close_earlier(self)


_shown: dict[Explorer, dict[str, str]] = {}  # the cells that show it, each with its run


def _close_earlier(explorer: Explorer) -> None:
    """Close what an earlier run of this cell showed and no other cell shows; Jupyter would keep it for ever.

    Displayed once more, an explorer opens again. A front end that does not say which cell runs closes none.
    """
    shell: Any = get_ipython()
    request = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell, run = request.get("metadata", {}).get("cellId"), request.get("header", {}).get("msg_id")
    if cell is None:
        return
    _shown.setdefault(explorer, {})[cell] = run
    for old, cells in [*_shown.items()]:
        if cells.get(cell, run) != run:
            del cells[cell]
        if cells:
            continue
        del _shown[old]
        old.close()
        old.layout.close()
        outputs = shell.history_manager.output_hist
        for count in [count for count, value in outputs.items() if value is old]:
            del outputs[count]
            shell.drop_by_id({f"_{count}": old})


def packed(array: NDArray[Any]) -> bytes:
    """The numbers of an array as the page reads them: float32, little-endian, last axis first."""
    return np.ascontiguousarray(array, dtype="<f4").tobytes()


def in_rows(kernel: Float32) -> str:
    """A kernel's weights in words: 1 0; 0 -1."""
    return "; ".join(" ".join(number(weight) for weight in row) for row in kernel)
