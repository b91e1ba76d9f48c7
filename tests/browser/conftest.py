"""One JupyterLab server and one headless Chromium for all browser tests.

Skips with the reason where Playwright or Chromium is missing; with CONVSYM_REQUIRE_ALL=1 that is a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "browser-test"
_READY = """() => {
  const context = window.jupyterapp?.shell?.currentWidget?.sessionContext;
  return context?.isReady && context.session?.kernel?.status === 'idle';
}"""


def missing(reason: str) -> None:
    if os.environ.get("CONVSYM_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True)
class Lab:
    address: str
    folder: Path

    def open(self, page: Any, notebook: Path, *, theme: str = "JupyterLab Light") -> None:
        """Open a copy of a notebook and wait until its kernel idles."""
        shutil.copy(notebook, self.folder / notebook.name)
        page.goto(f"{self.address}/doc/tree/{notebook.name}?reset&token={TOKEN}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_function(_READY, timeout=60_000)
        if theme != "JupyterLab Light":
            page.evaluate(
                "t => window.jupyterapp.commands.execute('apputils:change-theme', {theme: t})", theme
            )
            page.wait_for_selector("body[data-jp-theme-light='false']", state="attached", timeout=20_000)

    def run_all(self, page: Any) -> None:
        """Run every cell and wait until the last one has run."""
        page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for_function(_READY, timeout=90_000)

    def close(self, page: Any) -> None:
        page.evaluate("() => window.jupyterapp.shell.currentWidget?.sessionContext.shutdown()")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    pytest.importorskip("jupyterlab")
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    for path in (folder, settings):
        path.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(
        '{"fetchNews":"false","checkForUpdates":false}'
    )
    # Every cell stays in the page, also those far below the window.
    tracker = settings.parent / "notebook-extension"
    tracker.mkdir()
    (tracker / "tracker.jupyterlab-settings").write_text('{"windowingMode":"none"}')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True", "--allow-root"]
    command += [
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    address = f"http://127.0.0.1:{port}"
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=1).close()
                    break
                except OSError:
                    if server.poll() is not None:
                        pytest.fail((home / "lab.log").read_text()[-2000:])
                    time.sleep(0.1)
            yield Lab(address, folder)
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is not installed")
    if CHROMIUM is None:
        missing("no Chromium on the path")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=CHROMIUM_ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails the test if it asks anything of another host or a script of ours throws."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    outside: list[str] = []
    errors: list[str] = []

    def note(request: Any) -> None:
        if "127.0.0.1" not in request.url and not request.url.startswith(("data:", "blob:")):
            outside.append(request.url)

    opened.on("request", note)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not outside, f"fetched from a network: {outside[:3]}"
    assert not errors, f"errors in the page: {errors[:3]}"


def screenshot(target: Any, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    target.screenshot(path=str(ARTIFACTS / f"{name}.png"))
