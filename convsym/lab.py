"""JupyterLab on the notebooks: a copy that belongs to the learner, and a server on loopback."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from convsym.errors import ConvsymError

_MANIFEST = ".convsym-notebooks.json"
_SUFFIXES = frozenset({".ipynb", ".md", ".csv", ".svg", ".png"})


class LabError(ConvsymError):
    """JupyterLab or the notebooks cannot be had; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of the learner's folder.

    Attributes:
        folder: the folder with the learner's copies.
        new: names that were copied now.
        updated: names that the learner had left as they were and that have a newer version now.
        kept: names that the learner has changed and that were left alone.
    """

    folder: Path
    new: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]


def notebooks_source() -> Path:
    """The folder with the notebooks: in the installed package, or beside it in a checkout.

    Raises:
        LabError: neither has notebooks.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if any(folder.glob("*.ipynb")):
            return folder
    raise LabError(f"the notebooks are not beside {package}; install convsym again")


def copy_notebooks(source: Path, folder: Path) -> Copied:
    """Give the learner copies, and never write over one that the learner has changed.

    Args:
        source: the folder with the originals.
        folder: where the copies go; made if missing.

    Raises:
        LabError: the folder cannot be made or written.
    """
    try:
        return _copy(source, folder)
    except OSError as error:
        raise LabError(f"cannot keep notebooks in {folder}: {error.strerror or error}") from error


def _copy(source: Path, folder: Path) -> Copied:
    folder.mkdir(parents=True, exist_ok=True)
    if folder.resolve() == source.resolve():
        return Copied(folder, (), (), ())
    manifest = folder / _MANIFEST
    copied = _read_manifest(manifest)
    new, updated, kept = [], [], []
    for original, name in _originals(source):
        content = original.read_bytes()
        target = folder / name
        if not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as stream:
                stream.write(content)
            new.append(name)
        elif not target.is_file() or target.is_symlink():
            kept.append(name)
            continue
        elif (present := _digest(target.read_bytes())) != _digest(content):
            if present != copied.get(name):
                kept.append(name)
                continue
            _replace(target, content)
            updated.append(name)
        copied[name] = _digest(content)
    _replace(manifest, json.dumps(copied, indent=1, sort_keys=True).encode())
    return Copied(folder, tuple(new), tuple(updated), tuple(kept))


def _originals(source: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if path.suffix in _SUFFIXES and not any(part.startswith(".") for part in name.parts):
            yield path, name.as_posix()


def _read_manifest(path: Path) -> dict[str, str]:
    """What was copied before; a manifest that cannot be read only means that more is kept."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in content.items()} if isinstance(content, dict) else {}


def _replace(target: Path, content: bytes) -> None:
    """Write beside, then move into place: an interruption leaves the old file whole."""
    beside = target.with_name(target.name + f".{os.getpid()}.part")
    beside.write_bytes(content)
    beside.replace(target)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def lab_command(folder: Path, *, port: int | None, browser: bool, root: bool) -> list[str]:
    """The command that starts JupyterLab on a folder, on loopback, with the token it makes up itself.

    Args:
        folder: the folder to serve.
        port: the port, or None for the first free one from 8888 on.
        browser: open a browser.
        root: the server runs as root, which JupyterLab must be told.

    Raises:
        LabError: JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise LabError('JupyterLab is missing; install it with: pip install "convsym[lab]"')
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder.resolve()}",
        "--ServerApp.answer_yes=True",
        "--Application.log_level=WARN",
    ]
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        command.append("--no-browser")
    if root:
        command.append("--allow-root")
    return command


def start(command: list[str], *, patience: float = 60.0) -> tuple[subprocess.Popen[bytes], str]:
    """Start the server and wait until it has an address.

    Args:
        command: as `lab_command` gives it.
        patience: seconds to wait.

    Returns:
        The running server and its address, token included.

    Raises:
        LabError: the server ended or stayed silent.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    server = subprocess.Popen(command)
    record = Path(jupyter_runtime_dir()) / f"jpserver-{server.pid}.json"
    deadline = time.monotonic() + patience
    try:
        while time.monotonic() < deadline:
            if server.poll() is not None:
                raise LabError(f"JupyterLab ended at once with status {server.returncode}")
            try:
                facts = json.loads(record.read_text(encoding="utf-8"))
                return server, f"{facts['url']}lab?token={facts['token']}"
            except (OSError, ValueError, KeyError):
                time.sleep(0.1)
        raise LabError(f"JupyterLab has no address after {patience:g} s")
    except BaseException:
        if server.poll() is None:
            server.terminate()
            server.wait()
        raise
