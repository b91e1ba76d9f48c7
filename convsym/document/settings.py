"""What a project's pyproject.toml says of its documents, as the directives they might carry themselves."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

from convsym.document.items import Directive
from convsym.errors import DocumentError

_KEYS = ("sizes", "base", "names")
_LARGEST = 1_000_000


def project_directives(path: Path) -> tuple[Directive, ...]:
    """The directives that the nearest pyproject.toml holds for a document.

    Args:
        path: the document. `[tool.convsym]` speaks of every document of the project,
            `[tool.convsym.files."docs/*.md"]` of those whose path from the project's root matches.

    Returns:
        Directives named "sizes", "base" and "names"; none where there is no such table.

    Raises:
        DocumentError: a table that cannot be understood, with its place.
    """
    try:
        full = path.resolve()
    except (OSError, RuntimeError):
        return ()
    for folder in full.parents:
        project = folder / "pyproject.toml"
        try:
            stamp = project.stat()
        except OSError:
            continue
        if stamp.st_size > _LARGEST:
            return ()
        table = _table(project, stamp.st_mtime_ns, stamp.st_size)
        return tuple(_directives(table, full.relative_to(folder).as_posix(), project))
    return ()


@lru_cache(maxsize=64)
def _table(project: Path, changed: int, size: int) -> dict[str, Any]:
    """The table [tool.convsym]; the time of the last change is part of the key."""
    try:
        text = project.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    if "convsym" not in text:
        return {}
    try:
        tool = tomllib.loads(text).get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        if "[tool.convsym" not in text:
            return {}
        raise DocumentError(f"{project}: {error}") from None
    table = tool.get("convsym", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise DocumentError(f"{project}: tool.convsym is no table")
    return table


def _directives(table: dict[str, Any], name: str, project: Path) -> Iterator[Directive]:
    unknown = sorted(set(table) - {*_KEYS, "files"})
    if unknown:
        raise DocumentError(
            f"{project}: tool.convsym has no option {unknown[0]!r}; it has sizes, base, names, files"
        )
    yield from _one(table, project)
    files = table.get("files", {})
    if not isinstance(files, dict) or not all(isinstance(value, dict) for value in files.values()):
        raise DocumentError(f"{project}: tool.convsym.files holds a table for each pattern of names")
    for pattern, options in files.items():
        if fnmatch(name, pattern):
            yield from _one(options, project)


def _one(options: dict[str, Any], project: Path) -> Iterator[Directive]:
    for key in _KEYS:
        values = options.get(key, {})
        if not isinstance(values, dict):
            raise DocumentError(f"{project}: tool.convsym {key} is a table such as {{ X = [3, 3] }}")
        written = [f"{name}={_written(value, key, project)}" for name, value in values.items()]
        if written:
            yield Directive(key, " ".join(written), 0, 0)


def _written(value: object, key: str, project: Path) -> str:
    if isinstance(value, list) and value and all(type(part) is int for part in value):
        return "x".join(map(str, value))
    if type(value) is int or (isinstance(value, str) and value.isprintable()):
        return str(value)
    raise DocumentError(f"{project}: tool.convsym {key} holds {value!r}")
