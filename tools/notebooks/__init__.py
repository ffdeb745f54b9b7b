"""Execute, normalise and check the lessons' notebooks.

`python -m tools.notebooks write` executes the notebooks and stores them so that executing them again changes
no byte; `python -m tools.notebooks check` says which rule a notebook breaks, in which cell, and what to do.
"""

from tools.notebooks.execute import NotebookError, execute, write
from tools.notebooks.lesson import LESSONS, Lesson
from tools.notebooks.normalise import NormaliseError, normalise, to_bytes
from tools.notebooks.rules import RULES, Problem, check, check_file

__all__ = [
    "LESSONS",
    "RULES",
    "Lesson",
    "NormaliseError",
    "NotebookError",
    "Problem",
    "check",
    "check_file",
    "execute",
    "normalise",
    "to_bytes",
    "write",
]
