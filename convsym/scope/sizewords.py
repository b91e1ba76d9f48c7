r"""Which letter of a size formula is the input, the kernel, the padding, the stride: as the text says, axis by axis."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from convsym.document import Document, Prose
from convsym.latex.printer import to_latex
from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Scripted
from convsym.latex.walking import rewritten, walk
from convsym.scope.model import Scope
from convsym.scope.naming import strip_group
from convsym.scope.outputsize import Finding, judge_size_formula
from convsym.verdict import Proved, Refuted, Unsupported

# The nouns that say a role, the decisive ones first: the size of an output feature map is the output's.
_NOUNS = {
    "stride": r"strid(?:es?|ing)",
    "dilation": r"dilation(?: rate| factor)?s?",
    "padding": r"(?:zero[- ])?padding",
    "output": r"outputs?",
    "kernel": r"(?:convolution(?:al)? |pooling )?(?:kernels?|filters?|windows?)",
    "input": r"inputs?|images?|feature maps?",
}
_PLAIN = ("stride", "dilation", "padding")
_NOUN = re.compile("|".join(rf"(?P<{role}>\b(?:{words})\b)" for role, words in _NOUNS.items()), re.I)
_MATHS = re.compile(r"\$([^$]{1,120})\$")
# No clause about a size is longer; a paragraph may have thousands of formulas.
_FAR = 400
_CLAUSE = re.compile(r"[.!?;](?=\s|$)|[。！？；]|\$[^$]*\$")
# Between the noun and its letter stands no verb: "stride of $s$", "kernel (window) of size $k$".
_SIZED = re.compile(r"(?:\b(?:sizes?|width|height|length|dimensions?|extent)\b\s*(?:of|is|=|:)?\s*)\Z", re.I)
_BARE = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:\b(?:size|rate|factor|amount|of|is|equal to|equals|by|and)\b\s*|[:=]\s*)*\Z",
    re.I,
)
_OTHER = re.compile(r"transpos|deconv|fraction|up-?sampl|unpool|\bgradient|\bbackward|\bfull\b", re.I)
"""Words of operations whose sizes are counted otherwise."""
_TIMES = re.compile(r"\\times|\\cdot|×")
_LETTER = re.compile(r"\\?[A-Za-z]+'?(?:_(?:\\?\w|\{[^{}]*(?:\{[^{}]*\})?\}))?'?")
_ALONG = (
    re.compile(r"\b(?:vertical|heights?|rows?)\b", re.I),
    re.compile(r"\b(?:horizontal|widths?|columns?)\b", re.I),
)
_CHANNELS = re.compile(r"\\?(?:[CcDdF]|n_c|n_\{c)")
_AXES = 2
_EACH_SIDE = re.compile(r"\b(?:each|every|both|all|either) (?:side|border|edge|end)s?\b|\bon both\b", re.I)
_SHAPE = re.compile(r"\\in\b|\\times|×")


@dataclass(frozen=True, slots=True)
class Roles:
    """What a text says of the letters of its size formulas, each in the form of `plain`.

    Attributes:
        roles: what each letter is the size of.
        axes: the axis that each letter belongs to, 0 or 1 by its place or by words; none for one of both axes.
        each_side: whether the padding is said to be that of each side.
    """

    roles: Mapping[str, frozenset[str]]
    axes: Mapping[str, frozenset[int]]
    each_side: bool

    def role(self, name: str) -> str:
        """What a letter is the size of; "" where nothing or more than one thing is said.

        Args:
            name: the letter, as printed or as the scope calls it.
        """
        own = self.roles.get(plain(name), frozenset())
        return next(iter(own)) if len(own) == 1 else ""

    def share_an_axis(self, names: Iterable[str]) -> bool:
        """Whether letters are of one axis for all that is said: H with K_h, and never with K_w.

        Args:
            names: letters, as printed or as the scope calls them.
        """
        axes: set[int] = set()
        for name in map(plain, names):
            own = self.axes.get(name, frozenset())
            role = self.role(name)
            alone = sum(self.role(other) == role for other in self.roles) == 1
            if len(own) > 1 or (not own and role and not alone):
                return False
            axes |= own
        return len(axes) <= 1


def said_roles(document: Document) -> Roles:
    """What a text says of the letters of its size formulas.

    Args:
        document: the whole document.
    """
    roles: dict[str, set[str]] = defaultdict(set)
    axes: dict[str, set[int]] = defaultdict(set)
    for item in document.items:
        if isinstance(item, Prose):
            for name, role, axis in _said(item.text):
                roles[name].add(role)
                if axis is not None:
                    axes[name].add(axis)
    return Roles(
        {name: frozenset(own) for name, own in roles.items()},
        {name: frozenset(own) for name, own in axes.items()},
        any(isinstance(item, Prose) and _EACH_SIDE.search(item.text) for item in document.items),
    )


def plain(name: str) -> str:
    r"""A letter without what only sets it: H_{\text{in}} as H_in.

    Args:
        name: as printed, or as the scope calls it.
    """
    return re.sub(r"\\(?:text|mathrm|mathit|operatorname)\b|[{}\s\\]", "", name)


def with_said_roles(
    left: Node, right: Node, scope: Scope, said: Roles, section: str
) -> tuple[Node, Scope] | None:
    """A size formula in letters alone, and the scope with their roles; None where the text does not say all of them.

    Args:
        left, right: the sides of a formula.
        scope: what is in force.
        said: what `said_roles` found.
        section: the heading above the formula.
    """
    if not said.roles or _OTHER.search(section):
        return None
    right = rewritten(right, lambda node: _as_letter(node, said))
    used = {reference.name for part in walk(right) if (reference := scope.refer(part, {})) is not None}
    roles: dict[str, str] = {}
    for name in used:
        role = said.role(name)
        if not role or role in roles or role == "output":
            return None
        roles[role] = name
    if not {"input", "kernel"} <= set(roles) or not _is_output(left, roles["input"], said):
        return None
    name = plain(to_latex(strip_group(left)))
    if not said.share_an_axis([*roles.values(), *([name] if name in said.axes else [])]):
        return None
    changed = scope.copy()
    changed.roles.clear()
    changed.roles.update(roles)
    return right, changed


def judge_said_size(
    left: Node, right: Node, latex_left: str, scope: Scope, said: Roles, section: str
) -> Finding | None:
    """Decide a size formula whose letters have the roles that the text says; None where it does not say all of them.

    Args:
        left, right: the sides of a formula.
        latex_left: the left side as printed, for the repair.
        scope: what is in force.
        said: what `said_roles` found.
        section: the heading above the formula.
    """
    found = with_said_roles(left, right, scope, said, section)
    if found is None:
        return None
    right, scope = found
    outcome, repair, steps = judge_size_formula(left, right, latex_left, scope)
    padding = scope.roles.get("padding", "")
    if isinstance(outcome, Refuted) and padding and not said.each_side:
        doubled = rewritten(right, lambda node: _twice(node, padding, scope))
        if isinstance(judge_size_formula(left, doubled, latex_left, scope)[0], Proved):
            reason = f"whether ${padding}$ is the padding of one side or of both together is not said"
            return Unsupported(reason), None, []
    return outcome, repair, steps


def _twice(node: Node, name: str, scope: Scope) -> Node | None:
    """Two times a letter, in its place."""
    reference = scope.refer(node, {}) if isinstance(node, Name) else None
    if reference is None or reference.name != name:
        return None
    return Bracket("(", (Product((("", Number("2", node.span)), ("", node)), node.span),), node.span)


def _as_letter(node: Node, said: Roles) -> Node | None:
    """K_h and PH as one letter each, where the text says what they are; None of anything else."""
    if isinstance(node, Scripted) and node.superscript is None and not node.primes:
        name = plain(to_latex(node))
        return Name(name, node.span) if name in said.roles else None
    if not isinstance(node, Product):
        return None
    factors: list[tuple[str, Node]] = []
    for operator, factor in node.factors:
        before = factors[-1][1] if factors and not operator else None
        if isinstance(before, Name) and isinstance(factor, Name) and before.text + factor.text in said.roles:
            factors[-1] = factors[-1][0], Name(before.text + factor.text, before.span)
        else:
            factors.append((operator, rewritten(factor, lambda part: _as_letter(part, said))))
    return replace(node, factors=tuple(factors)) if len(factors) > 1 else factors[0][1]


def _is_output(left: Node, image: str, said: Roles) -> bool:
    """Whether a left side is the size of the output: said to be, or the input's letter with a prime or an "out"."""
    name = plain(to_latex(strip_group(left)))
    if said.role(name) == "output":
        return True
    letter, own = (re.split(r"[_']", one)[0] for one in (plain(image), name))
    marked = "'" in name or "prime" in name or name.endswith(("_out", "_o", "out", "_new"))
    return letter == own and marked


def _said(text: str) -> Iterator[tuple[str, str, int | None]]:
    for match in _MATHS.finditer(text):
        inside = match.group(1)
        lead = text[max(0, match.start() - _FAR) : match.start()]
        before = _CLAUSE.split(lead)[-1]
        after = _CLAUSE.split(text[match.end() : match.end() + _FAR], maxsplit=1)[0]
        if _OTHER.search(before) or _OTHER.search(after):
            continue
        nouns = list(_NOUN.finditer(before))
        if _SHAPE.search(inside):
            # "Of size $M \times N$" goes on with what the clause before has named.
            owner = before if nouns else _before(lead)
            for role in ("output", "kernel", "input"):
                if re.search(rf"\b(?:{_NOUNS[role]})\b", owner, re.I):
                    yield from ((name, role, axis) for name, axis in _placed(_sides(inside), ""))
                    break
            continue
        letters = _letters(inside)
        if not letters:
            continue
        if nouns:
            last = nouns[-1]
            role, between = str(last.lastgroup), before[last.end() :]
            if _BARE.match(between) and (
                role in _PLAIN or re.search(r"\bsize|width|height|length|side", between, re.I)
            ):
                yield from ((name, role, axis) for name, axis in _placed(letters, between + after))
                continue
        yield from _described(letters, after)


def _placed(letters: list[str], words: str) -> Iterator[tuple[str, int | None]]:
    """Each letter with its axis: its place in a pair, or what the words say of one letter alone."""
    for place, name in enumerate(letters):
        if not name:
            continue
        if len(letters) > 1:
            yield name, place if len(set(letters)) > 1 else None
        else:
            along = [axis for axis, said in enumerate(_ALONG) if said.search(words)]
            yield name, along[0] if len(along) == 1 else None


def _described(letters: list[str], after: str) -> Iterator[tuple[str, str, int | None]]:
    """What stands behind a letter: "$PW$: padding in the horizontal direction", "$k$ is the kernel size"."""
    verb = re.match(r"\s*(?:is|are|denotes?|:|=|,|being|for|stands for|-|—|–)\s*(?:the|a)?\s*", after)
    if verb is None:
        return
    found = _NOUN.match(after, verb.end())
    if found is None:
        return
    role = str(found.lastgroup)
    if role in _PLAIN or re.match(r"\s*(?:sizes?|width|height|side|length)\b", after[found.end() :], re.I):
        yield from ((name, role, axis) for name, axis in _placed(letters, after))


def _before(text: str) -> str:
    """The clause that leads up to a formula and the one before, where only "of size" stands between them."""
    clauses = re.split(r"[.!?;](?=\s|$)|[。！？；]", text)[-1]
    parts = re.split(r"\$[^$]*\$", clauses)
    if len(parts) < 2 or not re.fullmatch(
        r"\s*(?:of|with|has|,)?\s*(?:the |a )?(?:size|shape|dimensions?)?\s*(?:of)?\s*", parts[-1]
    ):
        return ""
    return parts[-2]


def _sides(inside: str) -> list[str]:
    r"""The last two sides of a printed shape, where they are letters: H and W of \mathbb{R}^{C \times H \times W}."""
    whole = re.sub(r"\\mathbb\s*\{?\s*R\s*\}?\s*\^", "^", inside)
    shape = whole.rpartition("^")[2] if "^" in whole else whole.rpartition("in")[2]
    shape = re.sub(r"\\[,;! ]", "", shape.strip())
    shape = shape[1:-1] if shape.startswith("{") and shape.endswith("}") else shape
    parts = [part.strip() for part in _TIMES.split(shape)]
    if len(parts) < _AXES:
        return []
    two = parts[:_AXES] if len(parts) > _AXES and _CHANNELS.match(parts[-1]) else parts[-_AXES:]
    return [plain(part) if _LETTER.fullmatch(part) else "" for part in two]


def _letters(inside: str) -> list[str]:
    """The letters of a formula that is one, or a bracket of them: (K_h, K_w)."""
    inside = inside.strip()
    inner = inside[1:-1] if inside.startswith("(") and inside.endswith(")") else inside
    inner = re.sub(r"\s*=\s*\d+\Z", "", inner)  # "padding $p = 0$" says what p is
    parts = [part.strip() for part in inner.split(",")]
    return [plain(part) for part in parts] if all(_LETTER.fullmatch(part) for part in parts) else []


__all__ = ["Roles", "judge_said_size", "plain", "said_roles", "with_said_roles"]
