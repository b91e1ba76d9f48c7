"""The laboratory: a learner's copies are the learner's, and the server listens to this computer only."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from convsym import cli, lab


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "00_a.ipynb").write_text("one")
    (folder / "01_b.ipynb").write_text("two")
    (folder / "script.py").write_text("no notebook")
    return folder


def test_copies_are_made_once_and_changes_are_kept(source, tmp_path):
    folder = tmp_path / "mine"
    assert lab.copy_notebooks(source, folder).new == ("00_a.ipynb", "01_b.ipynb")
    (folder / "00_a.ipynb").write_text("my own")
    again = lab.copy_notebooks(source, folder)
    assert (again.new, again.updated, again.kept) == ((), (), ("00_a.ipynb",))
    assert (folder / "00_a.ipynb").read_text() == "my own"
    assert not (folder / "script.py").exists()


def test_a_new_release_updates_only_what_the_learner_left_alone(source, tmp_path):
    folder = tmp_path / "mine"
    lab.copy_notebooks(source, folder)
    (folder / "00_a.ipynb").write_text("my own")
    (source / "00_a.ipynb").write_text("one, better")
    (source / "01_b.ipynb").write_text("two, better")
    copied = lab.copy_notebooks(source, folder)
    assert (copied.updated, copied.kept) == (("01_b.ipynb",), ("00_a.ipynb",))
    assert (folder / "00_a.ipynb").read_text() == "my own"
    assert (folder / "01_b.ipynb").read_text() == "two, better"


def test_a_file_that_was_there_before_is_never_touched(source, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "00_a.ipynb").write_text("older than convsym")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (folder / "01_b.ipynb").symlink_to(elsewhere)
    assert lab.copy_notebooks(source, folder).kept == ("00_a.ipynb", "01_b.ipynb")
    assert (folder / "00_a.ipynb").read_text() == "older than convsym"
    assert elsewhere.read_text() == "precious"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"00_a.ipynb": 3}'])
def test_a_damaged_manifest_only_means_that_more_is_kept(source, tmp_path, content):
    folder = tmp_path / "mine"
    lab.copy_notebooks(source, folder)
    (folder / lab._MANIFEST).write_text(content)
    (source / "00_a.ipynb").write_text("one, better")
    assert lab.copy_notebooks(source, folder).kept == ("00_a.ipynb",)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["lab", str(tmp_path / "file" / "inside"), "--no-browser"]) == 2
    err = capsys.readouterr().err
    assert "cannot keep notebooks in" in err
    assert len(err.splitlines()) == 1


def test_without_jupyter_one_line_says_how_to_get_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    assert cli.main(["lab", str(tmp_path / "n")]) == 2
    assert 'pip install "convsym[lab]"' in capsys.readouterr().err
    assert not (tmp_path / "n").exists()


def test_the_command_listens_to_loopback_and_tells_root(tmp_path):
    command = lab.lab_command(tmp_path, port=9999, browser=False, root=True)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert {"--ServerApp.port=9999", "--ServerApp.port_retries=0", "--no-browser", "--allow-root"} <= {
        *command
    }
    assert not any("token" in word or "password" in word for word in command)
    quiet = lab.lab_command(tmp_path, port=None, browser=True, root=False)
    assert not {"--no-browser", "--allow-root"} & {*quiet}


def test_jupyterlab_serves_the_copies_and_asks_for_its_token(tmp_path):
    environment = os.environ | {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    command = [sys.executable, "-m", "convsym", "lab", str(tmp_path / "mine"), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    try:
        lines = []
        for line in process.stdout:
            lines.append(line.decode())
            if lines[-1].startswith("JupyterLab is at "):
                break
        address = lines[-1].split()[-1]
        base, token = address.split("lab?token=")
        assert base.startswith(("http://127.0.0.1:", "http://localhost:"))
        request = urllib.request.Request(base + "api/contents", headers={"Authorization": f"token {token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            names = {entry["name"] for entry in json.load(answer)["content"]}
        assert {path.name for path in lab.notebooks_source().glob("*.ipynb")} <= names
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(base + "api/contents", timeout=30)
        if os.geteuid() == 0:
            assert any("You are root" in line for line in lines)
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0
        process.stdout.close()
