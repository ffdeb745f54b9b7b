"""All editions of a lesson from one source: exercises, solved edition, slides and assignment.

`python -m tools.editions place` puts the exercises from `coursekit.exercises` into the notebooks;
`solutions`, `slides` and `assignments` write the other editions to `build/`.
"""

from tools.editions.assignments import assignment
from tools.editions.placing import differences, place, placed
from tools.editions.section import PlaceError, exercises_of, section_cells
from tools.editions.solutions import executed_solutions

__all__ = [
    "PlaceError",
    "assignment",
    "differences",
    "executed_solutions",
    "exercises_of",
    "place",
    "placed",
    "section_cells",
]
