"""In a notebook an error of the course is one sentence and the line it came from; the rest when asked."""

import re

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

MISSING = "from coursekit import images\n\nphoto = images.load_image('tempel')"
ASSIGNED = """
from coursekit.explorers import ConvExplorer
explorer = ConvExplorer("cat", max_side=32)
explorer.stride = 99
"""
INSIDE = """
from coursekit import reference
def size(k):
    return reference.output_size(4, k)
sizes = [size(k) for k in (3, 4, 5)]
"""


def test_a_cell_ends_with_the_sentence_and_shows_the_traceback_when_asked():
    sources = (MISSING, "%tb Plain", ASSIGNED, INSIDE, "1 / 0")
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, allow_errors=True, timeout=60).execute()
    nbformat.validate(notebook)
    missing, asked, assigned, inside, other = (
        re.sub(r"\x1b\[[\d;]*m", "", "\n".join(cell.outputs[-1]["traceback"])) for cell in notebook.cells
    )
    assert missing.startswith("ImageError: Cannot load ")
    assert missing.endswith(
        "\n\nIn line 3: photo = images.load_image('tempel')\nThe whole traceback: %tb Plain"
    )
    assert len(missing.splitlines()) == 4
    assert "images.py" in asked
    assert "_locate" in asked
    assert "stride must lie between 1 and 8, got 99" in assigned
    assert "In line 3: explorer.stride = 99" in assigned
    assert "In line 3: return reference.output_size(4, k)" in inside
    assert "Traceback" in other  # of other libraries nothing is hidden
