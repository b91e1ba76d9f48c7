"""Recursive descent over the tokens of one statement: every node knows its place."""

from __future__ import annotations

from dataclasses import replace

from convsym.latex import symbols as table
from convsym.latex.cursor import CLOSING, Cursor
from convsym.latex.remarks import (
    accented,
    is_empty_group,
    listed,
    restyled,
    scripted,
    split_condition,
    with_equal_beside,
)
from convsym.latex.syntax import (
    BigOperator,
    Bracket,
    Cases,
    Chain,
    Ellipsis_,
    Fraction_,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Root,
    Scripted,
    Signed,
    Span,
    Sum_,
    Tuple_,
    Words,
)
from convsym.latex.tokens import Token


class Descent(Cursor):
    """Recursive descent over one statement's tokens; each method reads what it is named after."""

    # -- statements --------------------------------------------------------------------------------------

    def statement(self, conditions: tuple[Node, ...]) -> Chain:
        """One statement: a chain, whatever conditions it ends with."""
        if not self.tokens:
            start = min((node.span.start for node in conditions), default=0)
            stop = max((node.span.end for node in conditions), default=0)
            return Chain(None, (), Span(start, stop), conditions)
        node = with_equal_beside(self.whole())
        trailing: tuple[Node, ...] = ()
        node, trailing = split_condition(node, self.source)
        if isinstance(node, Chain):
            return replace(node, conditions=(*trailing, *conditions))
        return Chain(node, (), node.span, (*trailing, *conditions))

    def whole(self) -> Node:
        """Everything that is left, as one node."""
        node = self.listed()
        if self.next.kind != "eof":
            self.fail("an operator, a relation or the end")
        return node

    def listed(self) -> Node:
        """Chains between commas: one as it is, several as a Tuple_."""
        start = self.next.start
        items = [self.implied()]
        while self.next.kind == "comma":
            self.take()
            if self.next.kind in CLOSING and self.next.kind != "rel":
                break
            items.append(self.implied())
        return items[0] if len(items) == 1 else listed(items, self.span(start), merge=not self.enclosed)

    def implied(self) -> Node:
        """Chains joined by implications."""
        start = self.next.start
        parts: list[tuple[str, Node | None]] = []
        if self.next.kind == "rel" and self.next.text in table.IMPLICATIONS:
            parts.append(("", None))
        else:
            parts.append(("", self.chain()))
        while self.next.kind == "rel" and self.next.text in table.IMPLICATIONS:
            parts.append((self.take().text, self.chain()))
        if len(parts) == 1:
            assert parts[0][1] is not None
            return parts[0][1]
        links = tuple((relation, node) for relation, node in parts[1:] if node is not None)
        return Chain(parts[0][1], links, self.span(start))

    def chain(self) -> Node:
        """Expressions joined by relations; a lone expression as it is."""
        start = self.next.start
        first: Node | None = None
        if not (self.next.kind == "rel" and self.next.text not in ("colon", "mid")):
            first = self.expression()
        links: list[tuple[str, Node]] = []
        while self.relates():
            relation = self.take()
            if relation.text == "colon" and self.enclosed and self.next.kind in ("comma", "close", "rb"):
                links.append(("colon", Name(":", Span(relation.start, relation.end))))
                break
            links.append(("mid" if relation.kind == "bar" else relation.text, self.expression()))
        if not links and first is not None:
            return first
        return Chain(first, tuple(links), self.span(start))

    def relates(self) -> bool:
        """Whether a relation comes next."""
        if self.next.kind == "bar":
            return self.bar_role() == "mid"
        return self.next.kind == "rel" and self.next.text not in table.IMPLICATIONS

    # -- sums and products -------------------------------------------------------------------------------

    def expression(self) -> Node:
        """Terms with their signs, and {a \\over b}."""
        node = self.addition()
        if self.next.kind == "over":
            self.take()
            below = self.addition()
            node = Fraction_(node, below, Span(node.span.start, below.span.end))
        return node

    def addition(self) -> Node:
        """Terms joined by signs."""
        start = self.next.start
        terms: list[tuple[str, Node]] = [("+", self.signed())]
        while self.next.kind == "sign":
            sign = self.take().text
            terms.append((sign, self.signed()))
        return terms[0][1] if len(terms) == 1 else Sum_(tuple(terms), self.span(start))

    def signed(self) -> Node:
        """A product behind any number of signs."""
        token = self.next
        if token.kind != "sign":
            return self.product()
        self.take()
        self.enter()
        operand = self.signed()
        self.leave()
        return Signed(token.text, operand, self.span(token.start))

    def product(self) -> Node:
        """Factors side by side or joined by operators; a big operator takes the rest as its body."""
        self.enter()
        start = self.next.start
        factors: list[tuple[str, Node]] = [("", self.factor())]
        while True:
            token = self.next
            if token.kind == "op":
                operator = self.operator()
                if self.next.kind == "sign":
                    sign = self.take()
                    operand = self.factor()
                    factors.append((operator, Signed(sign.text, operand, self.span(sign.start))))
                else:
                    factors.append((operator, self.factor()))
            elif token.kind == "bar" and self.bar_role() == "at":
                bar = self.take()
                operator, last = factors[-1]
                inner = Bracket("at", (last,), Span(last.span.start, bar.end))
                factors[-1] = (operator, self.scripts(inner))
            elif self.begins_factor():
                if token.kind == "number" and isinstance(factors[-1][1], Number):
                    self.fail("an operator between two numbers")
                factors.append(("", self.factor()))
            else:
                break
        self.leave()
        kept = [item for item in factors if not is_empty_group(item[1])] or factors[:1]
        if len(kept) == 1:
            return kept[0][1]
        return Product(
            tuple(("" if at == 0 else op, node) for at, (op, node) in enumerate(kept)), self.span(start)
        )

    def operator(self) -> str:
        r"""An operator with the label it may carry: *_{valid} is "*_valid"."""
        token = self.take()
        if self.next.kind != "sub":
            return token.text
        script = self.take()
        label = self.script_argument()
        parts = label.factors if isinstance(label, Product) else (("", label),)
        letters = [node.text for join, node in parts if not join and isinstance(node, (Name, Number))]
        if len(letters) != len(parts):
            self.fail("one word under the operator", script)
        return f"{token.text}_{''.join(letters)}"

    def begins_factor(self) -> bool:
        """Whether the next token begins a factor."""
        kind = self.next.kind
        if kind == "bar":
            return self.bar_role() == "open"
        if kind == "words":
            return self.enclosed > 0 and not self.spoken
        return kind not in CLOSING and kind not in ("sign", "op", "sub", "sup", "prime")

    # -- factors -----------------------------------------------------------------------------------------

    def factor(self) -> Node:
        """A big operator with its body, or an atom with its scripts."""
        token = self.next
        if token.kind == "big":
            return self.big_operator()
        return self.scripts(self.atom())

    def scripts(self, base: Node) -> Node:
        """The base with the scripts and primes that follow it."""
        sub: Node | None = None
        sup: Node | None = None
        primes = 0
        braced = False
        while self.next.kind in ("sub", "sup", "prime") or self.begins_braced_script(braced):
            token = self.take()
            if token.kind in ("lb", "rb"):
                braced = token.kind == "lb"
                continue
            if token.kind == "prime":
                primes += 1
                continue
            if token.kind == "sup" and (count := self.prime_argument()):
                primes += count
                continue
            if token.kind == "sup" and (mark := self.trailing_mark()) is not None:
                script = Name(mark.text, Span(mark.start, mark.end))
                base = Scripted(base, None, script, 0, Span(base.span.start, mark.end))
            if (sub if token.kind == "sub" else sup) is not None:
                self.fail(f"one {'subscript' if token.kind == 'sub' else 'superscript'}", token)
            value = self.script_argument()
            if token.kind == "sub":
                sub = value
            else:
                sup = value
        if braced:
            self.fail("} to close this group")
        if sub is None and sup is None and not primes:
            return base
        return scripted(base, sub, sup, primes, self.span(base.span.start))

    def prime_argument(self) -> int:
        r"""Takes ^\prime or ^{\prime\prime}; how many, or 0 with nothing taken."""
        if self.next.kind == "prime":
            self.take()
            return 1
        count = 0
        while self.peek(1 + count).kind == "prime":
            count += 1
        if self.next.kind == "lb" and count and self.peek(1 + count).kind == "rb":
            self.at += count + 2
            return count
        return 0

    def script_argument(self) -> Node:
        """An argument, or a lone operator such as the star of x^*."""
        token = self.next
        if token.kind in ("op", "sign"):
            self.take()
            return Name(token.text, Span(token.start, token.end))
        if token.kind == "lb" and self.peek().kind in ("op", "sign") and self.peek(2).kind == "rb":
            self.take()
            mark = self.take()
            self.take()
            return Name(mark.text, Span(mark.start, mark.end))
        return self.argument()

    def argument(self) -> Node:
        """What TeX takes as an argument: a group in braces, or the next single mark."""
        token = self.next
        if token.kind == "number" and len(token.text) > 1 and "." not in token.text:
            # \frac12 and x_12: TeX takes one digit.
            self.tokens[self.at] = replace(token, text=token.text[1:], start=token.start + 1)
            return Number(token.text[0], Span(token.start, token.start + 1))
        if token.kind == "lb":
            group = self.group()
            if isinstance(group, Bracket) and group.kind == "group" and len(group.items) == 1:
                return group.items[0]
            return group
        if token.kind in CLOSING or token.kind in ("sub", "sup", "sign", "op", "bar", "prime"):
            self.fail("an argument")
        return self.atom()

    def group(self) -> Node:
        """A TeX group: one atom as it is, anything else as a Bracket of kind "group"."""
        opening = self.take()
        self.enter()
        outer, self.enclosed = self.enclosed, self.enclosed + 1
        bars, self.bars = self.bars, []
        items: list[Node] = []
        if self.next.kind == "font" and self.next.extra == "rest":
            font = self.take().text
            items = [restyled(node, font) for node in self.items()]
        else:
            items = self.items()
        if self.next.kind != "rb":
            self.fail("} to close this group")
        self.take()
        self.bars = bars
        self.enclosed = outer
        self.leave()
        span = self.span(opening.start)
        if len(items) == 1 and isinstance(
            items[0], (Name, Number, Matrix, Fraction_, Root, Bracket, Ellipsis_)
        ):
            return items[0]
        if len(items) > 1:
            return Bracket(
                "group", (Tuple_(tuple(items), Span(items[0].span.start, items[-1].span.end)),), span
            )
        return Bracket("group", tuple(items), span)

    def items(self) -> list[Node]:
        """Items between commas up to a closing mark; : and a lone operator stand for themselves."""
        found: list[Node] = []
        while self.next.kind not in ("close", "rb", "eof", "end", "amp", "row"):
            token = self.next
            if token.kind == "comma":
                self.take()
                continue
            behind = self.peek().kind
            if token.kind == "rel" and token.text == "colon" and behind in ("comma", "close", "rb"):
                self.take()
                found.append(Name(":", Span(token.start, token.end)))
            elif token.kind in ("op", "sign") and behind in ("comma", "close", "rb"):
                self.take()
                found.append(Name(token.text, Span(token.start, token.end)))
            elif token.kind == "quad":
                self.take()
            else:
                found.append(self.implied())
            if self.next.kind not in ("comma", "close", "rb", "eof", "end", "amp", "row", "quad"):
                break
        return found

    def atom(self) -> Node:
        """The smallest thing that stands by itself."""
        token = self.next
        span = Span(token.start, token.end)
        kind = token.kind
        if kind == "number":
            self.take()
            return Number(token.text, span)
        if kind == "name":
            self.take()
            return Name(token.text, span, token.extra)
        if kind == "dots":
            self.take()
            return Ellipsis_(span)
        if kind == "lb":
            return self.group()
        if kind in ("open", "at"):
            return self.bracket()
        if kind == "bar":
            return self.between_bars()
        if kind == "frac":
            return self.fraction()
        if kind == "sqrt":
            return self.root()
        if kind in ("font", "accent"):
            return self.styled()
        if kind == "begin":
            return self.grid()
        if kind == "brace":
            return self.braced()
        if kind == "words" and self.enclosed:
            self.take()
            return Words(token.text, span)
        return self.fail("a number, a name or a bracket")

    def bracket(self) -> Node:
        """A bracket with its partner."""
        opening = self.take()
        self.nested()
        bars, self.bars = self.bars, []
        items = self.items()
        self.bars = bars
        closing = self.next
        if closing.kind != "close":
            wanted = {
                "(": ")",
                "[": "]",
                "{": "\\}",
                "floor": "\\rfloor",
                "ceil": "\\rceil",
                "angle": "\\rangle",
            }
            self.fail(f"{wanted.get(opening.text, 'a bracket')} to close the bracket")
        self.take()
        self.unnested()
        span = self.span(opening.start)
        kind = "at" if opening.kind == "at" else opening.text
        if closing.text != kind:
            if {closing.text, kind} != {"(", "["} or len(items) != 2:
                self.fail(f"the partner of the bracket at its beginning, {opening.text}", closing)
            kind = "mixed"
        if len(items) == 1 and isinstance(items[0], Matrix) and kind in ("(", "[", "{"):
            inner = items[0]
            if inner.environment in ("array", "matrix", "smallmatrix"):
                return Matrix({"(": "pmatrix", "[": "bmatrix", "{": "Bmatrix"}[kind], inner.rows, span)
        return Bracket(kind, tuple(items), span)

    def between_bars(self) -> Node:
        """|a| or ||a||."""
        opening = self.take()
        kind = opening.text
        if (
            kind == "|"
            and self.next.kind == "bar"
            and self.next.text == "|"
            and self.next.start == opening.end
        ):
            self.take()
            kind = "||"
        self.nested()
        self.bars.append(kind)
        items = self.items()
        self.bars.pop()
        if self.next.kind != "bar":
            self.fail("a bar to close the one before")
        closing = self.take()
        if kind == "||" and closing.text == "|":
            if not (self.next.kind == "bar" and self.next.text == "|"):
                self.fail("two bars to close the norm")
            self.take()
        self.unnested()
        span = self.span(opening.start)
        if len(items) == 1 and isinstance(items[0], Matrix) and items[0].environment in ("array", "matrix"):
            return Matrix("vmatrix" if kind == "|" else "Vmatrix", items[0].rows, span)
        return Bracket(kind, tuple(items), span)

    def fraction(self) -> Node:
        r"""\frac and its two arguments."""
        start = self.take().start
        self.enter()
        above = self.argument()
        if self.next.kind == "op" and self.next.text == "/":
            self.fail("the denominator")
        below = self.argument()
        self.leave()
        return Fraction_(above, below, self.span(start))

    def root(self) -> Node:
        r"""\sqrt, its index and its radicand."""
        start = self.take().start
        self.enter()
        index: Node | None = None
        if self.next.kind == "open" and self.next.text == "[":
            self.take()
            index = self.expression()
            if self.next.kind != "close":
                self.fail("] behind the index of the root")
            self.take()
        radicand = self.argument()
        self.leave()
        return Root(radicand, index, self.span(start))

    def styled(self) -> Node:
        """What stands in a font or under an accent."""
        token = self.take()
        self.enter()
        node = self.factor() if token.extra == "rest" else self.argument()
        self.leave()
        styled = restyled(node, token.text) if token.kind == "font" else accented(node, token.text)
        if styled is None:
            return self.fail("one name under the accent", token)
        return replace(styled, span=self.span(token.start))

    def braced(self) -> Node:
        r"""\underbrace{a}_{note}: what it holds; the note is no mathematics."""
        token = self.take()
        self.enter()
        node = self.group() if self.next.kind == "lb" else self.argument()
        self.leave()
        if self.next.kind in ("sub", "sup"):
            self.take()
            if self.next.kind == "lb":
                depth = 0
                while self.next.kind != "eof":
                    depth += {"lb": 1, "rb": -1}.get(self.take().kind, 0)
                    if depth == 0:
                        break
            else:
                self.take()
        return replace(node, span=self.span(token.start))

    def big_operator(self) -> Node:
        r"""\sum and its like: limits, then the body."""
        token = self.take()
        self.enter()
        lower: Node | None = None
        upper: Node | None = None
        while self.next.kind in ("sub", "sup"):
            script = self.take()
            if (lower if script.kind == "sub" else upper) is not None:
                self.fail("one lower and one upper limit", script)
            value = self.limits() if self.next.kind == "lb" else self.argument()
            if script.kind == "sub":
                lower = value
            else:
                upper = value
        if self.next.kind == "op" and self.next.text in ("cdot", "times", "*"):
            self.fail("the operand of the big operator")
        body = self.signed() if self.next.kind == "sign" else self.product()
        self.leave()
        return BigOperator(token.text, lower, upper, body, self.span(token.start))

    def limits(self) -> Node:
        """The limits of a big operator: an index, a chain, several of them, or rows of a substack."""
        if self.peek().kind == "begin" and self.peek().text == "substack":
            opening = self.take()
            node = self.grid()
            if self.next.kind != "rb":
                self.fail("} behind the limits")
            self.take()
            return replace(node, span=self.span(opening.start))
        return self.argument()

    # -- matrices and cases ------------------------------------------------------------------------------

    def grid(self) -> Node:
        """An environment of rows and cells."""
        begin = self.take()
        self.nested()
        bars, self.bars = self.bars, []
        spoken, self.spoken = self.spoken, begin.text in table.CASES
        rows: list[list[Node | None]] = [[]]
        while True:
            rows[-1].append(self.cell(begin))
            token = self.take()
            if token.kind == "end":
                break
            if token.kind == "row":
                rows.append([])
            elif token.kind != "amp":
                self.at -= 1
                self.fail(f"&, \\\\ or \\end{{{begin.text}}}")
        self.bars, self.spoken = bars, spoken
        self.unnested()
        while len(rows) > 1 and rows[-1] == [None]:
            rows.pop()
        if any(len(row) > 1 for row in rows):  # one without cells is space: a & b \\ \\ c & d
            rows = [row for row in rows if row != [None]]
        span = self.span(begin.start)
        if begin.text == "substack":
            items = tuple(cell for row in rows for cell in row if cell is not None)
            return items[0] if len(items) == 1 else Tuple_(items, span)
        if begin.text in table.CASES:
            return Cases(tuple(self.branch(row, begin) for row in rows), span)
        return Matrix(begin.text, tuple(tuple(row) for row in rows), span)

    def cell(self, begin: Token) -> Node | None:
        """One cell of a matrix, or one part of a branch; None where it is empty."""
        found: list[Node] = []
        start = self.next.start
        while self.next.kind not in ("amp", "row", "end", "eof"):
            if self.next.kind in ("comma", "quad", "stop"):
                self.take()
                continue
            if self.next.kind == "words" and begin.text in table.CASES:
                words = self.take()
                found.append(Words(words.text, Span(words.start, words.end)))
                continue
            found.append(self.implied())
            if self.next.kind not in ("comma", "quad", "amp", "row", "end", "stop", "words"):
                self.fail(f"&, \\\\ or \\end{{{begin.text}}}")
        if not found:
            return None
        return found[0] if len(found) == 1 else Tuple_(tuple(found), self.span(start))

    def branch(self, row: list[Node | None], begin: Token) -> tuple[Node, Node | None]:
        """The value and the condition that a row of cases holds."""
        parts: list[Node] = []
        for cell in row:
            parts.extend(cell.items if isinstance(cell, Tuple_) else () if cell is None else (cell,))
        if not parts:
            self.fail("a value in every branch of the cases", begin)
        value, rest = parts[0], parts[1:]
        if len(rest) > 1 and isinstance(rest[0], Words):
            word = rest[0].text.split()[0].lower().strip(",(")
            if word in table.CONDITION_WORDS:
                rest = rest[1:]
        if not rest:
            return value, None
        return value, rest[0] if len(rest) == 1 else Tuple_(
            tuple(rest), Span(rest[0].span.start, rest[-1].span.end)
        )
