"""Executing and storing notebooks, and what nbval then sees with the course's settings."""

from __future__ import annotations

import copy
import re
import sys
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from nbconvert import MarkdownExporter, ScriptExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval_run import run_nbval

from tools.notebooks import NormaliseError, NotebookError, normalise, to_bytes, write
from tools.notebooks.__main__ import main

PICTURE = """\
class Picture:
    def __init__(self, words):
        self.words = words

    def _repr_mimebundle_(self, include=None, exclude=None):
        image = f'<img alt="{self.words}" width="86" src="data:image/svg+xml,%3Csvg/%3E">'
        html = f"<figure>{image}<figcaption>{self.words}</figcaption></figure>"
        return {"text/plain": self.words, "text/html": html}"""
SMALL = [
    PICTURE,
    'Picture("4 maps. Values -5.7 to 5.7.")',
    "from ipywidgets import FileUpload\nupload = FileUpload(accept='image/*')\nupload",
    "print('a', flush=True)\nprint('b', flush=True)\nlen(upload.value)",
    "display(Picture('first'), Picture('second'))",
]


def save(path, sources, **metadata):
    cells = [new_markdown_cell("# Small", id="title")]
    cells += [new_code_cell(source, id=f"code{n}") for n, source in enumerate(sources, start=1)]
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A small notebook, executed and stored."""
    path = save(tmp_path_factory.mktemp("written") / "small.ipynb", SMALL)
    assert write(path)
    return path


def outputs(path):
    notebook = nbformat.read(path, as_version=4)
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def test_writing_twice_changes_no_byte_and_leaves_no_file_behind(written):
    before, touched = written.read_bytes(), written.stat().st_mtime_ns
    assert not write(written)
    assert written.read_bytes() == before
    assert written.stat().st_mtime_ns == touched
    assert [path.name for path in written.parent.iterdir()] == ["small.ipynb"]


def test_what_is_stored_is_the_same_everywhere(written):
    data, shown = written.read_bytes(), outputs(written)
    assert data.endswith(b"}\n")
    assert b"\r" not in data
    assert [*shown] == ["code1", "code2", "code3", "code4", "code5"]
    (widget,) = shown["code3"]
    assert dict(widget.data) == {"text/plain": "FileUpload(value=(), accept='image/*', description='Upload')"}
    assert b"widget-view" not in data
    assert b"widget-state" not in data
    stream, result = shown["code4"]  # what print sends in pieces is one output
    assert stream.text == "a\nb\n"
    assert result.data["text/plain"] == "0"


@pytest.mark.parametrize(
    ("exporter", "ending", "code"),
    [(ScriptExporter, ".py", "# In[5]:"), (MarkdownExporter, ".md", "\n```python\nprint('a'")],
)
def test_what_is_stored_exports_with_its_language(written, exporter, ending, code):
    text, resources = exporter().from_filename(written)
    assert resources["output_extension"] == ending
    assert code in text


def test_the_kernel_works_in_the_notebooks_folder_with_one_thread_and_this_python(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    code = "import os, sys\n"
    code += "os.getcwd(), os.environ['OMP_NUM_THREADS'], os.environ.get('MPLBACKEND'), sys.executable"
    path = save(tmp_path / "where.ipynb", [code])
    write(path)
    ((output,),) = outputs(path).values()
    folder, threads, backend, python = eval(output.data["text/plain"])
    assert (threads, python) == ("1", sys.executable)
    assert backend != "Agg"
    assert folder == str(tmp_path.resolve())


BAD_REPR = "class Bad:\n    def __repr__(self):\n        raise KeyError('bad')\n\nBad()"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("while True: pass", "longer than 1 seconds"),
        (BAD_REPR, "KeyError: 'bad'"),
    ],
)
def test_a_failing_cell_leaves_the_file_alone_and_is_named(tmp_path, code, reason):
    path = save(tmp_path / "fails.ipynb", ["x = 1", code])
    before = path.read_bytes()
    with pytest.raises(NotebookError, match=rf"(?s)fails\.ipynb, cell 3 failed: .*{reason}"):
        write(path, seconds=1)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["fails.ipynb"]


def test_the_command_takes_the_lessons_of_a_folder_and_goes_on_after_a_failure(tmp_path, capsys):
    save(tmp_path / "04_relu.ipynb", ["raise KeyError('no')"])
    save(tmp_path / "05_pooling.ipynb", ["1 + 1"])
    save(tmp_path / "05_pooling-Copy1.ipynb", ["1 + 2"])
    assert main(["write", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "KeyError" in shown.err
    assert len(re.findall(r"(?m)^.*05_pooling-Copy1\.ipynb$", shown.err)) == 1
    assert "05_pooling.ipynb: written" in shown.out
    assert "Copy1" not in shown.out


def test_an_announced_error_is_stored_without_this_machines_traceback(tmp_path):
    path = save(tmp_path / "raises.ipynb", ["int('x')"])
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata.tags = ["raises-exception"]
    nbformat.write(notebook, path)
    write(path)
    ((output,),) = outputs(path).values()
    assert output.traceback == [f"ValueError: {output.evalue}"]


def test_cells_that_did_not_run_are_not_normalised():
    ran = new_code_cell("1", execution_count=1)
    with pytest.raises(NormaliseError, match=r"cell 2, 3 did not run"):
        normalise(new_notebook(cells=[ran, new_code_cell("2"), new_code_cell("3")]))


STILL = '<figure class="coursekit-still"><img alt="w"><figcaption>w</figcaption></figure>'
PICTURE_OF_IT = {"text/html": STILL, "text/plain": "w"}
VIEW = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}


def showing(*outputs):
    """A notebook whose one cell shows these."""
    shown = [new_output("display_data", data=data) for data in outputs]
    return new_notebook(cells=[new_code_cell("w", execution_count=1, outputs=shown)])


def test_of_an_explorer_the_still_picture_stays_and_the_view_goes():
    kept = normalise(showing(PICTURE_OF_IT, VIEW, PICTURE_OF_IT, VIEW)).cells[0].outputs
    assert [output.data for output in kept] == [PICTURE_OF_IT] * 2


@pytest.mark.parametrize("outputs", [[VIEW], [VIEW, PICTURE_OF_IT]], ids=["alone", "which is it of?"])
def test_a_widget_without_any_still_form_is_refused(outputs):
    with pytest.raises(NormaliseError, match="cell 1 shows a widget without text or picture"):
        normalise(showing(*outputs))


def test_what_differs_from_run_to_run_goes_and_what_writers_set_stays():
    cell = new_code_cell("t\r\nt", execution_count=7, id="mine")
    kept = {"tags": ["exercise"], "slideshow": {"slide_type": "slide"}, "nbgrader": {"grade": True}}
    cell.metadata |= kept | {"execution": {"iopub.status.busy": "2026-01-01T00:00:00Z"}, "collapsed": False}
    cell.outputs = [
        new_output("stream", name="stdout", text="<T at 0x7f3a5c2b1d90>"),
        new_output("execute_result", data={"text/plain": "<T at 0x7f3a5c2b1d90>"}, execution_count=7),
    ]
    metadata = {
        "language_info": {"name": "python", "version": "3.11.7"},
        "widgets": {"state": {}},
        "kernelspec": {"name": "mine", "display_name": "Mine", "language": "python"},
    }
    given = new_notebook(cells=[cell], metadata=metadata)
    before = copy.deepcopy(given)
    result = normalise(given)
    assert given == before, "the notebook that was given is not changed"
    assert result.cells[0].metadata == kept
    assert result.cells[0].id == "mine"
    assert result.cells[0].source == "t\nt"
    assert result.cells[0].execution_count == result.cells[0].outputs[1].execution_count == 1
    assert result.cells[0].outputs[0].text == result.cells[0].outputs[1].data["text/plain"] == "<T at 0x0>"
    assert result.metadata.kernelspec.name == "python3"
    assert "version" not in result.metadata.language_info
    assert "widgets" not in result.metadata
    assert normalise(result) == result


def replace(name, change):
    """Return a function that changes the outputs of a cell."""
    return lambda notebook: change(next(cell.outputs for cell in notebook.cells if cell.id == name))


def substitute(mime, old, new):
    def change(outputs):
        assert old in outputs[0].data[mime]
        outputs[0].data[mime] = outputs[0].data[mime].replace(old, new, 1)

    return change


# What somebody could have changed in a committed notebook -> whether nbval must pass.
CHANGES = {
    "nothing": (lambda notebook: None, True),
    "other-bytes": (replace("code2", substitute("text/html", "%3Csvg/%3E", "%3Csvg x='1'/%3E")), True),
    "number-in-text": (replace("code2", substitute("text/plain", "5.7.", "5.8.")), False),
    "number-in-alt": (replace("code2", substitute("text/html", '5.7."', '5.8."')), False),
    "number-in-caption": (replace("code2", substitute("text/html", "5.7.</fig", "5.8.</fig")), False),
    "width": (replace("code2", substitute("text/html", 'width="86"', 'width="87"')), False),
    "kind-of-picture": (replace("code2", substitute("text/html", "image/svg+xml", "image/svg")), False),
    "no-picture": (replace("code2", lambda outputs: outputs[0].data.pop("text/html")), False),
    "widget-text": (replace("code3", substitute("text/plain", "image/*", "*")), False),
    "stream": (replace("code4", lambda outputs: outputs[0].update(text="a\nc\n")), False),
    "swapped": (replace("code5", list.reverse), False),
}


@pytest.fixture(scope="module")
def verdicts(written, tmp_path_factory):
    """Which of the changed notebooks pass nbval: all of them in one run, with the course's settings."""
    folder = tmp_path_factory.mktemp("nbval")
    for name, (change, _) in CHANGES.items():
        notebook = nbformat.read(written, as_version=4)
        change(notebook)
        (folder / f"{name}.ipynb").write_bytes(to_bytes(notebook))
    run = run_nbval(folder, "--junitxml=report.xml", cell_timeout=60)
    assert run.returncode == 1, run.stdout + run.stderr
    failed = set()
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(next(name for name in CHANGES if f"{name}." in case.get("classname") + "."))
    return {name: name not in failed for name in CHANGES}


@pytest.mark.parametrize("name", CHANGES)
def test_nbval_sees_what_a_learner_would_see_and_nothing_else(name, verdicts):
    assert verdicts[name] == CHANGES[name][1]
