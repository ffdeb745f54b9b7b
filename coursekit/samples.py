"""The photographs that come with the course, and whom to thank for them.

In a clone of the course they are in `data/`, next to the package, with the weights of the course's own
network. This is the only module that knows where.
"""

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

from coursekit.errors import CourseError

__all__ = ["DataError", "Sample", "course_weights", "sample", "samples"]

_DATA = Path(__file__).resolve().parent.parent / "data"
_KEYS = ("file", "title", "author", "licence", "source")
# "- key: value" in SOURCES.md; indented lines continue the value.
_ITEM = re.compile(r"^- (\w+):(.*(?:\n  .*)*)", re.MULTILINE)


class DataError(CourseError, RuntimeError):
    """A file of the course is missing, makes no sense, or was never part of it."""


@dataclass(frozen=True)
class Sample:
    """One of the course's photographs, and whom to thank for it.

    Attributes:
        name: Short name, which `images.load_image` understands.
        path: The file. It isn't printed, because it differs from one computer to the next.
        title: What the picture shows.
        author: Who took it.
        licence: The terms on which it may be used.
        source: Web address of the original.
    """

    name: str
    path: Path = field(repr=False)
    title: str
    author: str
    licence: str
    source: str

    def __str__(self) -> str:
        """Return the credit line to print with the picture."""
        return f"{self.name}: {self.title}. By {self.author}. {self.licence}. {self.source}"


def samples() -> list[Sample]:
    """List the course's photographs, in the order of `data/images/SOURCES.md`.

    Raises:
        DataError: `data/` is missing, or SOURCES.md lacks something.

    >>> [sample.name for sample in samples()]
    ['temple', 'rocket', 'astronaut', 'cat', 'coffee', 'brick', 'gravel']
    """
    path = _find("images/SOURCES.md")
    found = []
    for section in path.read_text(encoding="utf-8").split("\n## ")[1:]:
        name, _, body = section.partition("\n")
        items = {key: " ".join(re.sub("[<>]", "", value).split()) for key, value in _ITEM.findall(body)}
        missing = [key for key in _KEYS if not items.get(key)]
        if missing:
            raise DataError(
                f"{path}: the photograph {name!r} has no {', '.join(missing)}. Add '- key: value'."
            )
        file, *credit = (items[key] for key in _KEYS)
        found.append(Sample(name, path.with_name(file), *credit))
    return found


def sample(name: str) -> Sample:
    """Return the photograph with this name.

    Raises:
        DataError: There is none (the message lists those there are), or its file is gone.

    >>> sample("cat").author
    'Stefan van der Walt'
    >>> sample("tempel")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    coursekit.samples.DataError: There is no sample 'tempel'. Did you mean 'temple'? The samples are: ...
    """
    known = samples()
    for each in known:
        if each.name == name:
            _find(f"images/{each.path.name}")
            return each
    names = [each.name for each in known]
    near = difflib.get_close_matches(str(name).casefold(), names, n=1)
    did_you_mean = f" Did you mean {near[0]!r}?" if near else ""
    raise DataError(f"There is no sample {name!r}.{did_you_mean} The samples are: {', '.join(names)}.")


def course_weights() -> Path:
    """Return the path of the weights of the course's own network.

    Raises:
        DataError: The file is missing.

    >>> course_weights().name
    'vgg16_course.safetensors'
    """
    return _find("weights/vgg16_course.safetensors")


def _find(name: str) -> Path:
    """Return the path of a file in `data/`, after checking that it exists."""
    path = _DATA / name
    if not _DATA.is_dir():
        raise DataError(
            f"The course's files are missing: expected the folder {_DATA}. They are not part of an installed "
            "package. Clone the course, and in the clone run: pip install -e ."
        )
    if not path.is_file():
        raise DataError(
            f"Expected {path}, but it is not there. Restore it from the repository: git checkout -- data"
        )
    return path
