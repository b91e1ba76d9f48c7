"""What a convolution's sign between two matrices stands for: the standard readings, and the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convsym.latex.syntax import Bracket, Node, Product
from convsym.latex.walking import walk
from convsym.scope.grid import Grid, correlate, entrywise, matrix_product
from convsym.scope.model import TypeClashError, UndefinedError
from convsym.scope.naming import NO_HABITS, refer, strip_group

if TYPE_CHECKING:
    from convsym.scope.algebra import Algebra
    from convsym.scope.elaborate import Elaborator
    from convsym.scope.model import Scope

# Signs that stand for a convolution between matrices; between numbers the first two are a product.
SIGNS = frozenset({"*", "ast", "star", "circledast", "otimes"})
# Operations that are applied to two matrices under a name; the last ones say that nothing is turned.
NAMED = frozenset({"conv", "conv2d", "Conv", "Conv2d", "conv2D", "convolve", "corr", "xcorr", "correlate"})
CORRELATIONS = frozenset({"corr", "xcorr", "correlate"})
EXTENTS = ("valid", "full", "same")
# A plain star multiplies matrices as well, entry by entry in the manner of code or as matrices.
PRODUCTS = {"entrywise": "entry by entry", "matrix": "as the product of matrices"}
# How a text that is about convolutions says so, in the languages such texts are written in.
WORDS = ("convol", "correlat", "kernel", "卷积", "相关", "畳み込み", "합성곱", "свёртк", "свертк", "faltung")
"""Beginnings of words that a document about convolutions uses."""


class UnsettledOperatorError(UndefinedError):
    """A convolution's sign between matrices, of which the document does not say what it stands for.

    Attributes:
        operator: the sign or the name.
    """

    def __init__(self, operator: str) -> None:
        self.operator = operator
        super().__init__(f"the operator {operator} between matrices was not defined")


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a convolution's sign.

    Attributes:
        turned: whether the kernel is turned by 180 degrees, as a true convolution does.
        extent: "valid", "full" or "same"; "entrywise" or "matrix" for a product.
        leading: whether the kernel stands in front, as in rot180(W) * D; where nothing goes over the edge it is the
            smaller matrix anyway.
    """

    turned: bool
    extent: str = "valid"
    leading: bool = False

    def words(self, operator: str) -> str:
        """The reading as an assumption."""
        if self.extent in PRODUCTS:
            return f"{operator} is read {PRODUCTS[self.extent]}"
        kind = "convolution" if self.turned else "cross-correlation"
        return f"{operator} is read as a {self.extent} {kind}{' with the kernel in front' if self.leading else ''}"

    def apply(self, a: Grid, b: Grid, algebra: Algebra) -> Grid:
        """The operation on two matrices; TypeClashError where they do not fit."""
        if self.extent == "entrywise":
            return entrywise(a, b, lambda x, y: algebra.multiply((x, y)), "entrywise product")
        if self.extent == "matrix":
            return matrix_product(a, b, algebra)
        image, kernel = (b, a) if self.leading else (a, b)
        smaller = a.rows <= b.rows and a.columns <= b.columns
        if self.extent == "valid" and smaller and (a.rows, a.columns) != (b.rows, b.columns):
            image, kernel = b, a  # K * X with the kernel in front: what slides is the smaller one
        if self.turned:
            kernel = kernel.rotated
        if self.extent == "same":
            return _cropped(correlate(image, kernel, algebra, full=True), image, kernel)
        return correlate(image, kernel, algebra, full=self.extent == "full")


def _cropped(full: Grid, image: Grid, kernel: Grid) -> Grid:
    if kernel.rows % 2 == 0 or kernel.columns % 2 == 0:
        raise TypeClashError("a kernel of even size has no middle")
    top, left = kernel.rows // 2, kernel.columns // 2
    cells = tuple(full.at(r + top, c + left) for r in range(image.rows) for c in range(image.columns))
    return Grid(image.rows, image.columns, cells)


def is_sign(operator: str) -> bool:
    """Whether a printed operator is a convolution's sign, with a label (*_{full}) or without."""
    return operator.partition("_")[0] in SIGNS


def name_of(head: Node) -> str:
    r"""The name that stands before a bracket, conv or conv_{full}; empty where it is no name."""
    reference = refer(head, NO_HABITS)
    return "" if reference is None or reference.indices else reference.name


def is_named(name: str) -> bool:
    """Whether a name is that of a convolution, with how far it extends (conv2d_full) or without."""
    base, _, label = name.partition("_")
    return base in NAMED and label in ("", *EXTENTS)


def readings_of(operator: str, turned: bool | None) -> list[Reading]:
    """The standard readings of a sign, the likeliest first; `turned` where the document settles that."""
    sign, _, label = operator.partition("_")
    turns = (False, True) if turned is None else (turned,)
    if sign in CORRELATIONS:
        turns = (False,)
    extents = (label,) if label in EXTENTS else EXTENTS
    found = [reading for extent in extents for turn in turns for reading in _ways(extent, turn)]
    products = [Reading(False, product) for product in PRODUCTS]
    return [*found, *products] if operator in ("*", "ast", "otimes") else found


def conventions(turned: bool) -> list[Reading]:
    """Every reading of a sign as a convolution that turns its kernel, or as one that does not."""
    return [reading for extent in EXTENTS for reading in _ways(extent, turned)]


def _ways(extent: str, turned: bool) -> list[Reading]:
    """The readings that differ in which matrix is the kernel; a full convolution is the same either way."""
    if extent == "valid" or (extent == "full" and turned):
        return [Reading(turned, extent)]
    return [Reading(turned, extent), Reading(turned, extent, leading=True)]


def convolved(elaborator: Elaborator, a: Grid, b: Grid, operator: str) -> Grid:
    """Two matrices under a convolution's sign.

    Raises:
        UnsettledOperatorError: the document does not say what the sign stands for.
        TypeClashError: the matrices do not fit.
    """
    if not elaborator.scope.sized:
        raise UndefinedError("a convolution of matrices whose sizes are not known")
    elaborator.convolved.add(operator)
    reading = elaborator.scope.convolutions.get(operator)
    if reading is None and operator.startswith("otimes") and not _may_convolve(elaborator.scope):
        raise UndefinedError(f"the operator {operator} between matrices was not defined")
    if reading is None:
        raise UnsettledOperatorError(operator)
    said = is_named(operator) and "_" in operator
    if elaborator.defines and reading.extent in EXTENTS and not said:
        # Y = X * W is the forward pass: what surrounds the image elsewhere does not change what Y is.
        reading = Reading(reading.turned)
    return reading.apply(a, b, elaborator.algebra)


def _may_convolve(scope: Scope) -> bool:
    """Whether a cross in a circle may be a convolution: elsewhere it is a product of its own."""
    return "otimes" in scope.turns or speaks_of_convolution(scope)


def speaks_of_convolution(scope: Scope) -> bool:
    """Whether a document is about convolutions, so that a star between bare names need be no product."""
    return scope.convolution is not None or any(word in scope.words for word in WORDS)


def signs_in(node: Node) -> set[str]:
    """The convolution's signs, and the named convolutions, that a node applies."""
    found = set()
    for part in walk(node):
        if isinstance(part, Product):
            for (_, before), (operator, behind) in zip(part.factors, part.factors[1:], strict=False):
                head, behind = strip_group(before), strip_group(behind)
                if is_sign(operator):
                    found.add(operator)
                elif not operator and isinstance(behind, Bracket) and is_named(name := name_of(head)):
                    found.add(name)
    return found


def is_convolution(node: Node) -> bool:
    """Whether a node applies a convolution's sign, or a named convolution, somewhere."""
    return bool(signs_in(node))
