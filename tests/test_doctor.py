"""Each thing that the doctor can find, from a made-up computer; and how it reads the real one."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
import types
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from coursekit import __main__ as commands
from coursekit import doctor
from coursekit.doctor import Situation

ROOT = Path(__file__).resolve().parents[1]
OLD_SYNTAX = ("__init__.py", "__main__.py", "doctor.py")
OLDEST = {"numpy": "2.0", "torch": "2.13", "opencv-python": "5.0", "ipywidgets": "8.1", "ipykernel": "6.29"}
OLDEST |= {"anywidget": "0.9.13"}
OWN_PYTHON = Path("course", ".venv", *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def packages(**versions: str | None) -> dict[str, tuple[str, str | None]]:
    return {name: (oldest, versions.get(name.replace("-", "_"), oldest)) for name, oldest in OLDEST.items()}


def computer(**seen: Any) -> Situation:
    """A computer on which nothing is wrong but what is named."""
    return Situation(**{"packages": packages(), **seen})


def wrong(seen):
    return [finding for finding in doctor.examine(seen) if finding.level != "ok"]


def test_a_computer_with_nothing_wrong_gets_a_line_for_each_thing_that_was_looked_at():
    findings = doctor.examine(computer())
    assert {finding.level for finding in findings} == {"ok"}
    assert wrong(computer(executable=sys.executable, kernel=sys.executable)) == []
    assert [finding.what.split()[0] for finding in findings] == [
        *("Python", "the", "environment:", *OLDEST, "OpenCV", "Jupyter's")
    ]


AGAIN = "-m pip install --force-reinstall --no-deps -c constraints.txt"
NOWHERE = os.path.abspath("no-such-python")


def case(level, what, mend, **seen):
    return pytest.param(computer(**seen), level, what, mend, id=what)


@pytest.mark.parametrize(
    ("seen", "level", "what", "mend"),
    [
        case("stop", "Python 3.10.13 is too old", "make setup PYTHON=python3.11", python=(3, 10, 13)),
        case("stop", "without data/ and", "clone the course", missing_folders=("data", "notebooks")),
        case("note", "Python belongs to usr", f'"{OWN_PYTHON}" -m coursekit doctor', prefix=Path("usr")),
        case("stop", "torch 2.9 is too old", "make setup", packages=packages(torch="2.9")),
        case("stop", "libGL.so.1", "apt-get install libgl1 libglib2.0-0", opencv_error="libGL.so.1: cannot"),
        case("stop", "libgthread", "install libgl1 libglib2.0-0", opencv_error="libgthread-2.0.so.0: no"),
        case("stop", "DLL load failed", f"{AGAIN} opencv-python", opencv_error="DLL load failed"),
        case("note", "CUDA 13.0", "make clean setup", torch_cuda="13.0"),
        case("stop", "extension for ipy", f"{AGAIN} jupyterlab_widgets", missing_extensions=("ipywidgets",)),
        case("stop", "extension for anyw", f"{AGAIN} anywidget; then", missing_extensions=("anywidget",)),
        case("note", "no kernel python3", "ipykernel install --sys-prefix", kernel=None),
        case("stop", "no-such-python, which does not exist", "ipykernel install", kernel=NOWHERE),
        case("stop", "another Python", "ipykernel", executable=sys.executable, kernel=__file__),
        case("stop", "temple.jpg is cut off.", "git checkout -- data", damaged=("temple.jpg is cut off.",)),
    ],
)
def test_what_is_wrong_is_named_with_the_way_to_mend_it(seen, level, what, mend):
    findings = wrong(seen)
    assert [finding.level for finding in findings] == [level]
    assert what in findings[0].what
    assert mend in findings[0].mend
    assert f"\n      fix: {findings[0].mend}" in str(findings[0])


@pytest.mark.parametrize("name", OLDEST)
def test_a_missing_package_is_one_finding(name):
    # What hangs on the package is missing with it, and is not worth a line of its own.
    seen = computer(
        packages={**packages(), name: (OLDEST[name], None)},
        missing_extensions=(name,) if name in ("ipywidgets", "anywidget") else (),
        opencv_error="No module named 'cv2'" if name == "opencv-python" else "",
        kernel=None if name == "ipykernel" else "python",
    )
    assert [finding.what for finding in wrong(seen)] == [
        f"{name} is missing; the course needs {OLDEST[name]} or newer"
    ]


def test_what_brings_the_packages_depends_on_the_environment():
    missing = computer(packages=packages(numpy=None))
    assert wrong(missing)[0].mend == "make setup"
    assert wrong(replace(missing, own_environment=None))[0].mend == "make setup"
    conda = wrong(replace(missing, conda=True, prefix=Path("miniconda")))
    assert [finding.mend for finding in conda] == ["conda env update -f environment.yml"]
    elsewhere = wrong(replace(missing, prefix=Path("usr")))
    assert all(f'"{OWN_PYTHON}"' in finding.mend for finding in elsewhere)


def test_packages_are_not_judged_with_a_python_that_will_not_run_the_course():
    findings = wrong(Situation(python=(3, 9, 18), packages={"numpy": ("2.0", None)}))
    assert [finding.level for finding in findings] == ["stop"]


def test_versions_are_compared_as_numbers():
    for version in ("2.13.0+cpu", "2.13", "2.14.0a0", "3", ""):
        assert wrong(computer(packages=packages(torch=version))) == []
    for version in ("2.9.1", "2.12.9+cpu", "2"):
        (finding,) = wrong(computer(packages=packages(torch=version)))
        assert finding.what == f"torch {version} is too old; the course needs 2.13 or newer"
    assert wrong(computer(packages=packages(numpy="2"))) == []  # trailing zeros make no older version


@pytest.mark.parametrize(
    ("seen", "stops"), [({}, 0), ({"torch_cuda": "13.0"}, 0), ({"damaged": ("a", "b")}, 2)]
)
def test_the_exit_status_says_whether_something_stops_the_course(monkeypatch, capsys, seen, stops):
    monkeypatch.setattr(doctor, "look", lambda: Situation(**seen))
    assert doctor.main() == bool(stops)
    last = f"Things that stop the course: {stops}." if stops else "Nothing stops the course."
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_a_path_that_the_console_cannot_print_does_not_end_the_report(monkeypatch):
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(doctor, "look", lambda: Situation(root=Path("강의")))
    monkeypatch.setattr(sys, "stdout", console)
    doctor.main()
    console.seek(0)
    assert r"the course is in \uac15\uc758" in console.read()


def reported(folder: Path, *options: str) -> str:
    program = [sys.executable, *options, "-m", "coursekit", "doctor"]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode == ("STOP" in done.stdout)
    return done.stdout


def test_nothing_stops_the_course_where_its_tests_run():
    assert reported(ROOT).endswith("\nNothing stops the course.\n")


def test_the_doctor_runs_with_nothing_but_the_standard_library_and_knows_what_is_wanted():
    said = reported(ROOT, "-S")  # without site-packages: everything is missing
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert re.findall(r"STOP  (\S+) is missing; the course needs (\S+) or newer", said) == [
        tuple(line.split(">=")) for line in project["dependencies"]
    ]


def test_a_package_without_the_repository_is_said_to_be_one(tmp_path):
    (tmp_path / "coursekit").mkdir()
    for name in OLD_SYNTAX:
        shutil.copy(ROOT / "coursekit" / name, tmp_path / "coursekit" / name)
    own = tmp_path.resolve() / OWN_PYTHON.relative_to("course")
    own.parent.mkdir(parents=True)
    own.touch()
    said = reported(tmp_path)
    assert f"STOP  the package is in {tmp_path.resolve()}, without data/ and notebooks/" in said
    assert said.count("STOP") == 1
    assert f'fix: "{own}" -m coursekit doctor' in said
    assert "ok    numpy 2" in said  # which packages are wanted, its metadata say


@pytest.mark.parametrize("name", OLD_SYNTAX)
def test_an_old_python_can_read_what_the_doctor_needs(name):
    ast.parse((ROOT / "coursekit" / name).read_text(encoding="utf-8"), feature_version=(3, 8))


def test_with_an_old_python_only_what_it_can_do_is_read(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setattr(doctor, "_wanted", lambda _: pytest.fail("no package may be looked up"))
    assert doctor.look().python == (3, 9, 18)


def test_a_file_that_differs_is_damage_and_an_added_one_is_not(tmp_path):
    (tmp_path / "data").mkdir()
    for name in ("good.jpg", "cut off.jpg", "gone.jpg"):
        (tmp_path / "data" / name).write_bytes(b"a photograph")
    (tmp_path / "beside.txt").touch()
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "published"]):
        subprocess.run([*git, *arguments], check=True)
    assert doctor._damaged(tmp_path) == ()
    (tmp_path / "data" / "cut off.jpg").write_bytes(b"a photo")
    (tmp_path / "data" / "gone.jpg").unlink()
    (tmp_path / "data" / "mine.jpg").touch()
    (tmp_path / "beside.txt").write_text("changed")
    cut, gone = doctor._damaged(tmp_path)
    assert cut.startswith(f"{tmp_path / 'data' / 'cut off.jpg'} is not the file that came with the course")
    assert gone == f"Expected {tmp_path / 'data' / 'gone.jpg'}, but it is not there."


def test_the_cuda_version_is_read_without_importing_torch(monkeypatch, tmp_path):
    spec = types.SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda _: spec)
    for cuda, wanted in (("'13.0'", "13.0"), ("None", "")):
        text = f"__version__ = '2.13.0'\ncuda: Optional[str] = {cuda}\nhip: Optional[str] = None\n"
        (tmp_path / "version.py").write_text(text)
        assert doctor._torch_cuda() == wanted
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda _: None)
    assert doctor._torch_cuda() == ""


def test_extensions_and_kernels_are_found_in_any_of_jupyters_folders(tmp_path):
    first, second = folders = [tmp_path / "first", tmp_path / "second"]
    assert doctor._missing_extensions(folders) == ("ipywidgets", "anywidget")
    assert doctor._kernel_program(folders) is None
    for file, text in {
        second / "labextensions/anywidget/package.json": "",
        first / "labextensions/@jupyter-widgets/jupyterlab-manager/package.json": "",
        first / "kernels/python3/kernel.json": '{"argv": ["python", "-m"]}',
        second / "kernels/python3/kernel.json": '{"argv": ["other", "-m"]}',
    }.items():
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    assert doctor._missing_extensions(folders) == ()
    assert doctor._missing_extensions([first]) == ("anywidget",)
    assert doctor._kernel_program(folders) == "python"
    (first / "kernels/python3/kernel.json").write_text('{"argv": []}', encoding="utf-8")
    found = doctor._kernel_program(folders)
    assert found is not None
    assert os.path.isabs(found)
    assert "unreadable" in found


def test_a_module_that_cannot_be_imported_gives_its_last_line(monkeypatch, tmp_path):
    (tmp_path / "broken.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    (tmp_path / "silent.py").write_text("import os; os._exit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert doctor._import_error("broken") == "ImportError: libGL.so.1: cannot open shared object file"
    assert doctor._import_error("silent") == "exit status 3"
    assert doctor._import_error("json") == ""


def test_a_module_without_metadata_is_there_without_a_version():
    assert doctor._version("json") == ""
    assert doctor._version("no_such_module") is None
    assert doctor._version("pytest") == pytest.__version__
    assert doctor._version("pillow") == __import__("PIL").__version__


def test_without_a_command_the_commands_are_listed(capsys):
    for arguments in ([], ["-h"], ["--help"]):
        assert commands.main(arguments) == 0
        printed = capsys.readouterr().out
        for name, (_, purpose) in commands.COMMANDS.items():
            assert re.search(rf"  {name} +{re.escape(purpose)}", printed)


def test_an_unknown_command_or_argument_is_refused(capsys):
    assert commands.main(["doktor"]) == 2
    assert "'doktor'. The commands are: doctor" in capsys.readouterr().err
    assert doctor.main(["--fix"]) == 2
    assert "--fix" in capsys.readouterr().err


def test_a_command_gets_its_arguments_and_gives_the_exit_status(monkeypatch):
    pretend = types.SimpleNamespace(main=Mock(return_value=5))
    monkeypatch.setitem(sys.modules, "pretend", pretend)
    monkeypatch.setitem(commands.COMMANDS, "pretend", ("pretend", "nothing"))
    assert commands.main(["pretend", "-x", "1"]) == 5
    pretend.main.assert_called_once_with(["-x", "1"])
