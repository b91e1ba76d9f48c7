"""Reports for programs: JSON (schema 1), GitHub's workflow commands, SARIF 2.1.0."""

from __future__ import annotations

import json
from pathlib import PurePath
from urllib.parse import quote

from convsym import __version__
from convsym.report.marks import UNMARKED, Marks, Surprise
from convsym.report.neutral import neutral
from convsym.report.phrases import Reported, because
from convsym.report.readable import readable
from convsym.verdict import Status, Verdict

_LEVELS = {Status.REFUTED: "error", Status.UNDECIDED: "warning", Status.UNSUPPORTED: "warning"}
_RULES = {
    Status.REFUTED: "The equation is certainly false.",
    Status.UNDECIDED: "The equation was neither proved nor refuted within the budget.",
    Status.UNSUPPORTED: "The equation was not read or not understood.",
}


def to_json(report: Reported) -> str:
    """The report as JSON text, schema 1; ASCII only, so that any pipe carries it."""
    return json.dumps(report.to_dict(), indent=2, allow_nan=False)


def to_github(report: Reported, marks: Marks = UNMARKED) -> str:
    """One workflow command for each finding, which GitHub shows at the line it concerns.

    Args:
        report: what was checked.
        marks: what the documents announce; what is as announced is a notice, what is not an error.

    Returns:
        Lines such as `::error file=note.md,line=3,col=1,title=refuted::...`; definitions and proofs
        give none.
    """
    lines = []
    for file in report.files:
        if file.error is not None:
            lines.append(_command("error", {"file": file.path, "title": "cannot be read"}, file.error))
        for verdict in file.verdicts:
            if verdict.status not in _LEVELS:
                continue
            expected = id(verdict) in marks.expected
            level = "notice" if expected else _LEVELS[verdict.status]
            title = f"{verdict.status}, as marked" if expected else f"{verdict.status}"
            lines.append(_command(level, _properties(file.path, verdict, title), _message(verdict)))
    for found in marks.surprises:
        lines.append(_command("error", _properties(found.path, found, "not as marked"), found.message))
    return "\n".join(lines)


def _properties(path: str, at: Verdict | Surprise, title: str) -> dict[str, str]:
    if at.cell is not None:
        return {"file": path, "title": f"{title} (cell {at.cell}, line {at.line})"}
    return {"file": path, "line": str(max(1, at.line)), "col": str(max(1, at.column)), "title": title}


def _message(verdict: Verdict) -> str:
    why = [f"{heading}: {text}" if heading else text for heading, text in because(verdict)]
    return "\n".join([readable(verdict.latex), *why])


def _command(name: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{key}={_escaped(value, within=True)}" for key, value in properties.items())
    return f"::{name} {listed}::{_escaped(message)}"


def _escaped(text: str, *, within: bool = False) -> str:
    """Percent signs and line breaks escaped; colons and commas too inside a property."""
    lines = [neutral(line) for line in text.split("\n")]
    text = "\n".join(lines).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if within else text


def to_sarif(report: Reported, marks: Marks = UNMARKED) -> str:
    """The findings as a SARIF 2.1.0 log, as code scanning services read it.

    Args:
        report: what was checked.
        marks: what the documents announce; what is as announced is a suppressed note, what is not an error.
    """
    results: list[dict[str, object]] = []
    notices: list[dict[str, object]] = []
    for file in report.files:
        if file.error is not None:
            notices.append(
                {
                    "level": "error",
                    "message": {"text": neutral(file.error)},
                    "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(file.path)}}}],
                }
            )
        for verdict in file.verdicts:
            if verdict.status in _LEVELS:
                results.append(_result(file.path, verdict, expected=id(verdict) in marks.expected))
    for found in marks.surprises:
        results.append(
            {
                "ruleId": "convsym/mark",
                "level": "error",
                "message": {"text": neutral(found.message)},
                "locations": [_location(found.path, found)],
            }
        )
    rules = [
        {"id": f"convsym/{status}", "name": str(status).capitalize(), "shortDescription": {"text": text}}
        for status, text in [*_RULES.items(), ("mark", "The equation is not as the document marks it.")]
    ]
    run = {
        "tool": {"driver": {"name": "convsym", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": not notices, "toolExecutionNotifications": notices},
        ],
        "results": results,
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2)


def _result(path: str, verdict: Verdict, *, expected: bool) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": f"convsym/{verdict.status}",
        "level": "note" if expected else _LEVELS[verdict.status],
        "message": {"text": _message(verdict)},
        "locations": [_location(path, verdict)],
        "properties": verdict.to_dict(),
    }
    if expected:
        justification = f"marked in the document as {verdict.status}"
        result["suppressions"] = [{"kind": "inSource", "justification": justification}]
    return result


def _location(path: str, at: Verdict | Surprise) -> dict[str, object]:
    location: dict[str, object] = {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}}}
    if at.cell is None:
        region = {"startLine": max(1, at.line), "startColumn": max(1, at.column)}
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(path)}, "region": region}
    else:
        # A line inside a cell is no line of the notebook's file.
        where = f"cell {at.cell}, line {at.line}, column {at.column}"
        location["logicalLocations"] = [{"name": where, "kind": "element"}]
    return location


def _uri(path: str) -> str:
    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())
