"""The whole suite, asked for by `pytest` alone, is run by two workers; a file or a test asked for, by this process."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says more about the machine and its other work than about us.
settings.register_profile("convsym", deadline=None)
settings.load_profile("convsym")

WORKERS = 2


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    option = config.option
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    # Whoever says how many workers, debugs, or wants to see what is printed is not overruled.
    free = getattr(option, "numprocesses", 0) is None and option.dist == "no" and not option.tx
    watched = option.usepdb or option.trace or option.capture == "no"
    if (
        everything
        and free
        and not watched
        and not hasattr(config, "workerinput")
        and (os.cpu_count() or 1) > 1
    ):
        option.numprocesses, option.dist = WORKERS, "loadscope"
        # In the order of the files: the browser's tests, few and long, begin first.
        option.loadscopereorder = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files go to the workers whole; those of the browser share one JupyterLab, and so one worker."""
    if config.getvalue("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder = "tests/browser"
            return folder if nodeid.startswith(f"{folder}/") else super()._split_scope(nodeid)

    return Scheduling(config, log)
