"""What a printed symbol refers to: a name, its indices or its label, its layer, its exponent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from convsym.latex.syntax import Bracket, Name, Node, Number, Product, Scripted, Signed, Sum_, Tuple_, Words

EQUALITIES = frozenset({"=", ":=", "equiv", "triangleq", "coloneqq", "doteq"})
"""Relations by which a line says what something is."""

# Fonts that only dress a letter; an accent or a calligraphic letter makes another symbol.
_PLAIN_FONTS = frozenset(
    {"", "bf", "rm", "it", "text", "sf", "tt", "normal", "up", "op", "vec", "bm", "operatorname"}
)
_TRANSPOSES = frozenset({"T", "top", "intercal", "mathsf T", "trans", "tran", "transpose"})
_LAYER_LETTERS = frozenset({"l", "ell", "L"})
# Words that authors set as subscripts without a font; as indices nobody would choose these letters.
WORDS = frozenset(
    (
        "out max min new old pad col row pred true conv pool total input output hidden loss err act "
        "flat flatten flattened vec reverse reversed rev flip flipped rot rotated train test val data "
        "target mean batch layer prev next last first full patch patches init final"
    ).split()
)
# Words set as superscripts without a font: which of the values of a quantity is meant.
_STATES = frozenset(
    "new old corrected correct next prev previous updated current true pred target best init".split()
)
_MARKS = frozenset({"*", "+", "-", "ast", "star", "dagger", "prime", "new", "old", "bullet", "circ"})


def key(name: Name) -> str:
    """The name under which a letter is known: accents and script fonts count, bold and roman do not.

    A calligraphic font has capitals only; on another letter it is dress. (The l of a loss is written in it too.)
    """
    capital = name.text[:1].isupper() or name.text == "l"
    fonts = [font for font in name.font.split() if font not in _PLAIN_FONTS and (capital or font != "cal")]
    return " ".join([*fonts, name.text])


def with_primes(name: Name, primes: int) -> Name:
    """The name that a letter is together with its primes: K' beside K.

    Args:
        name: the letter.
        primes: how many.
    """
    return replace(name, font=" ".join([*name.font.split(), *["primed"] * primes]))


@dataclass(frozen=True, slots=True)
class Reference:
    """One printed symbol, taken apart; nothing is evaluated yet.

    Attributes:
        name: its key, with the label behind an underscore where it has one ("X_W").
        base: the key without the label.
        indices: index expressions in printed order.
        layer: the layer or sample superscript, or None.
        power: the exponent, or None.
        primes: how many primes.
        transposed: whether a transpose mark stands on it.
        head: the `Name` itself.
    """

    name: str
    base: str
    indices: tuple[Node, ...]
    layer: Node | None
    power: Node | None
    primes: int
    transposed: bool
    head: Name


@dataclass(frozen=True, slots=True)
class Habits:
    """How this document writes its indices, learned from all of it before any part is interpreted.

    Attributes:
        arity: how many indices each name carries.
        layered: names that carry a layer without brackets somewhere (W^l).
        letters: letters that serve as indices somewhere.
        tags: letters that stand in subscripts before a digit only, the o of E_{o1}: with it they are a label.
        in_and_out: whether C_{in} stands beside C_{out}: then "in" is a word there, and not i and n.
        sampled: names whose superscript in brackets counts samples: the x of a sum over i of x^{(i)}.
        numbered: letters whose number makes another matrix or vector of them: the W of W_1 and W_2.
        parametrized: (name, label) of functions whose subscript names their parameters: h_\\theta(x).
    """

    arity: Mapping[str, int]
    layered: frozenset[str]
    letters: frozenset[str]
    tags: frozenset[str] = frozenset()
    in_and_out: bool = False
    sampled: frozenset[str] = frozenset()
    parametrized: frozenset[tuple[str, str]] = frozenset()
    numbered: frozenset[str] = frozenset()


SAMPLES = "^()"
"""What the name of a family of samples ends in: its first index is the sample's, x^{(i)}_j is a cell (i, j) of it."""

NO_HABITS = Habits({}, frozenset(), frozenset())


def entries_of(parameter: str) -> str:
    """The key under which an environment keeps whose entries the entries of a parameter are."""
    return f"{parameter}@"


def strip_group(node: Node) -> Node:
    """The node inside TeX braces and one-item groups."""
    while isinstance(node, Bracket) and node.kind == "group" and len(node.items) == 1:
        node = node.items[0]
    return node


def refer(node: Node, habits: Habits, bound: Collection[str] = ()) -> Reference | None:
    """The reference a `Name` or a `Scripted` makes, or None where the node is no symbol."""
    node = strip_group(node)
    if isinstance(node, Name):
        return Reference(key(node), key(node), (), None, None, 0, False, node)
    if not isinstance(node, Scripted):
        return None
    inner = strip_group(node.base)
    if isinstance(inner, Scripted):
        # {W^{(l)}}_{ij} and {x_i}^2: the inner reference carries on.
        below = refer(inner, habits, bound)
        if below is None:
            return None
        return _add_scripts(below, node, habits, bound)
    if isinstance(inner, Bracket) and inner.kind in ("[", "(") and len(inner.items) == 1:
        # [X]_{i,j}, (X^T)_{i,j} and [W x]_i: the last is no symbol.
        below = refer(inner.items[0], habits, bound)
        if below is None or node.subscript is None or below.indices:
            return None
        if inner.kind == "(" and not below.transposed:
            return None
        return _add_scripts(below, node, habits, bound)
    if not isinstance(inner, Name):
        return None
    return _add_scripts(
        Reference(key(inner), key(inner), (), None, None, 0, False, inner), node, habits, bound
    )


def _add_scripts(
    below: Reference, node: Scripted, habits: Habits, bound: Collection[str]
) -> Reference | None:
    name, indices, layer, power = below.name, below.indices, below.layer, below.power
    transposed = below.transposed
    entry = False  # two indices of one subscript: of an entry, and not of a vector or a block
    if node.subscript is not None:
        found = read_subscript(node.subscript, below.base, habits, bound)
        if isinstance(found, str):
            name = f"{name}_{found}"
        else:
            indices = (*indices, *found)
            entry = len(found) == len(indices) == 2
    if node.superscript is not None:
        kind, value = read_superscript(node.superscript, below.base, habits)
        if kind == "transpose":
            transposed = True
        elif kind == "layer" and below.base in habits.sampled and value is not None:
            name, indices = f"{name}{SAMPLES}", (value, *indices)
        elif kind == "layer":
            layer = value
        elif kind == "mark":
            name = f"{name}^{_plain(node.superscript)}"
        else:
            power = value
    if entry and transposed:
        # A^T_{ij} is an entry of the transpose, A_{ji}; however the two marks are typed, they are printed alike.
        indices, transposed = indices[::-1], False
    return Reference(
        name, below.base, indices, layer, power, below.primes + node.primes, transposed, below.head
    )


def _plain(node: Node) -> str:
    node = strip_group(node)
    if isinstance(node, Name | Number | Words):
        return node.text.strip()
    if isinstance(node, Tuple_):
        return ",".join(_plain(item) for item in node.items)
    if isinstance(node, Product):
        return "".join(_plain(factor) for _, factor in node.factors)
    if isinstance(node, Bracket):
        return "(" + ",".join(_plain(item) for item in node.items) + ")"
    return "?"


def read_superscript(node: Node, base: str, habits: Habits) -> tuple[str, Node | None]:
    """What a superscript is: ("transpose" | "layer" | "mark" | "power", the node where it has a value)."""
    node = strip_group(node)
    if isinstance(node, Name):
        if node.text in _TRANSPOSES:
            return "transpose", None
        if node.text in _MARKS or (len(node.text) > 1 and node.font in ("text", "rm")):
            return "mark", None
        if node.text in _LAYER_LETTERS and (base in habits.layered or node.text != "L"):
            return "layer", node
    if isinstance(node, Words) or printed_word(node) in _STATES:
        return "mark", None
    if isinstance(node, Bracket) and node.kind in ("(", "[") and len(node.items) == 1:
        inner = strip_group(node.items[0])
        if isinstance(inner, Sum_) and all(isinstance(strip_group(term), Number) for _, term in inner.terms):
            return "power", node  # x^{(3 - 1)}: a power on its way to being worked out
        return "layer", node.items[0]
    if isinstance(node, Sum_) and base in habits.layered and _is_layer_sum(node):
        return "layer", node
    if isinstance(node, Number) and base in habits.layered:
        return "layer", node
    return "power", node


def _is_layer_sum(node: Sum_) -> bool:
    terms = [strip_group(term) for _, term in node.terms]
    letters = [term for term in terms if isinstance(term, Name)]
    numbers = [term for term in terms if isinstance(term, Number)]
    return (
        len(letters) == 1 and letters[0].text in _LAYER_LETTERS and len(letters) + len(numbers) == len(terms)
    )


def is_layer_script(node: Node) -> bool:
    """Whether a bare superscript looks like a layer: l, l+1, l-1, L-1 (a lone L or T does not)."""
    node = strip_group(node)
    return (isinstance(node, Name) and node.text in ("l", "ell")) or (
        isinstance(node, Sum_) and _is_layer_sum(node)
    )


def read_subscript(
    node: Node, base: str, habits: Habits, bound: Collection[str] = ()
) -> str | tuple[Node, ...]:
    """A label ("W" in X_W) or the index expressions of a subscript."""
    node = strip_group(node)
    if isinstance(node, Bracket) and node.kind in ("(", "[", "{"):
        return node.items if len(node.items) > 1 else read_subscript(node.items[0], base, habits, bound)
    if isinstance(node, Tuple_):
        if (base, _plain(node)) in habits.parametrized:
            return _plain(node)
        flat: list[Node] = []
        for item in node.items:
            if is_multiple(item):
                flat.append(item)  # x_{2i,2j}: every second cell
                continue
            part = read_subscript(item, "", NO_HABITS, bound)
            if isinstance(part, str):
                # A label among indices (k_{W,i}) is not an index: the whole subscript is a label.
                inner = strip_group(item)
                if isinstance(inner, Name) and len(inner.text) == 1:
                    flat.append(item)
                    continue
                return _plain(node)
            flat.extend(part)
        return tuple(flat)
    if isinstance(node, Words):
        return node.text.strip()
    if isinstance(node, Number):
        digits = node.text
        if base in habits.numbered and len(digits) == 1:
            return digits
        if habits.arity.get(base, 1) == len(digits) > 1 and digits.isdigit():
            return tuple(Number(digit, node.span) for digit in digits)
        if len(digits) > 1 and digits.startswith("0") and digits.isdigit():
            return digits  # w_{01} beside w_1 is a weight of its own: nobody counts in 01
        return (node,)
    if isinstance(node, Name):
        if (base, node.text) in habits.parametrized:
            return _plain(node)
        if key(node) in bound or _is_index_letter(node) or node.text in habits.letters:
            return (node,)
        return _plain(node)
    if isinstance(node, Product):
        parts = [strip_group(factor) for _, factor in node.factors]
        if len(parts) > 1 and all(
            not operator and isinstance(part, Bracket) and part.kind == "(" and len(part.items) == 1
            for (operator, _), part in zip(node.factors, parts, strict=True)
        ):
            # x_{(i+a)(j+b)}: two indices, each in brackets of its own.
            return tuple(part.items[0] for part in parts if isinstance(part, Bracket))
        word = printed_word(node)
        if word in WORDS or (word == "in" and habits.in_and_out):
            return word
        if all(operator == "" for operator, _ in node.factors) and all(
            isinstance(part, Number | Name) for part in parts
        ):
            if not all(
                isinstance(p, Number) or _is_index_letter(p) or (isinstance(p, Name) and key(p) in bound)
                for p in parts
            ):
                return _plain(node)
            if (tag := tag_letter(node)) is not None and tag in habits.tags and tag not in bound:
                return _plain(node)
            arity = habits.arity.get(base)
            if arity == 1 and isinstance(parts[0], Number):
                return (node,)
            split: list[Node] = []
            for factor in parts:
                if (
                    isinstance(factor, Number)
                    and arity is not None
                    and len(factor.text) == arity - len(parts) + 1
                ):
                    split.extend(Number(digit, factor.span) for digit in factor.text)
                else:
                    split.append(factor)
            return tuple(split)
        return (node,)
    if isinstance(node, Sum_ | Signed):
        return (node,)
    return (node,)


def is_multiple(node: Node) -> bool:
    """Whether an index is a number of at least 2 times a letter."""
    node = strip_group(node)
    if not isinstance(node, Product) or len(node.factors) != 2:
        return False
    number, letter = (strip_group(factor) for _, factor in node.factors)
    operator = node.factors[1][0]
    return (
        operator in ("", "cdot", "times")
        and isinstance(number, Number)
        and number.text.isdigit()
        and int(number.text) > 1
        and isinstance(letter, Name)
    )


def tag_letter(subscript: Node) -> str | None:
    """The letter of a subscript that is one letter and a number, as in E_{o1}; None of any other."""
    subscript = strip_group(subscript)
    if not isinstance(subscript, Product) or len(subscript.factors) != 2 or subscript.factors[1][0]:
        return None
    letter, number = (strip_group(factor) for _, factor in subscript.factors)
    if isinstance(letter, Name) and len(letter.text) == 1 and isinstance(number, Number):
        return key(letter)
    return None


def printed_word(node: Node) -> str:
    """Letters side by side as one text: "out" of C_{out}; empty for anything else."""
    if not isinstance(node, Product):
        return ""
    parts = [strip_group(factor) for _, factor in node.factors]
    letters = [part.text for part in parts if isinstance(part, Name) and len(part.text) == 1]
    plain = len(letters) == len(parts) and all(operator == "" for operator, _ in node.factors)
    return "".join(letters) if plain else ""


def plain_letter(text: str) -> str:
    """A letter without the mark that makes another of it: m for m', j for j^*."""
    return text.partition("^")[0].rstrip("'")


def _is_index_letter(node: Node) -> bool:
    if isinstance(node, Name) and len(plain_letter(node.text)) == 1 and node.text != plain_letter(node.text):
        return plain_letter(node.text).islower()
    if not isinstance(node, Name) or len(node.text) != 1:
        return isinstance(node, Name) and node.text in ("alpha", "beta", "mu", "nu", "ell")
    return node.text.islower() and node.font in ("", "it")
