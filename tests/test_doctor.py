"""Each thing that the doctor can find, from a made-up computer; and how it reads the real one."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path

import pytest

from coursekit import __main__ as commands
from coursekit import doctor, situation
from coursekit.situation import PACKAGES, PYTHON_IN_ENVIRONMENT, Situation

ROOT = Path(__file__).resolve().parents[1]
OLD_SYNTAX = ("__init__.py", "__main__.py", "doctor.py", "situation.py")


def installed(**versions: str | None) -> dict[str, str | None]:
    return {name: versions.get(name.replace("-", "_"), oldest) for name, (_, oldest) in PACKAGES.items()}


def wrong(seen: Situation) -> list[doctor.Finding]:
    return [finding for finding in doctor.examine(seen) if finding.level != "ok"]


def test_a_computer_with_nothing_wrong_gets_a_line_for_each_thing_that_was_looked_at() -> None:
    findings = doctor.examine(Situation())
    assert {finding.level for finding in findings} == {"ok"}
    assert all(any(finding.what.startswith(name) for finding in findings) for name in PACKAGES)


@pytest.mark.parametrize(
    ("seen", "level", "what", "mend"),
    [
        pytest.param(
            Situation(python=(3, 10, 13)),
            "stop",
            "Python 3.10.13 is too old",
            "PYTHON=python3.11",
            id="old Python",
        ),
        pytest.param(
            Situation(missing_folders=("data", "notebooks")),
            "stop",
            "without data/ and notebooks/",
            "clone the course",
            id="not in the repository",
        ),
        pytest.param(
            Situation(prefix=Path("usr")),
            "note",
            "this Python belongs to usr",
            str(Path("course", ".venv") / PYTHON_IN_ENVIRONMENT),
            id="another environment",
        ),
        pytest.param(
            Situation(installed=installed(opencv_python="4.9.0.80")),
            "stop",
            "opencv-python 4.9.0.80 is too old; the course needs 5.0",
            "make setup",
            id="old package",
        ),
        pytest.param(
            Situation(opencv_error="ImportError: libGL.so.1: cannot open shared object file"),
            "stop",
            "libGL.so.1",
            "apt-get install libgl1 libglib2.0-0",
            id="no libGL",
        ),
        pytest.param(
            Situation(opencv_error="ImportError: libgthread-2.0.so.0: cannot open shared object file"),
            "stop",
            "libgthread-2.0.so.0",
            "apt-get install libgl1 libglib2.0-0",
            id="no libglib",
        ),
        pytest.param(
            Situation(opencv_error="ImportError: DLL load failed"),
            "stop",
            "DLL load failed",
            "--force-reinstall --no-deps -c constraints.txt opencv-python",
            id="broken OpenCV",
        ),
        pytest.param(Situation(torch_cuda="13.0"), "note", "CUDA 13.0", "make clean setup", id="CUDA build"),
        pytest.param(
            Situation(missing_extensions=("ipywidgets",)),
            "stop",
            "no extension of ipywidgets",
            "jupyterlab_widgets; then start JupyterLab again",
            id="no widget extension",
        ),
        pytest.param(
            Situation(missing_extensions=("anywidget",)),
            "stop",
            "no extension of anywidget",
            "-c constraints.txt anywidget; then",
            id="no anywidget extension",
        ),
        pytest.param(
            Situation(kernel=None),
            "note",
            "no kernel python3",
            "ipykernel install --sys-prefix",
            id="no kernel",
        ),
        pytest.param(
            Situation(kernel=os.path.abspath("no-such-python")),
            "stop",
            "no-such-python, which is not there",
            "ipykernel install --sys-prefix",
            id="lost kernel",
        ),
        pytest.param(
            Situation(executable=sys.executable, kernel=os.path.abspath(__file__)),
            "stop",
            "another Python",
            "ipykernel install --sys-prefix",
            id="kernel of another Python",
        ),
        pytest.param(
            Situation(damaged=("temple.jpg is cut off.",)),
            "stop",
            "temple.jpg is cut off.",
            "git checkout -- data",
            id="damaged data",
        ),
    ],
)
def test_what_is_wrong_is_named_with_the_way_to_mend_it(
    seen: Situation, level: str, what: str, mend: str
) -> None:
    findings = wrong(seen)
    assert [finding.level for finding in findings] == [level]
    assert what in findings[0].what
    assert mend in findings[0].mend
    assert f"\n      mend: {findings[0].mend}" in str(findings[0])


@pytest.mark.parametrize("name", PACKAGES)
def test_a_missing_package_is_one_finding(name: str) -> None:
    # What hangs on the package is missing with it, and is not worth a line of its own.
    seen = Situation(
        installed={**installed(), name: None},
        missing_extensions=(name,) if name in ("ipywidgets", "anywidget") else (),
        kernel=None if name == "ipykernel" else "python",
    )
    assert [finding.what for finding in wrong(seen)] == [
        f"{name} is missing; the course needs {PACKAGES[name][1]} or newer"
    ]
    assert ("OpenCV can be imported" in str(doctor.examine(seen))) == (name != "opencv-python")


def test_what_brings_the_packages_depends_on_the_environment() -> None:
    missing = Situation(installed=installed(numpy=None))
    assert wrong(missing)[0].mend == "make setup"
    assert wrong(replace(missing, own_environment=None))[0].mend == "make setup"
    conda = wrong(replace(missing, conda=True, prefix=Path("miniconda")))
    assert [finding.mend for finding in conda] == ["conda env update -f environment.yml"]
    elsewhere = wrong(replace(missing, prefix=Path("usr")))
    assert all(str(Path("course", ".venv") / PYTHON_IN_ENVIRONMENT) in finding.mend for finding in elsewhere)


def test_packages_are_not_judged_with_a_python_that_will_not_run_the_course() -> None:
    findings = wrong(Situation(python=(3, 9, 18), installed=dict.fromkeys(PACKAGES)))
    assert [finding.level for finding in findings] == ["stop"]


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ("2.13.0+cpu", "ok"),
        ("2.13", "ok"),
        ("2.14.0a0", "ok"),
        ("3", "ok"),
        ("", "ok"),
        ("2.9.1", "stop"),
        ("2", "stop"),
    ],
)
def test_versions_are_compared_as_numbers(version: str, level: str) -> None:
    findings = doctor.examine(Situation(installed=installed(torch=version)))
    assert [finding.level for finding in findings if finding.what.startswith("torch")] == [level]


def test_trailing_zeros_make_no_older_version() -> None:
    assert wrong(Situation(installed=installed(numpy="2"))) == []


def test_a_kernel_beside_this_python_is_this_python() -> None:
    kernel = os.path.join(os.path.dirname(sys.executable), os.path.basename(sys.executable))
    assert wrong(Situation(executable=sys.executable, kernel=kernel)) == []


@pytest.mark.parametrize(
    ("seen", "status", "last"),
    [
        (Situation(), 0, "Nothing stops the course."),
        (Situation(torch_cuda="13.0"), 0, "Nothing stops the course."),
        (Situation(damaged=("a", "b")), 1, "Things that stop the course: 2."),
    ],
)
def test_the_exit_status_says_whether_something_stops_the_course(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seen: Situation,
    status: int,
    last: str,
) -> None:
    monkeypatch.setattr(doctor, "look", lambda: seen)
    assert doctor.main() == status
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_a_path_that_the_console_cannot_print_does_not_end_the_report() -> None:
    program = (
        "import pathlib; from coursekit import doctor, situation;"
        "doctor.look = lambda: situation.Situation(root=pathlib.Path('\\uac15\\uc758'));"
        "doctor.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert r"the course is in \uac15\uc758" in done.stdout


def test_the_doctor_takes_no_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["--fix"]) == 2
    assert "--fix" in capsys.readouterr().err


def test_nothing_stops_the_course_where_its_tests_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coursekit", "doctor"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "Nothing stops the course."


def test_the_doctor_runs_with_nothing_but_the_standard_library() -> None:
    # -S: without site-packages. Its report is then about everything that is missing.
    done = subprocess.run(
        [sys.executable, "-S", "-m", "coursekit", "doctor"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.returncode == 1
    assert all(f"STOP  {name} is missing" in done.stdout for name in PACKAGES)


def test_a_package_without_the_repository_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "coursekit").mkdir()
    for name in OLD_SYNTAX:
        shutil.copy(ROOT / "coursekit" / name, tmp_path / "coursekit" / name)
    own = tmp_path / ".venv" / PYTHON_IN_ENVIRONMENT
    own.parent.mkdir(parents=True)
    own.touch()
    program = [sys.executable, "-m", "coursekit", "doctor"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"STOP  the package is in {tmp_path.resolve()}, without data/ and notebooks/" in done.stdout
    assert done.stdout.count("STOP") == 1
    assert f'mend: "{own.resolve()}" -m coursekit doctor' in done.stdout


@pytest.mark.parametrize("name", OLD_SYNTAX)
def test_an_old_python_can_read_what_the_doctor_needs(name: str) -> None:
    ast.parse((ROOT / "coursekit" / name).read_text(encoding="utf-8"), feature_version=(3, 8))


def test_with_an_old_python_only_what_it_can_do_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setattr(situation, "_version", lambda *_: pytest.fail("no package may be looked up"))
    assert situation.look().python == (3, 9, 18)


def test_look_reads_this_computer() -> None:
    seen = situation.look()
    assert seen.executable == sys.executable
    assert seen.root == ROOT
    assert seen.installed["numpy"] == __import__("numpy").__version__
    assert seen.missing_folders == ()


def test_a_file_that_differs_is_damage_and_an_added_one_is_not(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("whole.jpg", "cut off.jpg", "gone.jpg"):
        (folder / name).write_bytes(b"a photograph")
    for command in (["init", "--quiet"], ["add", "data"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    assert situation._damaged(tmp_path) == ()
    (folder / "cut off.jpg").write_bytes(b"a photo")
    (folder / "gone.jpg").unlink()
    (folder / "mine.jpg").touch()
    cut, gone = situation._damaged(tmp_path)
    assert cut.startswith(f"{folder / 'cut off.jpg'} is not the file that the course came with")
    assert gone == f"Expected {folder / 'gone.jpg'}, and it is not there."


def test_the_cuda_version_is_read_without_importing_torch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spec = types.SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(situation.importlib.util, "find_spec", lambda _: spec)
    assert situation._torch_cuda() == ""
    file = tmp_path / "version.py"
    file.write_text("__version__ = '2.13.0'\ncuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n")
    assert situation._torch_cuda() == "13.0"
    file.write_text("__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\nhip: Optional[str] = None\n")
    assert situation._torch_cuda() == ""
    monkeypatch.setattr(situation.importlib.util, "find_spec", lambda _: None)
    assert situation._torch_cuda() == ""


def test_extensions_and_kernels_are_found_in_any_of_jupyters_folders(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert situation._missing_extensions([first, second]) == ("ipywidgets", "anywidget")
    assert situation._kernel([first, second]) is None
    for folder in (
        second / "labextensions/anywidget",
        first / "labextensions/@jupyter-widgets/jupyterlab-manager",
    ):
        folder.mkdir(parents=True)
        (folder / "package.json").touch()
    assert situation._missing_extensions([first, second]) == ()
    assert situation._missing_extensions([first]) == ("anywidget",)
    for folder, program in ((first, "python"), (second, "other")):
        (folder / "kernels/python3").mkdir(parents=True)
        (folder / "kernels/python3/kernel.json").write_text(
            f'{{"argv": ["{program}", "-m"]}}', encoding="utf-8"
        )
    assert situation._kernel([first, second]) == "python"
    (first / "kernels/python3/kernel.json").write_text('{"argv": []}', encoding="utf-8")
    found = situation._kernel([first, second])
    assert found is not None
    assert os.path.isabs(found)
    assert "unreadable" in found


def test_a_module_that_cannot_be_imported_gives_its_last_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    (tmp_path / "silent.py").write_text("import os; os._exit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert situation._import_error("broken") == "ImportError: libGL.so.1: cannot open shared object file"
    assert situation._import_error("silent") == "exit status 3"
    assert situation._import_error("json") == ""


def test_a_module_without_metadata_is_there_without_a_version() -> None:
    assert situation._version("no-such-package", "json") == ""
    assert situation._version("no-such-package", "no_such_module") is None
    assert situation._version("pytest", "pytest") == pytest.__version__


def test_without_a_command_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["-h"], ["--help"]):
        assert commands.main(arguments) == 0
        printed = capsys.readouterr().out
        assert all(
            f"  {name} " in printed and purpose in printed for name, (_, purpose) in commands.COMMANDS.items()
        )


def test_an_unknown_command_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["doktor"]) == 2
    assert "'doktor'. The commands are: doctor" in capsys.readouterr().err


def test_a_command_gets_its_arguments_and_gives_the_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[list[str]] = []
    monkeypatch.setitem(
        sys.modules, "pretend", types.SimpleNamespace(main=lambda rest: got.append(rest) or 5)
    )
    monkeypatch.setitem(commands.COMMANDS, "pretend", ("pretend", "nothing"))
    assert commands.main(["pretend", "-x", "1"]) == 5
    assert got == [["-x", "1"]]


@pytest.mark.parametrize("name", list(commands.COMMANDS))
def test_every_command_has_its_module(name: str) -> None:
    module = commands.COMMANDS[name][0]
    assert callable(__import__(module, fromlist=["main"]).main)
