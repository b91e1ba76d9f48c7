"""The command: what it prints where, its exit codes, and what it does with files it cannot use."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from reports import DEFINED, EVERY, PROVED, REFUTED, UNDECIDED, UNSUPPORTED, report

import convsym
import convsym.checker
import convsym.paper
from convsym import cli

TRUE = "With $a = 2$ given,\n\n$$(a + 1)^2 = a^2 + 2 a + 1$$\n"
FALSE = "Let\n\n$$f(x) = x^2$$\n\nThen\n\n$$f(3) = 6$$\n"


@pytest.fixture
def verdicts(monkeypatch):
    """Lets a test say what the checker finds, whatever the document is."""

    def say(*found):
        def check(path_or_text, **options):
            return report(*found, path=str(path_or_text))

        monkeypatch.setattr(convsym.checker, "check", check, raising=False)
        monkeypatch.setattr(convsym.paper, "verify_paper", lambda: list(found))

    return say


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(TRUE, encoding="utf-8")
    return str(path)


def run(*arguments, **options):
    command = [sys.executable, "-m", "convsym", *arguments]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, **options)


@pytest.mark.parametrize(
    ("found", "plain", "strict", "verify"),
    [
        ((DEFINED, PROVED), 0, 0, 0),
        ((DEFINED, REFUTED), 1, 1, 0),
        ((UNDECIDED,), 0, 3, 1),
        ((UNSUPPORTED,), 0, 3, 1),
        ((UNSUPPORTED, REFUTED), 1, 1, 1),
    ],
)
def test_exit_codes(found, plain, strict, verify, verdicts, note, capsys):
    verdicts(*found)
    assert cli.main(["check", note]) == plain
    assert cli.main(["check", "--strict", note]) == strict
    assert cli.main(["verify"]) == verify


def test_verify_prints_a_ledger_by_section_with_totals(verdicts, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    verdicts(*EVERY)
    cli.main(["verify"])
    out = capsys.readouterr().out
    for needed in ("1 Shapes", "(1)", "✓ proved", "✗ refuted", "∂z₁,₁/∂k₁,₁ = x₁,₁", "witness", "repair"):
        assert needed in out
    assert out.rstrip().endswith("5 relations: 1 definition, 1 proved, 1 refuted, 1 undecided, 1 unsupported")


def test_verify_as_json_and_as_markdown(verdicts, capsys):
    verdicts(*EVERY)
    cli.main(["verify", "--json"])
    record = json.loads(capsys.readouterr().out)
    assert record["schema"] == 1
    assert [entry["status"] for entry in record["files"][0]["equations"]] == [str(v.status) for v in EVERY]
    cli.main(["verify", "--markdown"])
    assert capsys.readouterr().out.startswith("| section | number | equation | verdict | why |")


@pytest.mark.parametrize("form", ["--json", "--markdown", "--github", "--sarif"])
def test_every_form_goes_to_standard_output_alone(form, verdicts, note, capsys):
    verdicts(REFUTED)
    assert cli.main(["check", form, note]) == 1
    out, err = capsys.readouterr()
    assert "refuted" in out
    assert err == ""


def test_explain_shows_the_steps_of_the_line(verdicts, note, capsys):
    verdicts(DEFINED, REFUTED)
    assert cli.main(["check", note, "--explain", "9"]) == 1
    out = capsys.readouterr().out
    assert "1. differentiate the left side" in out
    assert "X = x₁" not in out
    assert cli.main(["check", note, "--explain", "4"]) == 2
    assert "no relation begins on line 4; the lines that have one: 3, 9" in capsys.readouterr().err


def test_explain_finds_the_cell_of_a_notebook_or_says_how_to_name_it(tmp_path, capsys):
    texts = ["$$a = 2$$\n\n$$a + 1 = 4$$", "$$b = 3$$", "$$b^2 = 9$$"]
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    assert cli.main(["check", str(path), "--explain", "3"]) == 1
    alone = capsys.readouterr().out
    assert "the left side is 3" in alone
    assert cli.main(["check", str(path), "--explain", "0:3"]) == 1
    assert capsys.readouterr().out == alone
    for asked, answer in (
        ("1", "relations begin on line 1 of several cells; say which (CELL:LINE): 0:1, 1:1, 2:1"),
        ("7", "no relation begins on line 7; the cells and lines that have one: 0:1, 0:3, 1:1, 2:1"),
        ("0:2", "no relation begins on line 2 of cell 0; the cells and lines that have one: 0:1, 0:3"),
        (
            "9:1",
            "no relation begins on line 1 of cell 9; the cells and lines that have one: 0:1, 0:3, 1:1, 2:1",
        ),
    ):
        assert cli.main(["check", str(path), "--explain", asked]) == 2
        assert answer in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek", "x.md"], "Did you mean `convsym check`?"),
        (["check"], "PATH"),
        (["check", "--timeout", "0", "x"], "no time in seconds"),
        (["check", "--timeout", "nan", "x"], "no time in seconds"),
        (["check", "--timeout", "soon", "x"], "soon is no time in seconds"),
        (["check", "--explain", "here", "x"], "here is no line"),
        (["check", "--jobs", "two", "x"], "two is not between 1 and 256"),
        (["lab", "--port", "http"], "http is not between 0 and 65535"),
        (["check", "--jobs", "0", "x"], "not between 1 and 256"),
        (["check", "--json", "--sarif", "x"], "not allowed with"),
        (["lab", "--port", "99999"], "not between 0 and 65535"),
        (["--frobnicate"], "unrecognized"),
    ],
)
def test_usage_errors_exit_2_and_help(arguments, words, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["convsym", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    assert words in capsys.readouterr().err


def test_no_command_prints_the_help(capsys):
    assert cli.main([]) == 2
    assert "verify" in capsys.readouterr().err


def test_what_cannot_be_read_is_one_line_and_exit_2(verdicts, tmp_path, note, capsys):
    verdicts(PROVED)
    (tmp_path / "empty").mkdir()
    for argument, words in [("absent.md", "no such file"), ("empty", "no document in this folder")]:
        assert cli.main(["check", str(tmp_path / argument), note]) == 2
        out, err = capsys.readouterr()
        assert words in err
        assert len(err.splitlines()) == 1
        assert "proved" in out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("latin.md", "caf\xe9 $a = a$".encode("latin-1")),
        ("broken.ipynb", b'{"cells": ['),
        ("other.ipynb", b"[]"),
        ("old.ipynb", b'{"nbformat": 2, "worksheets": []}'),
    ],
)
def test_undecodable_files_and_broken_notebooks(name, content, tmp_path, capsys):
    path = tmp_path / name
    path.write_bytes(content)
    assert cli.main(["check", str(path)]) == 2
    out, err = capsys.readouterr()
    assert len(err.splitlines()) == 1
    assert err.count(name) == 1
    assert "Traceback" not in err + out
    assert path.read_bytes() == content


def test_folders_are_searched_and_each_document_is_checked_once(verdicts, tmp_path, capsys):
    verdicts(PROVED)
    for name in (
        "a.md",
        "sub/b.tex",
        "sub/c.ipynb",
        ".hidden/d.md",
        "sub/.ipynb_checkpoints/c.ipynb",
        "e.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"cells": [], "nbformat": 4}' if name.endswith("ipynb") else "x")
    assert cli.main(["check", "--json", str(tmp_path), str(tmp_path / "a.md")]) == 0
    paths = [entry["path"] for entry in json.loads(capsys.readouterr().out)["files"]]
    assert paths == [str(tmp_path / name) for name in ("a.md", "sub/b.tex", "sub/c.ipynb")]


def test_a_mark_excuses_the_refutation_it_announces_and_nothing_else(verdicts, note, capsys):
    Path(note).write_text("<!-- convsym: refuted -->\n\n$$a = b$$\n\n$$c = d$$\n")
    wrong = report(REFUTED).verdicts[0]
    announced = replace(wrong, line=3, column=3)
    verdicts(announced, replace(PROVED, line=5, column=3))
    assert cli.main(["check", note]) == 0
    verdicts(announced, replace(wrong, line=5, column=3))
    assert cli.main(["check", note]) == 1
    capsys.readouterr()
    verdicts(replace(PROVED, line=3, column=3))
    assert cli.main(["check", note]) == 1
    assert "marked as refuted, but found: proved" in capsys.readouterr().err


def test_marks_are_told_in_every_form(tmp_path, capsys):
    path = tmp_path / "marked.md"
    wrong = FALSE.replace("$$f(3)", "<!-- convsym: refuted -->\n\n$$f(3)")
    path.write_text(wrong, encoding="utf-8")
    assert cli.main(["check", "--github", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("::notice ")
    assert "refuted%2C as marked" in out
    assert cli.main(["check", "--sarif", str(path)]) == 0
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert (result["level"], result["suppressions"][0]["kind"]) == ("note", "inSource")
    assert cli.main(["check", str(path)]) == 0
    assert "1 refuted (1 as marked)" in " ".join(capsys.readouterr().out.split())

    path.write_text(wrong.replace("= 6", "= 9"), encoding="utf-8")
    message = "marked as refuted, but found: proved"
    assert cli.main(["check", "--github", str(path)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("::error ")
    assert message in out
    assert cli.main(["check", "--sarif", str(path)]) == 1
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("convsym/mark", "error")
    assert cli.main(["check", str(path)]) == 1
    assert "not as marked" in capsys.readouterr().out
    assert cli.main(["check", "--markdown", str(path)]) == 1
    assert "not as marked" in capsys.readouterr().out


def test_check_end_to_end(tmp_path, capsys):
    (tmp_path / "true.md").write_text(TRUE)
    (tmp_path / "false.md").write_text(FALSE)
    assert cli.main(["check", str(tmp_path / "true.md")]) == 0
    capsys.readouterr()
    assert cli.main(["check", "--json", str(tmp_path)]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [entry["status"] for entry in files[0]["equations"]] == ["definition", "refuted"]
    assert files[0]["equations"][1]["line"] == 7
    assert files[1]["equations"][-1]["status"] == "proved"


def test_several_jobs_give_the_report_of_one(tmp_path, capsys):
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(FALSE if number == 1 else TRUE)
    assert cli.main(["check", "--json", str(tmp_path)]) == 1
    alone = capsys.readouterr().out
    assert cli.main(["check", "--json", "--jobs", "2", str(tmp_path)]) == 1
    assert capsys.readouterr().out == alone


def test_standard_input(monkeypatch, capsys):
    for content, code in ((FALSE.encode(), 1), (TRUE.encode(), 0), (b"\xff\xfe$", 2)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        assert cli.main(["check", "--json", "-"]) == code
        assert json.loads(capsys.readouterr().out)["files"][0]["path"] == "-"


def test_the_module_runs_as_the_command_and_survives_poor_surroundings(tmp_path):
    (tmp_path / "f.md").write_text(FALSE)
    environment = {"PATH": "", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "HOME": str(tmp_path)}
    done = run("check", "f.md", cwd=tmp_path, env=environment)
    assert done.returncode == 1, done.stderr
    assert b"f.md:7" in done.stdout
    assert done.stdout.isascii()
    assert done.stderr == b""


def test_a_reader_that_stops_reading_is_no_error(tmp_path):
    (tmp_path / "f.md").write_text(FALSE)
    command = f"{sys.executable} -m convsym check {tmp_path / 'f.md'} | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, timeout=120, check=False)
    assert done.stderr == b""


def test_version_is_cheap_and_right():
    done = run("--version")
    assert done.stdout.decode().strip() == f"convsym {convsym.__version__}"


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import convsym; dir(convsym); convsym.__version__", "sympy numpy rich markdown_it convsym.errors"),
        ("import convsym.lab", "sympy numpy rich jupyterlab"),
        ("import convsym.cli", "sympy numpy rich"),
        ("import convsym.pytest_plugin", "sympy numpy rich"),
        ("import convsym.paper", "ipywidgets anywidget matplotlib IPython jupyterlab torch numba pytest"),
    ],
)
def test_imports_cost_only_what_they_need(code, absent):
    probe = f"{code}\nimport sys\nprint(*sorted(set({absent.split()!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_public_name_loads():
    for name in convsym.__all__:
        assert getattr(convsym, name) is not None
    assert set(convsym.__all__) - {"__version__"} == set(convsym._HOMES)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = convsym.nonsense
