"""A path or a text to a Document: what kind it is, its characters, and the scanner that reads it."""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import replace
from pathlib import Path

from convsym.document.collector import Collector, Piece, Source
from convsym.document.items import Document
from convsym.document.markdown import scan_markdown
from convsym.document.settings import project_directives
from convsym.document.tex import scan_tex
from convsym.errors import DocumentError

MAX_BYTES = 50_000_000
KINDS = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown", ".myst": "markdown",
    ".rmd": "markdown", ".qmd": "markdown", ".txt": "markdown", ".tex": "tex", ".ltx": "tex", ".latex": "tex",
    ".ipynb": "ipynb",
}  # fmt: skip
_UNKNOWN_ENDING = (
    "not Markdown (.md, .txt), LaTeX (.tex) or a notebook (.ipynb) by its ending; "
    "--as, or kind in Python, says which it is"
)
_TEX_SIGNS = re.compile(
    r"\\documentclass\b|\\begin\s*\{document\}|^\s*\\(?:sub)*section\*?\s*\{", re.MULTILINE
)
_DELIMITERS = re.compile(r"\$|\\\(|\\\[|\\begin\s*\{(?:equation|align|gather|multline|eqnarray|displaymath)")
_MATHEMATICS = re.compile(r"[\\^_]|[A-Za-z0-9)}\]]\s*(?:=|<|>|≤|≥|≈)\s*\S")


def read_document(path_or_text: str | os.PathLike[str], *, kind: str | None = None) -> Document:
    r"""Takes a file or a text apart.

    Args:
        path_or_text: a path, or the text itself: Markdown, LaTeX, a notebook's JSON, or one bare formula
            without any dollars.
        kind: "markdown", "tex", "ipynb" or "formula"; None goes by a file's ending, or by the look of a text.

    Returns:
        The formulas, prose and directives in reading order; all places point into the original file.

    Raises:
        DocumentError: a file that cannot be opened or decoded, whose ending does not say what it is, or that
            is no notebook of format 4.
    """
    if kind is not None and kind not in {*KINDS.values(), "formula"}:
        raise DocumentError(f"kind must be markdown, tex, ipynb or formula, not {kind!r}")
    if isinstance(path_or_text, str) and not _is_path(path_or_text):
        return _read(path_or_text.removeprefix("\ufeff"), "<text>", kind or _kind_of_text(path_or_text))
    path = Path(path_or_text)
    kind = kind or KINDS.get(path.suffix.lower())
    if kind is None and path.is_file():
        raise DocumentError(f"{path}: {_UNKNOWN_ENDING}")
    document = _read(_decoded(path), str(path_or_text), kind or "markdown")
    said = project_directives(path)
    return replace(document, items=(*said, *document.items)) if said else document


def _is_path(text: str) -> bool:
    if "\n" in text or "\r" in text or "\0" in text or len(text) > 1_000 or not text.strip():
        return False
    if Path(text).suffix.lower() in KINDS and "$" not in text:
        return True
    try:
        return Path(text).is_file()
    except OSError:
        return False


def _kind_of_text(text: str) -> str:
    head = text.lstrip()[:1]
    if head == "{" and re.search(r'"(?:nbformat|cells)"\s*:', text):
        return "ipynb"
    if _TEX_SIGNS.search(text):
        return "tex"
    if (
        _DELIMITERS.search(text) is None
        and re.search(r"\n\s*\n", text.strip()) is None
        and _MATHEMATICS.search(text)
    ):
        return "formula"
    return "markdown"


def _decoded(path: Path) -> str:
    """The characters of a file, without a byte order mark and with its own line breaks."""
    try:
        stamp = path.stat()
        if stat.S_ISDIR(stamp.st_mode):
            raise DocumentError(f"{path}: is a directory")
        if not stat.S_ISREG(stamp.st_mode):
            raise DocumentError(f"{path}: neither a file nor a folder")
        if stamp.st_size > MAX_BYTES:
            raise DocumentError(f"{path}: {stamp.st_size} bytes are more than the limit of {MAX_BYTES}")
        data = path.read_bytes()
    except IsADirectoryError:
        raise DocumentError(f"{path}: is a directory") from None
    except FileNotFoundError:
        raise DocumentError(f"{path}: no such file") from None
    except OSError as problem:
        raise DocumentError(f"{path}: {problem.strerror or problem}") from None
    encoding = "utf-8-sig"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif path.suffix.lower() in (".tex", ".ltx", ".latex"):
        named = re.search(rb"\\usepackage\s*\[(latin1|latin9|ansinew|cp1252)\]\s*\{inputenc\}", data[:20_000])
        if named is not None:
            encoding = {b"latin1": "latin-1", b"latin9": "iso8859-15"}.get(named.group(1), "cp1252")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise DocumentError(
            f"{path}: not {encoding.removesuffix('-sig').upper()} at byte {problem.start}"
        ) from None


def _read(text: str, path: str, kind: str) -> Document:
    into = Collector()
    metadata = ""
    if kind == "ipynb":
        metadata = _scan_notebook(text, path, into)
    elif kind == "tex":
        scan_tex(Source(text), into)
    elif kind == "formula":
        into.begin(Source(text))
        into.formula([Piece(text, 0)], inline=False)
    else:
        metadata = scan_markdown(Source(text), into)
    return Document(path, kind, into.finish(), metadata)


def _scan_notebook(text: str, path: str, into: Collector) -> str:
    """Reads the Markdown cells of a notebook, one by one; definitions and sections go on across cells."""
    if not text.strip():
        raise DocumentError(f"{path}: not a notebook: the file is empty")
    try:
        notebook = json.loads(text)
    except ValueError as problem:
        where = f" at line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise DocumentError(f"{path}: not a notebook: broken JSON{where}") from None
    except RecursionError:
        raise DocumentError(f"{path}: not a notebook: JSON nests too deeply") from None
    if not isinstance(notebook, dict):
        raise DocumentError(f"{path}: not a notebook: no object at its top")
    version = notebook.get("nbformat")
    if version != 4:
        raise DocumentError(f"{path}: a notebook of format {version!r}; convsym reads format 4")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise DocumentError(f"{path}: not a notebook: it has no list of cells")
    for number, cell in enumerate(cells):
        if not isinstance(cell, dict):
            raise DocumentError(f"{path}: cell {number} is no object")
        if cell.get("cell_type") != "markdown":
            continue
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise DocumentError(f"{path}: cell {number} has no text as its source")
        scan_markdown(Source(source, number), into)
    metadata = notebook.get("metadata")
    ours = metadata.get("convsym") if isinstance(metadata, dict) else None
    return "" if ours is None else json.dumps(ours)
