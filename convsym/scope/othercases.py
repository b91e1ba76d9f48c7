"""Whether a number said of a known size is that of another layer, example or heading, or contradicts what is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from convsym.document import Directive, Document, Prose
from convsym.scope.forms import integer_of, is_numeric, printed_shape
from convsym.scope.model import Scope
from convsym.scope.prose import sizes_in_words
from convsym.scope.renewal import is_another_value, is_worked_value
from convsym.scope.standing import is_said_in_words
from convsym.scope.statements import Statement

ANOTHER_VALUE = "another value, from here on"
# Words under which a sentence speaks of another layer, example or setting than the one before.
_OTHER = re.compile(
    r"\b(another|other|second|third|fourth|fifth|last|next|following|now|later|afterwards?|instead|new|different|"
    r"examples?|instance|e\.g|suppose|consider|let|take|alternativ\w*|variant|layers? \$?[0-9]|zweite\w*|nun|jetzt|"
    r"beispiel\w*|segund[ao]|ahora|ejemplo|deuxième|maintenant|exemple)\b",
    re.I,
)
# The stronger ones of them: "now" and "next" lead to the next step of one example just as well.
_ANOTHER = re.compile(
    r"\b(another|second|third|fourth|fifth|different|examples?|for instance|layers? \$?[0-9]|zweite\w*|segund[ao]|"
    r"deuxième)\b",
    re.I,
)
# Words that may limit a value to a case.
_LIMITS = re.compile(r"\b(with|for|if|when|where|while|whereas|but|case|in)\b", re.I)
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|[。！？；]")


def gives_another_value(
    statement: Statement,
    name: str,
    statements: Sequence[Statement],
    directives: Iterable[Directive],
    document: Document,
    scope: Scope,
) -> bool:
    """Whether a line gives a name another value than before; it is set down as such, or as unclear.

    Where the words around it speak of no other layer or example, nothing tells which of two values holds. A number
    that the very sentence denies, "no padding, so P = 1", is a claim like any other.

    Args:
        statement: `name = value`; its role is set where the answer is yes.
        name: what it speaks of.
        statements: the relations read before.
        directives: the comments read before.
        document: the whole document.
        scope: what is in force.
    """
    if is_another_value(statement, statements) or _is_worked_for_another(statement, statements):
        statement.role, statement.reason = "definition", ANOTHER_VALUE
        return True
    known, value = scope.sizes.get(name), integer_of(statement.right)
    if statement.link or known is None or value in (None, known):
        return False
    if not is_said_in_words(name, statements, directives, scope):
        return False
    sentence = _sentence(statement)
    limited = _LIMITS.search(sentence) is not None
    denied = known in sizes_in_words(sentence).get(name, ())
    if _OTHER.search(sentence) or (not denied and (limited or _is_elsewhere(name, statement, document))):
        statement.role, statement.reason = "definition", ANOTHER_VALUE
    elif denied and not limited:
        return False
    else:
        statement.role = "unsupported"
        statement.reason = f"the words before say {known}, and nothing says of which case this is the value"
    return True


def otherwise_sized(scope: Scope, text: str, directives: Iterable[Directive]) -> Scope | None:
    """The scope without the sizes of which a paragraph says another number in words; None where it says none.

    Args:
        scope: what is in force, this paragraph heard.
        text: the paragraph, inline formulas between dollars.
        directives: the comments read before; what they give stays.
    """
    fixed = [word for directive in directives for word in re.findall(r"\w+", directive.arguments)]
    unsettled = [
        name
        for name, numbers in sizes_in_words(text).items()
        if name in scope.sizes and {*numbers} != {scope.sizes[name]} and name not in fixed
    ]
    if not unsettled:
        return None
    fresh = scope.copy()
    for name in unsettled:
        del fresh.sizes[name]
    return fresh


def speaks_of_another(statement: Statement) -> bool:
    """Whether the sentence around a formula says that it speaks of another layer or example.

    Args:
        statement: a relation.
    """
    return _ANOTHER.search(_sentence(statement)) is not None


def _is_worked_for_another(statement: Statement, statements: Sequence[Statement]) -> bool:
    """O = (28 - 2)/2 + 1, and for a third layer O = (14 - 2)/2 + 1: each worked out for its own case."""
    if statement.link or is_numeric(statement.right) or not is_worked_value(statement.right):
        return False
    own = printed_shape(statement.left)
    earlier = [
        s for s in statements if not s.link and s.role == "definition" and printed_shape(s.left) == own
    ]
    is_anew = bool(earlier) and printed_shape(earlier[-1].right) != printed_shape(statement.right)
    return is_anew and is_worked_value(earlier[-1].right) and speaks_of_another(statement)


def _sentence(statement: Statement) -> str:
    """The words of the sentence that a formula stands in, on both sides of it."""
    display = statement.display
    after = _SENTENCE_END.split(display.after, maxsplit=1)[0] if display.inline else ""
    return f"{_SENTENCE_END.split(display.before.rstrip(' .:'))[-1]} {after}"


def _is_elsewhere(name: str, statement: Statement, document: Document) -> bool:
    """Whether the words that gave a size its number stand under another heading than a formula."""
    said = [
        item.section
        for item in document.items
        if isinstance(item, Prose) and name in sizes_in_words(item.text)
    ]
    return bool(said) and said[0] != statement.display.section
