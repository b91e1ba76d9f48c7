"""What running text says of a case, not for good: a value behind "if", a class by its label, a shape in brackets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from convsym.latex.syntax import Bracket, Chain, Equation, Name, Node
from convsym.latex.walking import walk
from convsym.scope.equalities import WITHOUT
from convsym.scope.forms import integer_of, is_numeric, printed_shape
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.pieces import pieces_before
from convsym.scope.statements import Statement
from convsym.scope.timing import begins_recurrence

# Words under which a sentence speaks of one case among several.
_CASE = re.compile(
    r"\b(if|when|whenever|unless|otherwise|in case|in (?:the|this|that|one|each|either) (?:\w+ )?case|"
    r"cases? (?:of|where|that)|outside|inside|si|cuando|wenn|falls|jeśli|gdy)\b",
    re.I,
)
# Words that speak of a case where other values are said of the same name, and of a setting elsewhere.
_MAYBE_CASE = re.compile(r"\b(for|class|label|with|where|since|as|because)\b", re.I)
# "With $t = 0$ the gate is shut and $y = x$": what a value leads to in its own sentence, it is said for.
_LEADING = re.compile(
    r"(?:^\W*|[,;:]\s*|\b(?:and|but|while|now|then|however)\s+)(?:with|for|at|setting|putting|taking)\b[^$]{0,30}"
    r"(?:\$[^$]*=[^$]*\$(?:\s*(?:,|and|, and)\s*)){0,4}\Z",
    re.I,
)
_LEADS_TO = re.compile(
    r"(?:\s*(?:,|and|, and)\s*\$[^$=]*=\s*-?[\d./]+\s*\$){0,4}"
    r"(?:[\s,]*(?:we|it|this|these|they|one|you)\s+(?:gets?|have|has|obtains?|finds?|recovers?|is|are|becomes?|"
    r"reduces?|holds?|simplif\w+)\b|[\s,]+(?:the|this|that|its|our|a)\b[^$;:]{0,60}\$)",
    re.I,
)
_AT = re.compile(r"\bat(?: the (?:point|place|position))?\s*\Z", re.I)
# Words behind a value that speak of one case among several: "1/4 for the sigmoid".
_FOR_ONE = re.compile(r"[\s,(]*(?:for|with|if|when|in|para|pour|per|für|bei|avec|con)\b", re.I)
# Words behind a value by which it is a place in a picture: "the $w = 0$ axis".
_PLACE = re.compile(r"[\s-]*(?:axis|axes|lines?|planes?|hyperplanes?|contours?|ebene|achse|gerade)\b", re.I)
_EVERY = re.compile(r"\b(all|every|each|any|initial\w*|start\w*)\b", re.I)
# Words under which a parameter has a value before anything is learned: of what follows it says nothing.
AT_FIRST = re.compile(r"\b(initiali[sz]\w*|initially|at first|(?:at|in) the beginning|to begin with)\b", re.I)
"""Words that speak of how it is before anything is learned."""
# What stands behind a formula and limits it to one case of a letter: "if j = 0", "for j \\neq 0".
_LIMITED = re.compile(
    r"\s*(?:if|for|when|where|whenever|case|wenn|falls|für|si|para|pour)\s*"
    r"(?P<letter>[a-zA-Z])\s*(?P<relation>=|\\neq?\b|≠|!=|\\geq?\b|\\leq?\b|[<>≤≥])\s*(?P<value>-?\w+)"
)
_LEFT_OUT = re.compile(rf"\b{WITHOUT}\Z", re.I)
_GOES_ON = re.compile(r"\s*\)\s*[^\s.;!?]")
_DRESS = re.compile(r"\\(?:text\w*|mathrm|mbox|quad|qquad|left|right)\b|\\[,;: !]|[{}$&,;(~]")
_BEHIND = 80
_SENTENCE_END = re.compile(r"[.!?;](?=\s)|[。！？；]")
_MORE_THAN_ONE = 2
# A label of few words names a case; a sentence, or words that lead from one line to the next, do not.
_LONGEST_LABEL = 6
_STEP = re.compile(
    r"\b(is|are|was|be|get|gets|have|has|give\w*|obtain\w*|find|follows?|so|then|thus|hence|therefore|again|recall\w*|"
    r"where|step|now|next|first|second|finally|result|forward|backward|update\w*|simplif\w*|substitut\w*|check\w*|"
    r"compute\w*|calculat\w*|derivative\w*|gradient\w*|definition|note|remember|rule|formula|equation|i\.e|namely)\b",
    re.I,
)


def values_said(equations: Iterable[Equation]) -> Mapping[object, int]:
    """How many different numbers a document says each name to be; a name in a set such as {0, 1} is as many.

    Args:
        equations: all of its formulas.
    """
    said: dict[object, set[object]] = defaultdict(set)
    for equation in equations:
        for row in equation.rows:
            if row.first is None or len(row.links) != 1:
                continue
            relation, right = row.links[0]
            if relation == "=" and is_numeric(right):
                said[printed_shape(row.first)].add(printed_shape(right))
            elif relation == "in" and isinstance(strip_group(right), Bracket):
                said[printed_shape(row.first)] |= {"one", "another"}
    return {name: len(values) for name, values in said.items()}


def is_case(statement: Statement, said: Mapping[object, int], scope: Scope) -> bool:
    """Whether a value in running text is that of a case: "for y = 0 the loss is large" sets no y.

    Args:
        statement: a relation.
        said: what `values_said` counted.
        scope: how the document writes its names.
    """
    if not statement.display.inline or statement.link or statement.relation != "=":
        return False
    reference = scope.refer(statement.left, {})
    if reference is None or not is_numeric(statement.right):
        return False
    if statement.at and scope.rules.get(reference.name):
        return False  # "y = 9 for x = 3" says what y comes to
    index = integer_of(reference.indices[0]) if len(reference.indices) == 1 else None
    if index is not None and begins_recurrence(reference.name, index, scope):
        return False  # it is made of by what follows
    sentence = _SENTENCE_END.split(statement.display.before)[-1]
    if _PLACE.match(statement.display.after) or (
        _LEFT_OUT.search(statement.display.before) and _GOES_ON.match(statement.display.after)
    ):
        return True
    if _CASE.search(sentence) or (not reference.indices and AT_FIRST.search(sentence)):
        return True
    if _LEADING.search(sentence) and _LEADS_TO.match(
        _SENTENCE_END.split(statement.display.after, maxsplit=1)[0]
    ):
        return True
    if said.get(printed_shape(statement.left), 0) >= _MORE_THAN_ONE and (
        _MAYBE_CASE.search(sentence) or _AT.search(sentence) or _FOR_ONE.match(statement.display.after)
    ):
        return True
    general = bool(reference.indices) and all(
        isinstance(strip_group(index), Name) for index in reference.indices
    )
    return general and _EVERY.search(sentence) is None


def is_another_case(statement: Statement, statements: Iterable[Statement]) -> bool:
    """Whether a line gives for "j = 0" what an earlier line gives for "j \\neq 0": both define, each in its case.

    Args:
        statement: a relation.
        statements: the relations read before.
    """
    if statement.link or statement.relation != "=" or (own := _case_behind(statement)) is None:
        return False
    statements = list(statements)
    if pieces_before(statement, statements):
        return False  # a claim about the pieces that are joined already
    left = printed_shape(statement.left)
    return any(
        (case := _case_behind(other)) is not None
        and case[0] == own[0]
        and case != own
        # Values of a case are put in where the line is read: each of two such lines defines by itself.
        and not (statement.at and other.at)
        for other in statements
        if not other.link
        and other.role in ("definition", "condition")
        and (not statement.under or other.display.section == statement.display.section)
        and printed_shape(other.left) == left
    )


def is_labelled_case(statement: Statement, statements: Iterable[Statement]) -> bool:
    """Whether a line gives in a list of cases what an earlier one gives: "Stacks: r = 2L + 1. Dilated: r = 2^L".

    Args:
        statement: a relation.
        statements: the relations read before.
    """
    own = _label_before(statement)
    if not own or is_numeric(statement.right):
        return False
    left = printed_shape(statement.left)
    return any(
        (label := _label_before(other)) and label != own and printed_shape(other.left) == left
        for other in statements
        if other.role == "definition" and other.display.section == statement.display.section
    )


def _label_before(statement: Statement) -> str:
    """What a formula in running text is said of, "Dilations 1, 2, 4:" right before it; "" where there is no label."""
    display = statement.display
    if not display.inline or statement.link or not (before := display.before.rstrip()).endswith(":"):
        return ""
    label = _SENTENCE_END.split(before[:-1])[-1].strip(" *_-\n")
    words = re.findall(r"[^\W\d_]{2,}", label)
    is_label = bool(words) and len(words) <= _LONGEST_LABEL and not _STEP.search(label)
    return label if is_label else ""


def _case_behind(statement: Statement) -> tuple[str, str, str] | None:
    """The letter, the relation and the value of the case that the words behind a formula limit it to."""
    behind = statement.source[statement.right.span.end :][:_BEHIND]
    behind = _DRESS.sub(" ", f"{behind} {statement.display.after[:_BEHIND]}")
    found = _LIMITED.match(behind.replace("\\\\", "."))
    return (found["letter"], found["relation"], found["value"]) if found is not None else None


def compares_shapes(statement: Statement) -> bool:
    """Whether both sides are one item in square brackets, [y] = [n \\times 1]: shapes or units are compared."""
    return all(_is_boxed(side) for side in (statement.left, statement.right))


def _is_boxed(node: Node) -> bool:
    node = strip_group(node)
    return isinstance(node, Bracket) and node.kind == "[" and len(node.items) == 1


def names_a_probability(node: Node) -> bool:
    """Whether a conditional probability, P(t | z), stands in an expression: nothing is computed from it."""
    return any(
        isinstance(part, Bracket)
        and any(isinstance(item, Chain) and item.links and item.links[0][0] == "mid" for item in part.items)
        for part in walk(node)
    )
