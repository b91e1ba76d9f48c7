"""Kinds that words tell apart: correlation and convolution, squared and absolute error, stride 1 and stride 2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from convsym.document import Directive, Display, Document
from convsym.latex.syntax import BigOperator, Node, Product, Scripted
from convsym.latex.walking import walk
from convsym.scope.forms import printed_shape

Kinds: TypeAlias = Mapping[str, frozenset[str]]
"""What is said of a formula: in each group of kinds, those that are named."""

_NOUN = (
    r"(?![\w-]|[- ](?:kernels?|filters?|layers?|windows?|networks?|outputs?|operat\w+|theorem|arithmetic))"
)
_NAMED: Mapping[str, Mapping[str, str]] = {
    "operation": {
        "cross-correlation": rf"(?<!auto)\b(?:cross[- ]?)?correlations?{_NOUN}",
        "convolution": rf"\bconvolutions?{_NOUN}",
    },
    "loss": {
        "squared": r"\b(?:squared?|quadratic)[- ](?:error|loss|cost)|\b(?:sum of|least) squares|\bMSE\b|\bL2[- ]loss",
        "absolute": r"\babsolute[- ](?:error|loss|cost|deviation)|\bMAE\b|\bL1[- ]loss",
        "cross-entropy": r"\bcross[- ]?entropy|\blog(?:istic)?[- ]loss|\blog[- ]likelihood|\bB?CE\b|\bNLL\b",
        "hinge": r"\bhinge\b",
        "huber": r"\bhuber\b",
    },
    "activation": {
        "sigmoid": r"\bsigmoid|\blogistic\b(?![- ](?:loss|regression))",
        "tanh": r"\btanh\b|\bhyperbolic tangent",
        "relu": r"(?<!leaky )(?<!leaky-)\brelu\b|\brectifie[rd]\b",
        "leaky": r"\bleaky[- ]relu\b",
        "softplus": r"\bsoftplus\b",
        "identity": r"\bidentity (?:function|activation)|\blinear activation",
    },
    "extent": {
        "valid": r"\bvalid[- ](?:cross[- ]?)?(?:convolution|correlation|mode)",
        "full": r"\bfull[- ](?:cross[- ]?)?(?:convolution|correlation|mode)",
        "same": r"\bsame[- ](?:cross[- ]?)?(?:convolution|correlation|mode)",
    },
    "pooling": {
        "max": r"\bmax(?:imum)?[- ]pool",
        "average": r"\b(?:average|mean|avg)[- ]pool",
    },
    "penalty": {
        "1": r"\b(?:L1|lasso)[- ](?:regulari[sz]|penalt|norm|term)",
        "2": r"\b(?:L2|ridge)[- ](?:regulari[sz]|penalt|norm|term)|\bweight decay",
    },
    "bias": {
        "with": r"\bwith (?:a |the )?bias",
        "without": r"\b(?:without|no) (?:a |the |any )?bias",
    },
    "layer": {
        "1": r"\bfirst (?:\w+ )?layer|\blayer (?:\$\s*)?(?:1|one)\b",
        "2": r"\bsecond (?:\w+ )?layer|\blayer (?:\$\s*)?(?:2|two)\b",
        "3": r"\bthird (?:\w+ )?layer|\blayer (?:\$\s*)?(?:3|three)\b",
    },
    "place": {
        "hidden": r"\bhidden (?:layer|unit|neuron|node)s?\b",
        "output": r"\b(?:output|last|final) (?:layer|unit|neuron|node)s?\b",
    },
}
_PATTERNS = {
    group: {value: re.compile(pattern, re.I) for value, pattern in named.items()}
    for group, named in _NAMED.items()
}
_NUMBERED = {
    "stride": re.compile(
        r"\bstrides?(?:\s+(?:of|is|equals?|=|to))?[\s-]+\$?\s*(?:[A-Za-z]\w*\s*=\s*)?(?P<number>\d+)|"
        r"\b(?P<one>unit[- ]stride|without (?:a )?strides?)\b",
        re.I,
    ),
    "padding": re.compile(
        r"(?<!zero )(?<!zero-)\bpadding(?:\s+(?:size|width))?(?:\s+(?:of|is|equals?|=|to|by))?\s+\$?\s*"
        r"(?:[A-Za-z]\w*\s*=\s*)?(?P<number>\d+)|"
        r"\b(?P<zero>(?:no|without)(?: any)? (?:zero[- ])?padding|valid padding|unpadded)\b|"
        r"\b(?P<some>with (?:zero[- ])?padding|zero[- ]padding(?![- ](?:sizes?|amounts?|widths?|parameters?)\b)|"
        r"zero-padded|padded|(?:same|full) padding)\b",
        re.I,
    ),
}
_ZERO, _SOME = "0", "some"
_OF_A_WINDOW = frozenset({"operation", "extent", "stride", "padding"})
_UNSAID: Mapping[str, frozenset[str]] = {"stride": frozenset({"1"}), "padding": frozenset({_ZERO})}
"""What holds of a formula for all places where no word says it."""
# In "unlike cross-correlation, convolution flips" the first kind is none that is spoken of.
_CONTRAST = re.compile(
    r"\b(?:unlike(?: for| with)?|in contrast (?:to|with)|contrary to|as opposed to|compared (?:to|with)|instead of|"
    r"rather than|(?:is|are|as) not|differs? from|than|"
    r"as (?:(?:it|they|this|that|was|were|is|are|did|does|do|in) ){0,3}(?:for|with|in)|like (?:for|with|in))\s+"
    r"(?:(?:the|a|an|in|for|with|its|usual|ordinary|plain|true|mean) )*[\w-]+(?: (?:error|loss|cost|entropy|\d+))?",
    re.I,
)
_FORMULA = re.compile(r"\$[^$]*\$")
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|[。！？；：]")
_BEHIND = re.compile(
    r"[\s,(]*(?:(?:which|that|this|it|is|are|i\.e\.|called|known|named|as|the|a|an|for|with|in|case|of|so-called|"
    r"using|binary|mean|true|where|we|use)\s+)*"
)
_CHOOSES = re.compile(
    r"(?:^|\b(?:for|of|with|using|under|by|if|when|take|taking|choos\w+|consider\w*|in)\b)[\W_]*"
    r"(?:(?:the|a|an|this|case|of|mean|binary|we|use|average|is|loss|true|usual|half|convolution|cost)[\W_]+){0,5}\Z",
    re.I,
)
# How far what stands behind a formula is looked at.
_NEAR = 400
# Words by which a line says otherwise what was said before.
_SAME = re.compile(
    r"\b(recall|equivalent\w*|same as|rewrit\w+|substitut\w+|again|in other words|written out|expand\w*|as above)\b",
    re.I,
)


def kinds_in(text: str) -> dict[str, frozenset[str]]:
    """The kinds that a sentence speaks of.

    Args:
        text: a sentence, inline formulas between dollars.

    Returns:
        By group what is named; no entry where nothing is.
    """
    text = _CONTRAST.sub(" ", text)
    words = _FORMULA.sub(" $ ", text)
    found = {
        group: frozenset(value for value, pattern in named.items() if pattern.search(words))
        for group, named in _PATTERNS.items()
    }
    for group, pattern in _NUMBERED.items():
        found[group] = frozenset(_number(match) for match in pattern.finditer(text))
    return {group: values for group, values in found.items() if values}


def _number(match: re.Match[str]) -> str:
    given = match.groupdict()
    if given.get("number"):
        return str(int(given["number"]))
    return "1" if given.get("one") else _ZERO if given.get("zero") else _SOME


def kinds_said(document: Document) -> list[Kinds]:
    """What the words say of each formula of a document, in reading order.

    A kind is spoken of until another one of its group is. What stands right behind a formula, "L = ..., the squared
    error", names that formula.

    Args:
        document: a document taken apart.
    """
    found: list[Kinds] = []
    state: dict[str, frozenset[str]] = {}
    for item in document.items:
        if isinstance(item, Directive):
            continue
        if isinstance(item, Display):
            found.append({**state, **_behind(item.after)})
            continue
        # Every sentence is heard once: a paragraph may have thousands of formulas.
        ends = [match.end() for match in _SENTENCE.finditer(item.text)]
        begin = 0
        for first, stop in item.spans:
            while ends and ends[0] <= first:
                _hear(item.text[begin : ends[0]], state)
                begin = ends.pop(0)
            heard = dict(state)
            _hear(item.text[begin:first], heard)
            found.append({**heard, **_behind(item.text[stop : stop + _NEAR])})
        for end in (*ends, len(item.text)):
            _hear(item.text[begin:end], state)
            begin = end
    return found


def _hear(text: str, state: dict[str, frozenset[str]]) -> None:
    for sentence in _SENTENCE.split(text):
        state.update(kinds_in(sentence))
        # "The squared error $L = ...$ and the cross entropy": what stands behind a formula leads to the next one.
        equations = [match.end() for match in _FORMULA.finditer(sentence) if "=" in match.group()]
        if equations:
            state.update(kinds_in(sentence[equations[-1] :]))


def _behind(text: str) -> dict[str, frozenset[str]]:
    """What is named right behind a formula, where the sentence goes on there and leads to no other formula."""
    if text[:1].isupper() or re.match(r"[^.$]*:\s*$", text) is not None:
        return {}
    sentence = re.split(r"[.;:!?](?=\s|$)", text, maxsplit=1)[0][:80]
    lead = _BEHIND.match(sentence)
    rest = sentence[lead.end() if lead else 0 :]
    first, *others = re.split(r"([,)$]| and | but | while | or )", rest, maxsplit=1)
    if others[:1] == ["$"]:
        return {}  # "for stride 1 $y = ...$" leads to the next formula
    return {
        group: values
        for group, values in kinds_in(first).items()
        if any(pattern.match(first) for pattern in (*_PATTERNS.get(group, {}).values(), *_numbered(group)))
    }


def _numbered(group: str) -> tuple[re.Pattern[str], ...]:
    return (_NUMBERED[group],) if group in _NUMBERED else ()


def clash(group: str, one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of kinds of one group have nothing in common; "padded" is any padding but none."""
    if not one or not other or one & other:
        return False
    if _SOME in one | other:
        return _ZERO in one | other
    return True


def other_kinds(old: Kinds, new: Kinds, whole: bool) -> Iterator[str]:
    """The groups in which two formulas are said to be of different kinds.

    Args:
        old, new: what is said of them.
        whole: whether both say what holds at every place, so that what is left unsaid is said as well.
    """
    for group, values in new.items():
        if clash(group, old.get(group, _UNSAID.get(group, frozenset()) if whole else frozenset()), values):
            yield group


def tells(group: str, body: Node) -> bool:
    """Whether a kind may have a say in what a formula computes: strides and paddings have none in a loss.

    Args:
        group: of kinds.
        body: what the formula computes.
    """
    if group not in _OF_A_WINDOW:
        return True
    parts = list(walk(body))
    if not any(isinstance(part, Scripted) and part.subscript is not None for part in parts):
        return True  # a size, or whole matrices
    return any(_is_window(part) for part in parts)


def _is_window(node: Node) -> bool:
    """A sum of products of cells, a printed convolution, or the largest of some cells."""
    if isinstance(node, BigOperator) and node.operator in ("max", "min"):
        return True
    if not isinstance(node, Product):
        return False
    if any(operator not in ("", "cdot", "times", "/") for operator, _ in node.factors):
        return True
    cells = [part for _, factor in node.factors for part in walk(factor) if isinstance(part, Scripted)]
    return len({printed_shape(part.base) for part in cells if part.subscript is not None}) > 1


def says_the_same(before: str) -> bool:
    """Whether the sentence in front of a formula says that it writes otherwise what was said before."""
    return _SAME.search(_SENTENCE.split(before.rstrip(" :"))[-1]) is not None


def chooses(before: str, mine: Kinds, other: Kinds) -> bool:
    """Whether the sentence that leads to a formula names the kind of one definition and not that of another.

    Args:
        before: the words in front of the formula, "For the squared error,".
        mine: what is said of the one definition.
        other: what is said of the other one.
    """
    sentence = _CONTRAST.sub(" ", _SENTENCE.split(before.rstrip(" :,"))[-1])
    said = {group: values for group, values in kinds_in(sentence).items() if _is_led_to(sentence, group)}
    return any(
        values <= mine.get(group, frozenset()) and clash(group, values, other.get(group, frozenset()))
        for group, values in said.items()
    )


def _is_led_to(sentence: str, group: str) -> bool:
    """Whether a kind stands at the head of a sentence, or behind a word that chooses it."""
    patterns = (*_PATTERNS.get(group, {}).values(), *_numbered(group))
    places = [match.start() for pattern in patterns for match in pattern.finditer(sentence)]
    return any(_CHOOSES.search(sentence[:place]) is not None for place in places)


__all__ = ["Kinds", "chooses", "clash", "kinds_in", "kinds_said", "other_kinds", "says_the_same", "tells"]
