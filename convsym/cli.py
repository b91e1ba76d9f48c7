"""The command `convsym`: verify the paper, check documents, open the notebooks."""

from __future__ import annotations

import argparse
import difflib
import inspect
import math
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from convsym import __version__
from convsym.errors import ConvsymError

if TYPE_CHECKING:
    from convsym.checker import FileReport, Report
    from convsym.report.marks import Marks
    from convsym.verdict import Verdict

SUFFIXES = (".ipynb", ".markdown", ".md", ".tex")
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})

_LARGEST_INPUT = 50_000_000

OK, REFUTED, USAGE, OPEN, INTERRUPTED = 0, 1, 2, 3, 130


class _Parser(argparse.ArgumentParser):
    """Says what was meant when a word is nearly right."""

    def error(self, message: str) -> NoReturn:
        words = [word for word in sys.argv[1:] if not word.startswith("-")]
        known = ("verify", "check", "lab")
        near = difflib.get_close_matches(words[0], known, n=1) if words and words[0] not in known else []
        hint = f" Did you mean `convsym {near[0]}`?" if near else ""
        if "invalid choice" in message and words and Path(words[0]).exists():
            hint = f" To check a document: `convsym check {words[0]}`."
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}.{hint}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: the arguments without the program's name; the process's own by default.

    Returns:
        The exit code: 0 nothing refuted, 1 something refuted (`verify`: not everything decided),
        2 a usage error or a file that cannot be read, 3 with --strict something left open.
    """
    parser = _build_parser()
    options = parser.parse_args(argv)
    command: Callable[[argparse.Namespace], int] | None = options.command
    if command is None:
        parser.print_help(sys.stderr)
        return USAGE
    try:
        code = command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has seen enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("convsym: interrupted", file=sys.stderr)
        return INTERRUPTED
    except (ConvsymError, OSError) as error:
        _complain(str(error))
        return USAGE
    return code


def _build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="convsym",
        description="Prove or refute the equations of a document; learn the gradient of a convolution.",
    )
    parser.add_argument("--version", action="version", version=f"convsym {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="verify | check | lab")

    verify = commands.add_parser(
        "verify",
        help="judge every equation of the paper",
        description="Judge every equation of the paper. Exits 0 when each was decided, 1 otherwise.",
    )
    forms = verify.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="write the records as JSON")
    forms.add_argument("--markdown", action="store_true", help="write a Markdown table")
    verify.set_defaults(command=_verify)

    check = commands.add_parser(
        "check",
        help="judge every equation of your documents",
        description="Judge every equation of Markdown, LaTeX and notebook files. No code in them is run.",
        epilog="Exits 0 if nothing is refuted, 1 if something is, 2 for a file that cannot be read, "
        "3 with --strict if something stays undecided or unsupported. An equation that is wrong on "
        "purpose is marked by a comment before it: <!-- convsym: refuted -->",
    )
    check.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or - for standard input")
    forms = check.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="write the records as JSON")
    forms.add_argument("--markdown", action="store_true", help="write Markdown tables")
    forms.add_argument("--github", action="store_true", help="write annotations for GitHub Actions")
    forms.add_argument("--sarif", action="store_true", help="write a SARIF 2.1.0 log")
    forms.add_argument("--explain", metavar="LINE", type=_line, help="show the steps (a notebook: CELL:LINE)")
    check.add_argument("--strict", action="store_true", help="also fail on what stays open (exit code 3)")
    check.add_argument("--timeout", type=_seconds, default=10.0, metavar="S", help="seconds a claim (10)")
    check.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="files checked at a time (1)")
    check.add_argument(
        "--as",
        dest="kind",
        choices=("markdown", "tex", "ipynb"),
        help="what the files named are, whatever their ending, and standard input (markdown)",
    )
    check.set_defaults(command=_check)

    lab = commands.add_parser(
        "lab",
        help="open the notebooks in JupyterLab",
        description="Open a copy of the notebooks in JupyterLab, on this computer only. Copies that you "
        "have changed are never overwritten.",
    )
    lab.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("convsym-notebooks"),
        help="where your copies live (./convsym-notebooks)",
    )
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.add_argument("--port", type=_port, help="the port (default: the first free one from 8888)")
    lab.set_defaults(command=_lab)
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError(f"{text} is no time in seconds")
    return seconds


def _jobs(text: str) -> int:
    jobs = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= jobs <= 256:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 256")
    return jobs


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 65535")
    return port


def _line(text: str) -> tuple[int | None, int]:
    cell, colon, line = text.rpartition(":")
    try:
        return (int(cell) if colon else None), int(line)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no line (a notebook: CELL:LINE)") from None


def _complain(message: str) -> None:
    """One line on standard error, whatever the message holds."""
    from convsym.report.neutral import neutral
    from convsym.report.terminal import console_for

    console_for(sys.stderr).print(f"convsym: {neutral(message)}", style="bold red", soft_wrap=True)


def _write(text: str, stream: TextIO | None = None) -> None:
    """Text for a program or a file: as it is, and an escape where the encoding has no such character."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


@contextmanager
def _progress(label: str, total: int | None) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal's standard error; nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    from convsym.report.terminal import console_for

    columns = (SpinnerColumn(), TextColumn(label, markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console_for(sys.stderr), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _verify(options: argparse.Namespace) -> int:
    with _progress("the paper's equations", None) as progress:
        from convsym.checker import FileReport, Report
        from convsym.paper import verify_paper
        from convsym.verdict import Status

        verdicts = tuple(verify_paper(**_accepted(verify_paper, progress=progress)))
    report = Report((FileReport("paper.md", verdicts),))
    if options.json:
        from convsym.report import to_json

        _write(to_json(report))
    elif options.markdown:
        from convsym.report import to_markdown

        _write(to_markdown(report, sections=True))
    else:
        from convsym.report.terminal import TerminalReport, console_for

        TerminalReport(console_for(sys.stdout)).ledger(report)
    undecided = {Status.UNDECIDED, Status.UNSUPPORTED}
    return REFUTED if not verdicts or any(verdict.status in undecided for verdict in verdicts) else OK


def _accepted(function: Callable[..., object], **options: Any) -> dict[str, Any]:
    """Those of the options that the function takes."""
    return {name: value for name, value in options.items() if name in inspect.signature(function).parameters}


def _check(options: argparse.Namespace) -> int:
    paths, missing = _documents(options.paths)
    from convsym.checker import Report

    files = missing + _check_all(paths, options)
    report = Report(tuple(files))
    for file in files:
        if file.error is not None:
            _complain(f"{file.path}: {file.error}")
    marks = _marked(files, options)
    _show(report, options, marks)
    for surprise in marks.surprises:
        _complain(str(surprise))
    verdicts = [verdict for verdict in report.verdicts if id(verdict) not in marks.expected]
    return _exit_code(report, verdicts, failed=bool(marks.surprises), strict=options.strict)


def _exit_code(report: Report, verdicts: list[Verdict], *, failed: bool, strict: bool) -> int:
    from convsym.verdict import Status

    statuses = {verdict.status for verdict in verdicts}
    if any(file.error is not None for file in report.files):
        return USAGE
    if failed or Status.REFUTED in statuses:
        return REFUTED
    return OPEN if strict and statuses & {Status.UNDECIDED, Status.UNSUPPORTED} else OK


def _show(report: Report, options: argparse.Namespace, marks: Marks) -> None:
    if options.json or options.github or options.sarif or options.markdown:
        from convsym.report import to_github, to_json, to_markdown, to_sarif

        if options.json:
            text = to_json(report)
        elif options.markdown:
            text = to_markdown(report, marks=marks)
        else:
            text = to_github(report, marks) if options.github else to_sarif(report, marks)
        if text:
            _write(text)
        return
    from convsym.report.terminal import TerminalReport, console_for

    terminal = TerminalReport(console_for(sys.stdout), marks)
    if options.explain is None:
        terminal.findings(report)
        return
    for number, (path, verdict) in enumerate(_explained(report, *options.explain)):
        if number:
            _write("")
        terminal.explanation(path, verdict)


def _explained(report: Report, cell: int | None, line: int) -> list[tuple[str, Verdict]]:
    """The relations that begin on a line, each with its file; in a notebook the cell may go unsaid if only one fits."""
    placed = [(file.path, verdict) for file in report.files for verdict in file.verdicts]
    found = [
        (path, verdict)
        for path, verdict in placed
        if verdict.line == line and (cell is None or verdict.cell == cell)
    ]
    cells = sorted({verdict.cell for _, verdict in found if verdict.cell is not None})
    if len(cells) > 1:
        named = ", ".join(f"{number}:{line}" for number in cells)
        raise ConvsymError(f"relations begin on line {line} of several cells; say which (CELL:LINE): {named}")
    if not found and any(file.error is None for file in report.files):
        inside = [verdict for _, verdict in placed if verdict.cell == cell]
        places = sorted({(-1 if v.cell is None else v.cell, v.line) for v in inside or report.verdicts})
        listed = ", ".join(f"{line}" if cell < 0 else f"{cell}:{line}" for cell, line in places) or "none"
        asked = f"line {line}" if cell is None else f"line {line} of cell {cell}"
        kind = "cells and lines" if any(cell >= 0 for cell, _ in places) else "lines"
        raise ConvsymError(f"no relation begins on {asked}; the {kind} that have one: {listed}")
    return found


def _documents(arguments: list[str]) -> tuple[list[str], list[FileReport]]:
    """The documents that the arguments name, each once, and a report for each argument that names none."""
    from convsym.checker import FileReport

    paths: list[str] = []
    missing: list[FileReport] = []
    for argument in arguments:
        try:
            mode = None if argument == "-" else os.stat(argument).st_mode
        except FileNotFoundError:
            missing.append(FileReport(argument, (), error="no such file or folder"))
            continue
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            missing.append(FileReport(argument, (), error=reason))
            continue
        if mode is None or stat.S_ISREG(mode):
            paths.append(argument)
        elif stat.S_ISDIR(mode):
            closed: list[OSError] = []
            found = sorted(map(str, _inside(Path(argument), closed.append)))
            for unread in closed:
                name = str(unread.filename or argument)
                missing.append(FileReport(name, (), error=f"this folder cannot be read: {unread.strerror}"))
            if not found and not closed:
                kinds = ", ".join(SUFFIXES)
                missing.append(FileReport(argument, (), error=f"no document in this folder ({kinds})"))
            paths += found
        else:
            missing.append(FileReport(argument, (), error="neither a file nor a folder"))
    return list(dict.fromkeys(paths)), missing


def _inside(folder: Path, closed: Callable[[OSError], None]) -> Iterator[Path]:
    for root, folders, names in os.walk(folder, onerror=closed):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not (Path(root) / name / "pyvenv.cfg").exists()
        ]
        yield from (
            Path(root) / name
            for name in names
            if name.lower().endswith(SUFFIXES) and not name.startswith(".")
        )


def _check_all(paths: list[str], options: argparse.Namespace) -> list[FileReport]:
    """One report a document, in order; one bar for all."""
    jobs = min(options.jobs, len(paths))
    if jobs <= 1:
        reports = []
        # One document: the bar counts its relations; several: the documents.
        alone = len(paths) == 1
        with _progress("relations" if alone else "documents", None if alone else len(paths)) as progress:
            for position, path in enumerate(paths, start=1):
                reports.append(
                    _check_one(
                        path,
                        options.timeout,
                        _kind(path, options),
                        options.explain,
                        progress if alone else None,
                    )
                )
                if not alone:
                    progress(position, len(paths))
        return reports
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    import convsym.checker  # noqa: F401 - imported once here, not once in each worker

    context = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        # The workers are forked by the first submission, before the bar starts its thread.
        waiting = [
            pool.submit(_check_one, path, options.timeout, _kind(path, options), options.explain)
            for path in paths
        ]
        with _progress("documents", len(paths)) as progress:
            reports = []
            for position, future in enumerate(waiting, start=1):
                reports.append(future.result())
                progress(position, len(paths))
    return reports


def _kind(path: str, options: argparse.Namespace) -> str | None:
    """What a document is said to be; what a folder holds goes by its ending."""
    kind: str | None = options.kind if path in options.paths else None
    return kind


def _check_one(
    path: str,
    timeout: float,
    kind: str | None,
    explain: tuple[int | None, int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> FileReport:
    """The report of one document; what cannot be read is said in the report."""
    from convsym.checker import FileReport, check

    wanted: dict[str, Any] = {}
    if explain is not None:
        wanted["explain"] = explain
    if progress is not None:
        wanted["progress"] = progress
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_LARGEST_INPUT + 1)
            if len(data) > _LARGEST_INPUT:
                return FileReport(path, (), error=f"more than the limit of {_LARGEST_INPUT} bytes")
            text = data.decode("utf-8-sig")
            report = check(text, timeout=timeout, kind=kind or "markdown", **wanted)
            return replace(report.files[0], path=path, source=text)
        report = check(Path(path), timeout=timeout, kind=kind, **wanted)
    except UnicodeDecodeError as error:
        return FileReport(path, (), error=f"not UTF-8 text (byte {error.start})")
    except (ConvsymError, OSError) as error:
        line = " ".join(str(getattr(error, "strerror", None) or error).split())
        return FileReport(path, (), error=line.removeprefix(f"{path}: "))
    found = report.files[0]
    problem = found.error and found.error.removeprefix(f"{path}: ")
    return replace(found, path=path, error=problem)


def _marked(files: list[FileReport], options: argparse.Namespace) -> Marks:
    """What is and what is not as its mark in the document says."""
    from convsym.document import read_document
    from convsym.expectations import expectations
    from convsym.report.marks import Marks, Surprise

    surprises: list[Surprise] = []
    failures: dict[int, str] = {}
    excused: set[int] = set()
    for file in files:
        if file.error is not None:
            continue
        kind = _kind(file.path, options)
        if file.path == "-":
            document = read_document(file.source, kind=kind or "markdown")
        else:
            document = read_document(Path(file.path), kind=kind)
        for expected in expectations(document):
            if expected.status is None:
                continue
            inside = [verdict for verdict in file.verdicts if expected.covers(verdict)]
            failure = expected.failure(inside)
            if failure is not None:
                at = expected.display
                surprises.append(Surprise(file.path, at.line, at.column, at.cell, failure))
                failures |= {id(verdict): failure for verdict in inside}
            excused |= {id(verdict) for verdict in inside if verdict.status is expected.status}
    return Marks(frozenset(excused), failures, tuple(surprises))


def _lab(options: argparse.Namespace) -> int:
    from convsym.lab import copy_notebooks, lab_command, notebooks_source, start

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    command = lab_command(options.folder, port=options.port, browser=not options.no_browser, root=root)
    copied = copy_notebooks(notebooks_source(), options.folder)
    _write(f"Your notebooks are in {copied.folder} ({len(copied.new)} new, {len(copied.updated)} updated).")
    for name in copied.kept:
        _write(f"Kept your own {name}; move it away to get the original.")
    if root:
        _write("You are root: JupyterLab is told to allow that. Prefer a user of your own.")
    sys.stdout.flush()
    server, address = start(command)
    _write(f"JupyterLab is at {address}")
    _write("Stop it with Ctrl-C.")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    while True:
        try:
            return OK if server.wait() in (0, -signal.SIGTERM, -signal.SIGINT) else REFUTED
        except KeyboardInterrupt:
            # The terminal has told the server as well; it closes its kernels and ends.
            server.terminate()
