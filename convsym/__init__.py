"""Convolution gradients, derived, proved and computed; equations in LaTeX, proved or refuted.

The names below are loaded when they are first used, so that `import convsym` costs nothing and a job
that only checks equations never pays for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from convsym.answer import check_answer
    from convsym.backward import Derivation
    from convsym.checker import FileReport, Report, check
    from convsym.errors import (
        ArrayError,
        BudgetExceeded,
        ConvsymError,
        DocumentError,
        GeometryError,
        LatexError,
        LoweringError,
        ScopeError,
    )
    from convsym.geometry import Convolution
    from convsym.network import Network
    from convsym.paper import verify_paper
    from convsym.training import History, train
    from convsym.verdict import Status, Verdict, Witness

_HOMES = {
    "ArrayError": "errors",
    "BudgetExceeded": "errors",
    "Convolution": "geometry",
    "ConvsymError": "errors",
    "Derivation": "backward",
    "DocumentError": "errors",
    "FileReport": "checker",
    "GeometryError": "errors",
    "History": "training",
    "LatexError": "errors",
    "LoweringError": "errors",
    "Network": "network",
    "Report": "checker",
    "ScopeError": "errors",
    "Status": "verdict",
    "Verdict": "verdict",
    "Witness": "verdict",
    "check": "checker",
    "check_answer": "answer",
    "train": "training",
    "verify_paper": "paper",
}

__all__ = [
    "ArrayError",
    "BudgetExceeded",
    "Convolution",
    "ConvsymError",
    "Derivation",
    "DocumentError",
    "FileReport",
    "GeometryError",
    "History",
    "LatexError",
    "LoweringError",
    "Network",
    "Report",
    "ScopeError",
    "Status",
    "Verdict",
    "Witness",
    "__version__",
    "check",
    "check_answer",
    "train",
    "verify_paper",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
