"""`pytest --convsym`: every displayed equation of a notebook or document is a test item.

A failing item shows the place, the witness and the repair. Nothing of a document is run and no kernel
is started, so that the plugin stands beside nbval, which collects the same notebooks to execute them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from convsym.checker import FileReport
    from convsym.document import Document
    from convsym.expectations import Expected
    from convsym.verdict import Verdict

_SUFFIXES = frozenset({".ipynb", ".markdown", ".md", ".tex"})
_RELATION = re.compile(r"[=<>]|\\(?:le|ge|ne|approx|equiv|in)(?![A-Za-z])")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--convsym` and its relatives."""
    group = parser.getgroup("convsym", "equations proved or refuted")
    group.addoption(
        "--convsym",
        action="store_true",
        help="judge every displayed equation of .ipynb, .md and .tex files",
    )
    group.addoption(
        "--convsym-strict",
        action="store_true",
        help="fail, instead of skip, what is not supported or not decided",
    )
    group.addoption(
        "--convsym-timeout",
        type=float,
        default=10.0,
        metavar="S",
        help="seconds a claim may take (10)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker that every equation carries, so that `-m convsym` selects them."""
    config.addinivalue_line("markers", "convsym: an equation of a document, judged by convsym")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A collector for a document, if equations are asked for."""
    if not parent.config.getoption("--convsym") or file_path.suffix.lower() not in _SUFFIXES:
        return None
    collector: DocumentFile = DocumentFile.from_parent(parent, path=file_path)
    return collector


class DocumentFile(pytest.File):
    """A document; its equations are judged together, once, when the first of them is run."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a displayed equation, and one for all inline formulas with a relation."""
        from convsym.document import read_document
        from convsym.errors import ConvsymError
        from convsym.expectations import expectations

        self._report: FileReport | None = None
        try:
            document = read_document(self.path)
        except (ConvsymError, OSError, UnicodeDecodeError) as error:
            raise self.CollectError(f"{self.path}: {error}") from error
        self.expected = expectations(document)
        names: dict[str, int] = {}
        for expected in self.expected:
            name = _name(expected)
            names[name] = names.get(name, 0) + 1
            if names[name] > 1:
                name = f"{name}#{names[name]}"
            yield EquationItem.from_parent(self, name=name, expected=expected)
        if _has_inline_relation(document):
            yield InlineItem.from_parent(self, name="inline")

    def report(self) -> FileReport:
        """The document's verdicts."""
        if self._report is None:
            from convsym.checker import check

            timeout = self.config.getoption("--convsym-timeout")
            self._report = check(self.path, timeout=timeout).files[0]
        return self._report


class EquationFailure(Exception):
    """The verdicts of an equation are not what the document needs; the message is for a person."""


class _Judged(pytest.Item):
    """An item that ends well or badly by the verdicts it covers."""

    parent: DocumentFile

    def __init__(self, name: str, parent: DocumentFile) -> None:
        super().__init__(name, parent)
        self.add_marker("convsym")

    def judge(self, verdicts: list[Verdict]) -> None:
        """Pass on proofs and definitions, fail on refutations, skip what stays open unless strict."""
        from convsym.verdict import Status

        strict = self.config.getoption("--convsym-strict")
        open_statuses = {Status.UNDECIDED, Status.UNSUPPORTED}
        bad = [
            verdict
            for verdict in verdicts
            if verdict.status is Status.REFUTED or (strict and verdict.status in open_statuses)
        ]
        if bad:
            raise EquationFailure("\n\n".join(self.describe(verdict) for verdict in bad))
        left = [verdict for verdict in verdicts if verdict.status in open_statuses]
        if left:
            pytest.skip("; ".join(f"{verdict.status}: {verdict.reason}" for verdict in left))

    def describe(self, verdict: Verdict) -> str:
        """The place, the equation, the verdict, and why."""
        from convsym.report.phrases import because, place
        from convsym.report.readable import readable

        lines = [f"{place(self.shown_path(), verdict)}: {verdict.status}", f"    {readable(verdict.latex)}"]
        lines += [f"{heading or 'why':>11}: {text}" for heading, text in because(verdict)]
        if verdict.repair is not None:
            from convsym.report.neutral import neutral

            lines.append(f"{'as LaTeX':>11}: {neutral(verdict.repair)}")
        return "\n".join(lines)

    def shown_path(self) -> str:
        """The document's path as seen from the root of the run."""
        try:
            return self.path.relative_to(self.config.rootpath).as_posix()
        except ValueError:
            return str(self.path)

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: object = None,
    ) -> str:
        """The failure in the words of the verdict; anything unforeseen with its traceback."""
        if isinstance(excinfo.value, EquationFailure):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))


class EquationItem(_Judged):
    """A displayed equation, with what the document says of it."""

    def __init__(self, name: str, parent: DocumentFile, expected: Expected) -> None:
        super().__init__(name, parent)
        self.expected = expected

    def runtest(self) -> None:
        """Compare the verdicts of the relations in the display with what is expected of them."""
        report = self.parent.report()
        if report.error is not None:
            raise EquationFailure(f"{self.shown_path()}: {report.error}")
        verdicts = [verdict for verdict in report.verdicts if self.expected.covers(verdict)]
        failure = self.expected.failure(verdicts)
        if failure is not None:
            described = [self.describe(verdict) for verdict in verdicts]
            place = f"{self.shown_path()}:{self.expected.display.line}"
            raise EquationFailure("\n\n".join([f"{place}: {failure}", *described]))
        self.judge([verdict for verdict in verdicts if verdict.status is not self.expected.status])

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the display stands."""
        return self.path, self.expected.display.line - 1, self.name


class InlineItem(_Judged):
    """The relations that stand inside sentences."""

    def runtest(self) -> None:
        """Judge what no display covers."""
        report = self.parent.report()
        displays = self.parent.expected
        rest = [
            verdict
            for verdict in report.verdicts
            if not any(expected.covers(verdict) for expected in displays)
        ]
        self.judge(rest)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The document."""
        return self.path, 0, self.name


def _name(expected: Expected) -> str:
    display = expected.display
    line = f"line{display.line}"
    name = line if display.cell is None else f"cell{display.cell}:{line}"
    return f"{name}[{expected.status}]" if expected.status else name


def _has_inline_relation(document: Document) -> bool:
    return any(formula.inline and _RELATION.search(formula.latex) for formula in document.formulas())
