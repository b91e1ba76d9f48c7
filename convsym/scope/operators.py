"""Which factors of a product belong together: a function and its argument, a differential operator and its object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from convsym.errors import ScopeError
from convsym.latex.syntax import BigOperator, Bracket, Fraction_, Name, Node, Number, Product, Scripted, Sum_
from convsym.latex.walking import children
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.convolving import is_named
from convsym.scope.model import Scope, UndefinedError, latex_name
from convsym.scope.naming import Reference, key, strip_group

# Letters that name a function by convention when a bracket follows and nothing else gives them a meaning.
_FUNCTION_LETTERS = frozenset({"f", "g", "h", "sigma", "phi", "varphi", "psi", "rho", "F", "G", "Phi"})
TURNS = frozenset({"rot180", "rot", "rotate", "flip", "Rot180", "Rot", "Flip", "rotate180", "ROT180"})
"""Names of what turns or mirrors a matrix."""
PADS = frozenset({"pad", "Pad", "zeropad", "ZeroPad", "padding"})
"""Names of what puts zeros around a matrix."""
DILATES = frozenset({"dil", "dilate", "Dilate", "dilation"})
"""Names of what puts zeros between the entries of a matrix."""
DIAGONALS = frozenset({"diag", "Diag"})
"""Names of what puts a vector on the diagonal of a matrix."""
_MATRIX_FUNCTIONS = (
    TURNS
    | DIAGONALS
    | frozenset(
        {
            "conv",
            "conv2d",
            "Conv",
            "corr",
            "xcorr",
            "pad",
            "vec",
            "sum",
            "mean",
        }
    )
)
_BARE_ARGUMENT = frozenset(
    {"exp", "log", "ln", "tanh", "sinh", "cosh", "sin", "cos", "tan", "relu", "ReLU", "max", "min"}
)


@dataclass(frozen=True, slots=True)
class Applied:
    """A function and what it is applied to.

    Attributes:
        name: the function's key.
        layer: a layer superscript of the function, or None.
        primes: how many primes.
        power: an exponent between name and bracket, or None.
        arguments: the argument nodes.
        indices: subscripts of the function (an output component), mostly empty.
        end: position of the first factor behind it.
    """

    name: str
    layer: Node | None
    primes: int
    power: Node | None
    arguments: tuple[Node, ...]
    indices: tuple[Node, ...]
    end: int


@dataclass(frozen=True, slots=True)
class DerivativeParts:
    """What is differentiated, by what, whether with a straight d, and what had to be guessed to read it so."""

    above: Node
    below: Node
    total: bool
    guess: str = ""


def is_diagonal(node: Node) -> bool:
    """Whether a node is the name diag."""
    return isinstance(node, Name) and node.text in DIAGONALS


def is_function(reference: Reference, arguments: Bracket, scope: Scope, env: Mapping[str, Any]) -> bool:
    """Whether a name followed by a bracket is a function applied (and not a product)."""
    name = reference.name
    if name in env or _stands_bare(name, arguments):
        # \sigma(1 - \sigma) is a product: a function is not applied to itself.
        return False
    if name in scope.functions:
        return True
    if scope.family(name) is not None or name in scope.rules or name in scope.sizes:
        return False
    if name in FUNCTIONS or name in _MATRIX_FUNCTIONS:
        return True
    if reference.base in TURNS | PADS | DILATES or is_named(name):
        return True  # flip_{vert}(W): the label says how
    if reference.head.font in ("rm", "text", "op") and len(reference.head.text) > 1:
        return True
    return name in _FUNCTION_LETTERS or len(arguments.items) > 1


def _stands_bare(name: str, inside: Node) -> bool:
    """Whether a name stands below a node without a bracket behind it."""
    stack: list[Node] = [inside]
    while stack:
        node = strip_group(stack.pop())
        if isinstance(node, Name):
            if key(node) == name:
                return True
        elif isinstance(node, Product):
            for place, (_, factor) in enumerate(node.factors):
                behind = strip_group(node.factors[place + 1][1]) if place + 1 < len(node.factors) else None
                bare = strip_group(factor)
                if isinstance(bare, Name) and isinstance(behind, Bracket):
                    continue
                stack.append(factor)
        elif isinstance(node, Scripted):
            continue
        else:
            stack.extend(children(node))
    return False


def application(
    flat: list[tuple[str, Node]], position: int, env: Mapping[str, Any], scope: Scope
) -> Applied | None:
    """The function application that begins at a position of a product, or None."""
    node = strip_group(flat[position][1])
    reference = scope.refer(node, env)
    if reference is None or position + 1 >= len(flat):
        return None
    operator, following = flat[position + 1]
    following = strip_group(following)
    if operator != "":
        return None
    if isinstance(following, Scripted) and following.subscript is not None and len(reference.name) > 2:
        inner = strip_group(following.base)
        if (
            isinstance(inner, Bracket)
            and inner.kind == "("
            and reference.name.isalpha()
            and not reference.indices
        ):
            if not scope.rules.get(reference.name) and reference.head.font:
                raise UndefinedError(f"the operation {reference.name} was not defined")
    bracket, power, kinds = following, reference.power, frozenset("([{")
    if isinstance(following, Scripted) and following.subscript is None and following.primes == 0:
        # f(x)^2: the power stands on the bracket.
        bracket, power, kinds = strip_group(following.base), following.superscript, frozenset("([")
    if isinstance(bracket, Bracket) and bracket.kind in kinds and is_function(reference, bracket, scope, env):
        return Applied(
            reference.name,
            reference.layer,
            reference.primes,
            power,
            bracket.items,
            reference.indices,
            position + 2,
        )
    if (
        reference.name in _BARE_ARGUMENT
        and reference.name in FUNCTIONS
        and not isinstance(following, Bracket)
    ):
        if isinstance(following, BigOperator):
            # \log \sum_k e^{z_k}: a sum takes all that is behind it.
            return Applied(
                reference.name,
                None,
                reference.primes,
                reference.power,
                (following,),
                reference.indices,
                position + 2,
            )
        if isinstance(following, Name | Scripted | Number | Fraction_ | Bracket):
            # \exp x, \log x y: everything side by side up to the next operator is the argument.
            end = position + 2
            while end < len(flat) and flat[end][0] == "":
                if isinstance(strip_group(flat[end][1]), Bracket):
                    # \log h(x): the bracket belongs to the h in front of it, and ends the argument.
                    called = application(flat, end - 1, env, scope)
                    if called is not None and called.end == end + 1:
                        end += 1
                    break
                end += 1
            rest = flat[position + 1 : end]
            argument = (
                rest[0][1] if len(rest) == 1 else Product((("", rest[0][1]), *rest[1:]), rest[0][1].span)
            )
            return Applied(
                reference.name, None, reference.primes, reference.power, (argument,), reference.indices, end
            )
    return None


def differential_parts(node: Node) -> tuple[str, int, list[tuple[str, Node]]] | None:
    r"""(letter, order, the rest) of \partial^n rest; None for what is no differential.

    Args:
        node: a side of a fraction.
    """
    node = strip_group(node)
    factors: list[tuple[str, Node]] = list(node.factors) if isinstance(node, Product) else [("", node)]
    head = strip_group(factors[0][1])
    order = 1
    if isinstance(head, Scripted) and head.subscript is not None and head.superscript is None:
        name = strip_group(head.base)
        if isinstance(name, Name) and key(name) == "partial" and not head.primes:
            # \\partial_{MSE} for \\partial MSE
            return name.text, 1, [("", head.subscript), *factors[1:]]
    if isinstance(head, Scripted) and head.subscript is None and isinstance(head.superscript, Number):
        order = int(head.superscript.text) if len(head.superscript.text) < 3 else 99
        head = strip_group(head.base)
    if not isinstance(head, Name) or key(head) not in ("partial", "d", "mathrm d", "delta"):
        return None
    if head.text == "delta" and len(factors) == 1:
        return None
    return head.text, order, factors[1:]


def _joined(factors: list[tuple[str, Node]]) -> Node:
    if len(factors) == 1:
        return factors[0][1]
    return Product((("", factors[0][1]), *factors[1:]), factors[0][1].span)


def derivative_parts(
    node: Fraction_, env: Mapping[str, Any], scope: Scope, *, operator: bool = False
) -> DerivativeParts | None:
    """Above and below of a derivative written as a fraction; None where it is a plain fraction.

    Raises:
        ScopeError: a derivative of a form that is not read (higher, mixed, or of nothing).
    """
    node = _with_one_numerator(node)
    above, below = differential_parts(node.numerator), differential_parts(node.denominator)
    written = {side[0] for side in (above, below) if side is not None}
    if "delta" in written and (
        None in (above, below) or written != {"delta"} or _is_quantity("delta", env, scope)
    ):
        return None
    if above is None or below is None:
        lower = scope.refer(node.denominator, env)
        if above is not None and above[0] == "partial" and above[1] == 1 and above[2] and lower is not None:
            guess = f"a $\\partial$ is missing in front of ${latex_name(lower.name)}$ under the fraction"
            return DerivativeParts(_joined(above[2]), node.denominator, False, guess)
        if (above is not None and above[0] == "partial") or (below is not None and below[0] == "partial"):
            raise ScopeError("a derivative of a form that is not read")
        return None
    if above[0] != below[0]:
        raise ScopeError("a derivative with two different differentials")
    if above[0] == "d" and ("d" in env or "d" in scope.rules or "d" in scope.habits.arity):
        return None
    if above[1] != 1 or below[1] != 1:
        raise ScopeError("a second derivative")
    if not below[2]:
        raise ScopeError("a derivative by nothing")
    if len(below[2]) > 1 and any(differential_parts(factor) for _, factor in below[2]):
        raise ScopeError("a mixed second derivative")
    if not above[2]:
        if not operator:
            raise ScopeError("a differential operator that acts on nothing")
        return DerivativeParts(node.numerator, _joined(below[2]), above[0] == "d")
    return DerivativeParts(_joined(above[2]), _joined(below[2]), above[0] == "d")


def _with_one_numerator(node: Fraction_) -> Fraction_:
    r"""\partial \sum_k w_k a_k + b over \partial a_k, where all of the sum is differentiated."""
    numerator, below = strip_group(node.numerator), differential_parts(node.denominator)
    if (
        not isinstance(numerator, Sum_)
        or below is None
        or below[0] != "partial"
        or numerator.terms[0][0] != "+"
    ):
        return node
    (sign, first), *rest = numerator.terms
    above = differential_parts(first)
    if above is None or above[:2] != ("partial", 1) or not above[2]:
        return node
    if any(differential_parts(term) is not None for _, term in rest):
        return node
    whole = Bracket("(", (Sum_(((sign, _joined(above[2])), *rest), numerator.span),), numerator.span)
    assert isinstance(strip_group(first), Product)
    head = strip_group(first).factors[0]  # type: ignore[union-attr]
    return replace(node, numerator=Product((head, ("", whole)), numerator.span))


def _is_quantity(letter: str, env: Mapping[str, Any], scope: Scope) -> bool:
    """Whether the document uses a letter as a number or a family, so that it is no differential."""
    return letter in env or letter in scope.habits.arity or bool(scope.rules.get(letter))


def starts_derivative(node: Node, scope: Scope, env: Mapping[str, Any]) -> bool:
    """Whether a factor is an operator: d/dx with nothing above, or \\nabla_K."""
    if isinstance(node, Fraction_):
        above, below = differential_parts(node.numerator), differential_parts(node.denominator)
        return above is not None and below is not None and not above[2] and above[0] == below[0]
    if isinstance(node, Scripted) and node.subscript is not None and node.superscript is None:
        base = strip_group(node.base)
        return isinstance(base, Name) and base.text == "nabla"
    return False
