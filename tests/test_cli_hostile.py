"""The command and the plugin among files nobody would wish for: one clear line each, and the input untouched."""

import json
import os
import stat
import subprocess
import sys
import time

import pytest

from convsym import cli
from convsym.document import reader

FALSE = "$$1 = 2$$\n"

pytest_plugins = ["pytester"]


def complaints(capsys):
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return err.splitlines()


def test_odd_names_and_line_ends(tmp_path, capsys):
    names = ["a b.md", "ünïcode ∂.md", "-dash.md", "quote'\".md", "percent%20.md", "new\nline.md", "LOUD.MD"]
    for name in names:
        (tmp_path / name).write_bytes(b"text\r\n\r\n$$1 = 2$$\r\n")
    assert cli.main(["check", "--json", str(tmp_path)]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert sorted(entry["path"] for entry in files) == sorted(str(tmp_path / name) for name in names)
    assert all(entry["equations"][0]["line"] == 3 for entry in files)
    assert cli.main(["check", "--github", str(tmp_path / "new\nline.md")]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\xff\xfe\x00\x01", bytes(range(128, 256)) * 40])
def test_a_picture_that_calls_itself_markdown(content, tmp_path, capsys):
    path = tmp_path / "picture.md"
    path.write_bytes(content)
    assert cli.main(["check", str(path)]) == 2
    assert len(complaints(capsys)) == 1
    assert path.read_bytes() == content


def test_an_empty_file_says_nothing_and_is_no_error(tmp_path, capsys):
    (tmp_path / "empty.md").write_bytes(b"")
    assert cli.main(["check", "--strict", str(tmp_path)]) == 0
    assert complaints(capsys) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.py", b"x = 1\n"),
        ("data.json", b'{"a": 1}'),
        ("paper.pdf", b"%PDF-1.7\n\xff\xfe"),
        ("notes.md.bak", FALSE.encode()),
        ("notes.rst", FALSE.encode()),
        ("Makefile", b"all:\n"),
    ],
)
def test_a_file_that_is_no_document_by_its_ending_is_not_read(name, content, tmp_path, capsys):
    path = tmp_path / name
    path.write_bytes(content)
    assert cli.main(["check", str(path)]) == 2
    (line,) = complaints(capsys)
    assert name in line
    assert "by its ending" in line
    assert path.read_bytes() == content


def test_what_the_named_files_are_can_be_said(tmp_path, capsys):
    tex = "<!-- convsym: refuted -->\n\\[1 = 2\\]\n%\\[1 = 3\\]\n"
    for name in ("notes.rst", "notes.txt", "other.md"):
        (tmp_path / name).write_text(tex)
    for name, kind, lines in (
        ("notes.rst", "tex", [2]),
        ("notes.txt", "tex", [2]),
        ("notes.rst", "markdown", [2, 3]),
    ):
        cli.main(["check", "--json", "--as", kind, str(tmp_path / name)])
        (file,) = json.loads(capsys.readouterr().out)["files"]
        assert [entry["line"] for entry in file["equations"]] == lines
    # What a folder holds goes by its ending.
    cli.main(["check", "--json", "--as", "tex", str(tmp_path)])
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert [entry["line"] for entry in file["equations"]] == [2, 3]


def test_links_in_circles_pipes_and_names_that_lead_nowhere(tmp_path, capsys):
    (tmp_path / "a.md").write_text("$$1 = 1$$\n")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert cli.main(["check", str(tmp_path)]) == 0
    assert complaints(capsys) == []
    (tmp_path / "self.md").symlink_to(tmp_path / "self.md")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
    os.mkfifo(tmp_path / "pipe.md")
    assert cli.main(["check", str(tmp_path)]) == 2
    lines = complaints(capsys)
    assert len(lines) == 3
    for name in ("self.md", "gone.md", "pipe.md"):
        assert any(name in line for line in lines)
    for argument in ("x" * 5_000, "nul\0.md", str(tmp_path / "pipe.md"), os.devnull):
        assert cli.main(["check", argument]) == 2
        assert len(complaints(capsys)) == 1


def test_what_may_not_be_read_is_said(tmp_path, capsys, monkeypatch):
    (tmp_path / "a.md").write_text(FALSE)
    (tmp_path / "closed").mkdir()
    path = tmp_path / "secret.md"
    path.write_text(FALSE)
    # Root may read everything, so the refusals are made up.
    whole, listed = reader.Path.read_bytes, os.scandir

    def read_bytes(self):
        if self.name == "secret.md":
            raise PermissionError(13, "Permission denied", str(self))
        return whole(self)

    def scandir(folder="."):
        if str(folder).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(reader.Path, "read_bytes", read_bytes)
    monkeypatch.setattr(os, "scandir", scandir)
    assert cli.main(["check", "--json", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert sorted(line.count("Permission denied") for line in err.splitlines()) == [1, 1]
    assert json.loads(out)["summary"]["refuted"] == 1


def test_a_huge_file_is_refused_and_a_large_one_is_read_in_time(tmp_path, capsys):
    huge = tmp_path / "huge.md"
    with huge.open("wb") as file:
        file.truncate(60_000_000)
    assert cli.main(["check", str(huge)]) == 2
    (line,) = complaints(capsys)
    assert "more than the limit" in line
    large = tmp_path / "large.md"
    large.write_text("words and `code` and more $x$ words. " * 12_000 + "\n\n" + FALSE)
    start = time.monotonic()
    assert cli.main(["check", str(large)]) == 1
    assert time.monotonic() - start < 30


TRICKS = [
    "$$",
    "$ ",
    "\\[\n",
    "\\\\[",
    "`",
    "```\n",
    "<!--",
    "<pre>",
    "](",
    "\\begin{align}",
    "> ",
    "- ",
    "\\$$",
    "{",
    "\\def\\a",
]


@pytest.mark.parametrize("kind", ["markdown", "tex"])
def test_reading_takes_no_longer_than_the_text_is_long(kind):
    for trick in TRICKS:
        start = time.process_time()
        reader.read_document("x " + trick * (60_000 // len(trick)) + "\n", kind=kind)
        assert time.process_time() - start < 5, trick


def test_hundreds_of_files(tmp_path, capsys):
    for number in range(400):
        folder = tmp_path / f"{number % 7}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.md").write_text("$$1 = 1$$\n")
    assert cli.main(["check", "--json", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["proved"] == 400


def test_input_is_untouched(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(FALSE)
    path.chmod(0o444)
    before = path.stat()
    assert cli.main(["check", "--json", str(path)]) == 1
    after = path.stat()
    assert (after.st_mtime_ns, after.st_ino, stat.S_IMODE(after.st_mode)) == (
        before.st_mtime_ns,
        before.st_ino,
        0o444,
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.md"]


def test_standard_input_without_end_is_refused():
    command = f"yes '$$1 = 2$$' | {sys.executable} -m convsym check -"
    done = subprocess.run(command, shell=True, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"more than the limit" in done.stderr


def test_the_plugin_among_such_files(pytester):
    pytester.path.joinpath("binary.md").write_bytes(b"\xff\xfe\xfa\x00$")
    pytester.path.joinpath("old.ipynb").write_text('{"nbformat": 3, "worksheets": []}')
    pytester.path.joinpath("good é.md").write_bytes("ü\r\n\r\n$$1 = 1$$\r\n".encode())
    pytester.path.joinpath("pyproject.toml").write_text("[tool.convsym]\nsizes = { N = 3 }\n")
    pytester.path.joinpath("sized.md").write_text("$$N + 1 = 4$$\n\n$$N + 1 = 5$$\n")
    pytester.path.joinpath("hostile.md").write_text(
        "$$" + "{" * 100_000 + "a" + "}" * 100_000 + "$$\n\n$$10^{10^{10}} = 1$$\n"
    )
    result = pytester.runpytest_inprocess(
        "--convsym", "-p", "no:cacheprovider", "-rs", "--continue-on-collection-errors"
    )
    result.assert_outcomes(passed=2, failed=1, skipped=2, errors=2)
    assert "Traceback" not in result.stdout.str()
