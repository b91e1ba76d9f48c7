r"""Signs that the text says are entrywise products, "$*$ means element-wise multiplication", as the usual \odot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from convsym.document import Document, Prose
from convsym.latex.syntax import Equation, Node, Number, Product
from convsym.latex.walking import rewritten
from convsym.scope.naming import strip_group

_SAYS = r"\s*[\"'”’`)]*\s+(?:here\s+)?(?:means|denotes|is|be|stands\s+for|represents|indicates)\s+(?:the\s+|an?\s+)?"
_SIGN = r"\$\s*(\*|\\(?:ast|otimes|star|bullet|circledast))\s*\$"
_ENTRYWISE = re.compile(_SIGN + _SAYS + r"(?:(?:element|entry|component)[- ]?wise|hadamard)", re.I)
_OTHERWISE = re.compile(_SIGN + _SAYS + r"\w*(?:\s\w+)?\s?(?:convol|correlat|outer|kronecker|tensor)", re.I)


def with_said_products(equations: Mapping[int, Equation], document: Document) -> dict[int, Equation]:
    r"""The formulas with \odot for a sign that the text says is one; as they are where it says something else, too.

    Args:
        equations: the formulas of a document by their number; not changed.
        document: whose sentences may say so.
    """
    said = [item.text for item in document.items if isinstance(item, Prose)]
    said += [f"${item.latex}${item.after}" for item in document.formulas()]
    text = " . ".join(said)
    signs = {_plain(sign) for sign in _ENTRYWISE.findall(text)} - {
        _plain(sign) for sign in _OTHERWISE.findall(text)
    }
    if not signs:
        return dict(equations)

    def change(node: Node) -> Node | None:
        if not isinstance(node, Product):
            return None
        factors = [(operator, rewritten(factor, change)) for operator, factor in node.factors]
        for place in range(1, len(factors)):
            operator, factor = factors[place]
            beside = strip_group(factors[place - 1][1]), strip_group(factor)
            if _plain(f"\\{operator}") in signs and not any(isinstance(one, Number) for one in beside):
                factors[place] = ("odot", factor)
        return replace(node, factors=tuple(factors))

    return {number: rewritten(equation, change) for number, equation in equations.items()}


def _plain(sign: str) -> str:
    """The sign as products carry it; a star by its command is a star."""
    return "*" if sign == r"\ast" else sign.removeprefix("\\")
