"""The versions of a document's scope: where a name is defined anew, and which of its definitions a line speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from convsym.latex.syntax import Name, Node
from convsym.latex.walking import rewritten
from convsym.scope.algebra import FUNCTIONS
from convsym.scope.forms import printed_shape
from convsym.scope.model import FunctionRule, Rule, Scope
from convsym.scope.naming import key
from convsym.scope.renewal import is_renewed, speaks_of_before
from convsym.scope.standing import leads_back
from convsym.scope.statements import Statement
from convsym.scope.variants import Kinds, clash, other_kinds, says_the_same, tells

EARLIER = "earlier"
"""The accent under which a name is kept that a line defines by what was computed from it: z = w x, z = v \\sigma(z)."""


class Versions:
    """The versions of the scope, the last one in force.

    Attributes:
        scopes: in the order in which they come into force.
        withdrawn: the definitions that a later version took out of force, by name.
    """

    def __init__(self, first: Scope, kinds: Sequence[Kinds]) -> None:
        self.scopes = [first]
        self.withdrawn: dict[str, list[Rule | FunctionRule]] = defaultdict(list)
        self._kinds = kinds
        self._formulas: dict[int, int] = {}

    @property
    def scope(self) -> Scope:
        """The version in force."""
        return self.scopes[-1]

    def read(self, statement: Statement) -> None:
        """Keep what is said of a statement: of which formula it is a part.

        Args:
            statement: a relation that is about to be read.
        """
        self._formulas[statement.number] = statement.formula

    def kinds_of(self, number: int) -> Kinds:
        """What the words say of a statement.

        Args:
            number: its number.
        """
        formula = self._formulas.get(number)
        return {} if formula is None or formula >= len(self._kinds) else self._kinds[formula]

    def begin(self, rules: Iterable[Rule], functions: Iterable[str] = ()) -> None:
        """Begin a version in which some definitions are no longer in force.

        Args:
            rules: of families, numbers and matrices.
            functions: names of functions.
        """
        fresh = self.scope.copy()
        for rule in rules:
            fresh.rules[rule.name] = [other for other in fresh.rules[rule.name] if other is not rule]
            self._withdraw(rule.name, rule)
        for name in functions:
            self._withdraw(name, fresh.functions.pop(name))
        self.scopes.append(fresh)

    def _withdraw(self, name: str, rule: Rule | FunctionRule) -> None:
        if not any(other is rule for other in self.withdrawn[name]):
            self.withdrawn[name].append(rule)

    def is_renewed(
        self,
        statement: Statement,
        existing: Sequence[Rule | FunctionRule],
        statements: Sequence[Statement],
        rule: Rule | None = None,
    ) -> bool:
        """Whether a line clearly introduces a known name anew, by its words or by what it is computed from.

        Args:
            statement: the relation that may define.
            existing: the definitions in force for what stands on its left.
            statements: the relations read before.
            rule: what it would define, where that is a name or a family.
        """
        return (
            (rule is not None and self._is_reused(statement, rule, statements))
            or is_renewed(statement, existing, statements, self.scope)
            or self._is_another_kind(statement, existing, statements)
        )

    def renews_function(self, statement: Statement, name: str, statements: Sequence[Statement]) -> bool:
        """Whether a function is defined anew; a version then begins in which the old one is not.

        Args:
            statement: the relation that may define.
            name: the function's.
            statements: the relations read before.
        """
        known = self.scope.functions.get(name)
        if known is None or (known.body is None and not known.known):
            return False
        if not self._is_another_kind(statement, [known], statements) and (
            known.body is None or not is_renewed(statement, [known], statements, self.scope)
        ):
            return False
        self.begin([], [name])
        return True

    def _is_another_kind(
        self, statement: Statement, existing: Sequence[Rule | FunctionRule], statements: Sequence[Statement]
    ) -> bool:
        """Whether the words say that a line speaks of another kind than the definitions in force: a case of its own."""
        if says_the_same(statement.display.before):
            return False
        numbers = {rule.statement for rule in existing}
        earlier = [s for s in statements if s.number in numbers]
        if not earlier or any(printed_shape(s.right) == printed_shape(statement.right) for s in earlier):
            return False
        new = self.kinds_of(statement.number)
        return all(
            any(
                tells(group, old.right) and tells(group, statement.right)
                for group in other_kinds(
                    self.kinds_of(old.number), new, printed_shape(old.left) == printed_shape(statement.left)
                )
            )
            for old in earlier
        )

    def prints_another(self, statement: Statement, statements: Sequence[Statement]) -> bool:
        """Whether a matrix is printed anew, of other sizes, for another layer or kind; a new version then begins.

        Args:
            statement: the relation that prints it.
            statements: the relations read before.
        """
        printed = [
            s for s in statements if printed_shape(s.left) == printed_shape(statement.left) and not s.link
        ]
        earlier = [s for s in printed if s.role == "definition"][-1:]
        before = statement.display.before
        if (
            not earlier
            or says_the_same(before)
            or speaks_of_before(before)
            or not any(
                old.display.section != statement.display.section
                or any(other_kinds(self.kinds_of(old.number), self.kinds_of(statement.number), whole=False))
                for old in earlier
            )
        ):
            return False
        self.begin([])
        return True

    def _is_reused(self, statement: Statement, rule: Rule, statements: Sequence[Statement]) -> bool:
        """Whether a line computes a name from what was computed from it, and from something new: the next layer.

        After z = w x + b and h = f(z), the line z = v h + c says another z; z = g(h) may say the old one otherwise.
        """
        scope = self.scope
        if statement.link or not leads_back(rule, scope):
            return False
        own = [reference.name for reference in scope.mentions(statement.right)]
        if rule.name in own:
            return False
        known = {r.name for s in statements for side in (s.left, s.right) for r in scope.mentions(side)}
        known |= {*FUNCTIONS, *scope.functions, "e", "pi"}
        return any(name not in known for name in own)

    def heed_words(self, formula: int) -> None:
        """Put the definitions of the kind that a formula is said to speak of back in force.

        Args:
            formula: its number.
        """
        said = self._kinds[formula] if formula < len(self._kinds) else {}
        back: dict[str, list[Rule | FunctionRule]] = {}
        for name, old in self.withdrawn.items():
            current = self._current(name)
            for group, values in said.items():
                if not any(clash(group, self._said_of(rule, group), values) for rule in current):
                    continue
                fitting = [r for r in old if self._said_of(r, group) & values and r not in current]
                kept = [r for r in current if not clash(group, self._said_of(r, group), values)]
                if fitting:
                    current = back[name] = [*kept, *fitting]
        if not back:
            return
        fresh = self.scope.copy()
        for name, rules in back.items():
            for rule in self._current(name):
                self._withdraw(name, rule)
            functions = [rule for rule in rules if isinstance(rule, FunctionRule)]
            fresh.rules[name] = [rule for rule in rules if isinstance(rule, Rule)]
            if functions:
                fresh.functions[name] = functions[-1]
        self.scopes.append(fresh)

    def _current(self, name: str) -> list[Rule | FunctionRule]:
        known = self.scope.functions.get(name)
        return [*self.scope.rules.get(name, []), *([] if known is None else [known])]

    def _said_of(self, rule: Rule | FunctionRule, group: str) -> frozenset[str]:
        return self.kinds_of(rule.statement).get(group, frozenset())

    def add(self, rule: Rule, old: Sequence[Rule]) -> None:
        """Put a definition in force; keep what a name was, where the new one is computed from it: z = w x, z = v f(z).

        What was said before goes on speaking of the old one.

        Args:
            rule: the new definition, not yet in force.
            old: the definitions of the same name that it replaces.
        """
        scope = self.scope
        # A recurrence, h_t = f(h_{t-1}), speaks of itself and not of what the name was before.
        own = any(reference.name == rule.name for reference in scope.mentions(rule.body))
        replaced = old and not any(one in scope.rules.get(rule.name, []) for one in old)
        if replaced and not own and leads_back(rule, scope):
            times = len(list(earlier_names(rule.name, scope))) + 1
            kept = f"{EARLIER} " * times + rule.name
            for name, rules in scope.rules.items():
                scope.rules[name] = [
                    replace(one, body=with_earlier(one.body, rule.name, times)) for one in rules
                ]
            scope.rules[kept] = [replace(one, name=kept) for one in old]
            if (family := scope.families.get(rule.name)) is not None:
                scope.families[kept] = replace(family, name=kept)
        scope.rules.setdefault(rule.name, []).append(rule)


def earlier_names(name: str, scope: Scope) -> Iterator[str]:
    """The names under which what a name was before is kept, the first one first.

    Args:
        name: a key.
        scope: a version of the scope.
    """
    kept = f"{EARLIER} {name}"
    while scope.rules.get(kept):
        yield kept
        kept = f"{EARLIER} {kept}"


def with_earlier(node: Node, name: str, times: int = 1) -> Node:
    """A formula in which a name is what it was before it was defined anew.

    Args:
        node: the formula.
        name: the key of the name.
        times: which of the definitions that it had, 1 for the first.
    """

    def change(part: Node) -> Node | None:
        if isinstance(part, Name) and key(part) == name:
            return replace(part, font=(f"{EARLIER} " * times + part.font).strip())
        return None

    return rewritten(node, change)


__all__ = ["EARLIER", "Versions", "earlier_names", "with_earlier"]
