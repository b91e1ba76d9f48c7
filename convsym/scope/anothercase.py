"""Functions that a text gives anew for another case: "For $f(x) = x^2$ it is ... . For $f(x) = x^3$ it is ... "."""

from __future__ import annotations

import re
from collections.abc import Sequence

from convsym.latex.parser import parse_rows
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Bracket, Name, Product
from convsym.latex.walking import walk
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.forms import printed_shape
from convsym.scope.model import FunctionRule, Scope
from convsym.scope.naming import key, strip_group
from convsym.scope.statements import Statement
from convsym.scope.versions import Versions

_WORDS = r"(?:for|if|when(?:ever)?|with|take|taking|choose|choosing|für|wenn|mit|pour|si|avec|para|con)"
# Words by which a function is another one from there on, and not in one sentence alone.
_FROM_HERE_ON = re.compile(
    r"\b(?:now|from here on|from now on|next|let|take|choose|redefine|instead)\b", re.I
)
_BEHIND = 12
# Words with which a sentence goes on with the case of the one before.
_GOES_ON = re.compile(
    r"\W*(?:so|thus|hence|therefore|then|and|here|there|which|it follows|consequently|also|again|"
    r"in (?:this|that) case|donc|somit)\b",
    re.I,
)
# A case word right before the function, with nothing between them that would name what is said of it.
_LED = re.compile(
    rf"\b{_WORDS}\s+(?:(?:the|a|an|now|instead|also|we (?:take|choose|have))\s+)?"
    r"(?:(?:simple|special)\s+)?(?:(?:function|choice|case|activation)\s+)?\Z",
    re.I,
)
_WITH = re.compile(r"(?:with|mit|avec|con)\b", re.I)
_OPENED = re.compile(rf"\A\W*(?:(?:and|but|now|then|similarly|likewise)\W+)?{_WORDS}\b", re.I)
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|[。！？；]")
_HEAD_AND_ARGUMENTS = 2


class SentenceCases:
    """The functions that sentences of one document give anew.

    A function that was given for good before, "Let $f(x) = x^2$", is another one in its sentence alone.
    """

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._for_now: tuple[str, FunctionRule, str] | None = None

    def heed(self, statement: Statement, statements: Sequence[Statement]) -> bool:
        r"""Begin a version of the scope in which a function is no longer the one before, or is it again.

        Args:
            statement: the relation that is about to be read.
            statements: the relations read before.

        Returns:
            Whether nothing more is to be read of the relation: "for $g = \sigma$", where nothing says what \sigma is.
        """
        if self._for_now is not None:
            name, rule, printed = self._for_now
            sentence = _SENTENCE_END.split(statement.display.before.rstrip(" :"))[-1]
            if printed not in sentence and _GOES_ON.match(sentence) is None:
                self._versions.begin([], [name])
                self._versions.scope.functions[name] = rule
                self._for_now = None
        name = _given(statement, self._versions.scope) or ""
        led = _LED.search(statement.display.before)
        if not name or led is None:
            return False
        rule = self._versions.scope.functions[name]
        earlier = next((other for other in statements if other.number == rule.statement), None)
        if earlier is None or printed_shape(earlier.right) == printed_shape(statement.right):
            return False
        if not _speaks_of_a_case(earlier):
            if _WITH.match(led.group()):
                return False  # "with $f(x) = x^3$" may recall what was said
            own = f"{_SENTENCE_END.split(statement.display.before)[-1]} {statement.display.after[:_BEHIND]}"
            if _FROM_HERE_ON.search(_SENTENCE_END.split(own)[0]) is None:
                self._for_now = name, rule, f"${statement.display.latex}$"
        self._versions.begin([], [name])
        one, other = strip_group(statement.left), strip_group(statement.right)
        if not isinstance(one, Name) or not isinstance(other, Name) or key(other) in FUNCTIONS:
            return False
        applied = parse_rows(f"{to_latex(other)}(x)").rows[0].first
        self._versions.scope.functions[name] = FunctionRule(("x",), applied, statement=statement.number)
        statement.role, statement.reason = (
            "definition",
            f"says which function ${to_latex(statement.left)}$ is",
        )
        return True


def _given(statement: Statement, scope: Scope) -> str | None:
    r"""The function that f(x) = x^2 or \phi = \tanh gives, where it has been given before."""
    if not statement.display.inline or statement.link or statement.relation not in ("=", ":="):
        return None
    left, right = strip_group(statement.left), strip_group(statement.right)
    if isinstance(left, Name):
        is_name = isinstance(right, Name)
        return key(left) if is_name and _is_said(scope.functions.get(key(left))) else None
    if not isinstance(left, Product) or len(left.factors) != _HEAD_AND_ARGUMENTS or left.factors[1][0]:
        return None
    head, inside = (strip_group(factor) for _, factor in left.factors)
    if not isinstance(head, Name) or not _is_said(scope.functions.get(key(head))):
        return None
    if not isinstance(inside, Bracket) or not all(
        isinstance(strip_group(item), Name) for item in inside.items
    ):
        return None
    # "For $f(x) = 0$" speaks of a place where the function has a value.
    printed = {printed_shape(part) for part in walk(right)}
    return key(head) if all(printed_shape(strip_group(item)) in printed for item in inside.items) else None


def _is_said(rule: FunctionRule | None) -> bool:
    return rule is not None and rule.statement >= 0 and (rule.body is not None or bool(rule.known))


def _speaks_of_a_case(statement: Statement) -> bool:
    before = statement.display.before
    return statement.display.inline and (
        _LED.search(before) is not None or _OPENED.search(_SENTENCE_END.split(before)[-1].strip()) is not None
    )
