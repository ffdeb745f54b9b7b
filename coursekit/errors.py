"""Errors that a notebook shows as one sentence, without the traceback.

The course's messages say what was expected, what came, and what to do next. In a notebook they would come
below 25 lines of the course's own code, which are no help to a learner.
"""

import linecache
import sys
import traceback


class CourseError(Exception):
    """An error that shows its message and the line of the cell; `%tb Plain` shows the whole traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows; it calls this on any exception that has it."""
        shell = sys.modules["IPython"].get_ipython()
        if shell.InteractiveTB.mode != "Context":  # the learner has asked for another traceback
            return list(shell.InteractiveTB.structured_traceback(type(self), self, self.__traceback__))
        where: list[str] = []
        for frame, number in traceback.walk_tb(self.__traceback__):
            if frame.f_globals is shell.user_ns:  # code of a cell
                where = [
                    "",
                    f"In line {number}: {linecache.getline(frame.f_code.co_filename, number).strip()}",
                ]
        return [f"{type(self).__name__}: {self}", *where, "The whole traceback: %tb Plain"]


class WrongValueError(CourseError, ValueError):
    """A value that cannot be used."""


class WrongTypeError(CourseError, TypeError):
    """A value of a type that cannot be used."""
