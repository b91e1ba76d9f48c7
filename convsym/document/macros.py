r"""An author's own commands: \newcommand, \def, \let and \DeclareMathOperator, expanded with a bound."""

from __future__ import annotations

import re
from dataclasses import dataclass

from convsym.latex.marks import closing_brace

MAX_EXPANSIONS = 2_000
MAX_EXPANDED = 60_000
MAX_MACROS = 2_000
_MAX_DEPTH = 16

_DEFINITION = re.compile(
    r"\\(?P<kind>newcommand|renewcommand|providecommand|DeclareMathOperator|def|gdef|let)(?P<star>\*?)(?![A-Za-z])"
)
_NEW_NAME = re.compile(r"\s*(?:\{\s*(\\[A-Za-z]+|\\.)\s*\}|(\\[A-Za-z]+|\\.))")
_COUNT = re.compile(r"\s*\[\s*([0-9])\s*\]")
_OPTIONAL = re.compile(r"\s*\[([^\[\]]{0,200})\]")
_PARAMETERS = re.compile(r"\s*((?:#[1-9])*)\s*(?=\{)")
_LET = re.compile(r"\s*=?\s*(\\[A-Za-z]+|\S)")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]|%[^\n]*", re.DOTALL)
# Structure that a macro of the same name must not take away from the reader of formulas.
_KEPT = frozenset(
    {"begin", "end", "\\", "left", "right", "frac", "text", "tag", "label", "newcommand", "def"}
)

Part = tuple[str, int, bool]  # text, offset in the source, whether it came out of a macro


@dataclass(frozen=True, slots=True)
class Macro:
    """A command's number of arguments, the default of an optional first one, and its body."""

    arguments: int
    default: str | None
    body: str


class _TooMuch(Exception):
    """The expansion left its bound."""


class Macros:
    """The commands a document has defined so far."""

    def __init__(self) -> None:
        self.known: dict[str, Macro] = {}
        self._steps = 0
        self._size = 0

    def read_definition(self, text: str, start: int) -> int | None:
        r"""Reads a definition that begins at `start`; the offset behind it, or None if there is none.

        A definition that cannot be read (no closing brace, delimited arguments) is no definition.
        """
        head = _DEFINITION.match(text, start)
        if head is None:
            return None
        kind = head.group("kind")
        name = _NEW_NAME.match(text, head.end())
        if name is None:
            return None
        title = (name.group(1) or name.group(2))[1:]
        at = name.end()
        count = 0
        default: str | None = None
        if kind == "let":
            target = _LET.match(text, at)
            if target is None:
                return None
            self._learn(title, Macro(0, None, target.group(1)))
            return target.end()
        if kind in ("def", "gdef"):
            parameters = _PARAMETERS.match(text, at)
            if parameters is None:
                return None
            count, at = len(parameters.group(1)) // 2, parameters.end()
        elif kind != "DeclareMathOperator":
            number = _COUNT.match(text, at)
            if number is not None:
                count, at = int(number.group(1)), number.end()
                optional = _OPTIONAL.match(text, at)
                if optional is not None:
                    default, at = optional.group(1), optional.end()
        body = braced(text, at)
        if body is None:
            return None
        content = text[body[0] : body[1]]
        if kind == "DeclareMathOperator":
            content = f"\\operatorname{head.group('star')}{{{content}}}"
        self._learn(title, Macro(count, default, content))
        return body[2]

    def _learn(self, title: str, macro: Macro) -> None:
        if title not in _KEPT and len(self.known) < MAX_MACROS:
            self.known[title] = macro

    def apply(self, parts: list[Part]) -> list[Part]:
        """The parts with definitions taken out (and learned) and known commands expanded.

        Where the expansion leaves its bound the parts come back as they were: the reader of
        formulas then says which command it does not know.
        """
        whole = "".join(text for text, _, _ in parts)
        if "\\" not in whole or not (self.known or _DEFINITION.search(whole)):
            return parts
        offsets: list[tuple[int, int, bool]] = []  # (offset in whole, offset in the source, frozen)
        at = 0
        for text, start, frozen in parts:
            offsets.append((at, start, frozen))
            at += len(text)
        self._steps = self._size = 0
        try:
            spread = self._spread(whole)
        except _TooMuch:
            return parts
        found: list[Part] = []
        for begin, end, expansion in spread:
            if expansion is None:
                found.extend(_cut(parts, offsets, begin, end))
            else:
                place, start, frozen = max(item for item in offsets if item[0] <= begin)
                found.append((expansion, start if frozen else start + begin - place, True))
        return found

    def _spread(self, whole: str) -> list[tuple[int, int, str | None]]:
        """Ranges of the text: kept as they are (None), or replaced by an expansion."""
        spread: list[tuple[int, int, str | None]] = []
        at = kept = 0
        while (command := _COMMAND.search(whole, at)) is not None:
            name = command.group()[1:]
            behind = self.read_definition(whole, command.start())
            if behind is not None:
                spread.append((kept, command.start(), None))
                at = kept = behind
            elif name in self.known:
                end, text = self._call(whole, command.end(), self.known[name], 0)
                spread.append((kept, command.start(), None))
                spread.append((command.start(), end, text))
                at = kept = end
            else:
                at = command.end()
        spread.append((kept, len(whole), None))
        return [part for part in spread if part[2] is not None or part[0] < part[1]]

    def _call(self, text: str, at: int, macro: Macro, depth: int) -> tuple[int, str]:
        """Expands one call whose arguments begin at `at`: (offset behind it, what it becomes)."""
        self._steps += 1
        if self._steps > MAX_EXPANSIONS or depth > _MAX_DEPTH:
            raise _TooMuch
        values: list[str] = []
        if macro.default is not None:
            optional = _OPTIONAL.match(text, at)
            values.append(macro.default if optional is None else optional.group(1))
            at = at if optional is None else optional.end()
        while len(values) < macro.arguments:
            argument = braced(text, at)
            if argument is None:
                raise _TooMuch
            values.append(text[argument[0] : argument[1]])
            at = argument[2]
        body = re.sub(r"#([1-9])", lambda found: _value(values, int(found.group(1))), macro.body)
        self._size += len(body)
        if self._size > MAX_EXPANDED:
            raise _TooMuch
        expanded = self._expand(body, depth + 1)
        # A command that ends the expansion must not swallow the letter behind it.
        if re.search(r"\\[A-Za-z]+\Z", expanded) and at < len(text) and text[at].isalpha():
            expanded += " "
        return at, expanded

    def _expand(self, text: str, depth: int) -> str:
        out: list[str] = []
        at = 0
        while (command := _COMMAND.search(text, at)) is not None:
            name = command.group()[1:]
            out.append(text[at : command.start()])
            if name in self.known:
                at, expanded = self._call(text, command.end(), self.known[name], depth)
                out.append(expanded)
            else:
                out.append(command.group())
                at = command.end()
        out.append(text[at:])
        return "".join(out)


def _value(values: list[str], number: int) -> str:
    return values[number - 1] if number <= len(values) else ""


def _cut(parts: list[Part], offsets: list[tuple[int, int, bool]], begin: int, end: int) -> list[Part]:
    """The range [begin, end) of the joined parts, as parts."""
    found: list[Part] = []
    for (text, _, _), (place, start, frozen) in zip(parts, offsets, strict=True):
        first, last = max(begin, place), min(end, place + len(text))
        if first < last:
            found.append(
                (text[first - place : last - place], start if frozen else start + first - place, frozen)
            )
    return found


def braced(text: str, at: int) -> tuple[int, int, int] | None:
    """The argument at `at`: (start and end of its content, offset behind it), or None."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text):
        return None
    if text[at] != "{":
        command = _COMMAND.match(text, at)
        end = command.end() if command is not None else at + 1
        return at, end, end
    closing = closing_brace(_BRACE.finditer(text, at))
    return None if closing is None else (at + 1, closing.start(), closing.end())
