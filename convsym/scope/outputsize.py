"""The size formula of a convolution's output, decided against the count of positions that fit."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import floor as floor_of

from sympy import Expr, Integer, Rational, Symbol, floor

from convsym.errors import ConvsymError
from convsym.latex.syntax import Bracket, Fraction_, Name, Node, Number, Product, Scripted, Signed, Sum_
from convsym.latex.walking import walk
from convsym.prover import prove_equal
from convsym.scope.model import Scope, latex_name
from convsym.scope.naming import strip_group
from convsym.verdict import Proved, Refuted, Undecided, Unsupported, Witness

Finding = tuple[Proved | Refuted | Undecided | Unsupported, str | None, list[str]]


def true_size(x: int, k: int, p: int = 0, s: int = 1, d: int = 1) -> int | None:
    """How many window positions fit: floor((x + 2p - d(k - 1) - 1)/s) + 1, or None where not one does.

    Args:
        x, k, p, s, d: input, kernel, padding on each side, stride, dilation along one axis.
    """
    room = x + 2 * p - d * (k - 1) - 1
    return None if room < 0 else room // s + 1


def is_size_formula(right: Node, scope: Scope) -> bool:
    """Whether an expression computes with the names that have the roles of input and kernel size."""
    names = {reference.name for part in walk(right) if (reference := scope.refer(part, {})) is not None}
    return scope.roles.get("input") in names and scope.roles.get("kernel") in names


def _evaluate(node: Node, values: dict[str, Fraction], scope: Scope) -> Fraction:
    node = strip_group(node)
    if isinstance(node, Number):
        return Fraction(node.text)
    if isinstance(node, Name | Scripted):
        reference = scope.refer(node, {})
        if reference is None or reference.name not in values:
            raise KeyError(reference.name if reference is not None else "?")
        return values[reference.name]
    if isinstance(node, Signed):
        value = _evaluate(node.operand, values, scope)
        return -value if node.sign == "-" else value
    if isinstance(node, Sum_):
        total = Fraction(0)
        for sign, term in node.terms:
            value = _evaluate(term, values, scope)
            total += -value if sign == "-" else value
        return total
    if isinstance(node, Product):
        total = Fraction(1)
        for operator, factor in node.factors:
            value = _evaluate(factor, values, scope)
            total = total / value if operator == "/" else total * value
        return total
    if isinstance(node, Fraction_):
        return _evaluate(node.numerator, values, scope) / _evaluate(node.denominator, values, scope)
    if isinstance(node, Bracket) and len(node.items) == 1:
        value = _evaluate(node.items[0], values, scope)
        if node.kind == "floor":
            return Fraction(value.__floor__())
        if node.kind == "ceil":
            return Fraction(value.__ceil__())
        return value
    raise ConvsymError("a size formula of a form that is not read")


def judge_size_formula(left: Node, right: Node, latex_left: str, scope: Scope) -> Finding:
    """Decide an output-size formula for every size.

    Args:
        left, right: its sides; the names in `scope.roles` say which is which.
        latex_left: the left side as printed, for the repair.

    Returns:
        The outcome, a repair as LaTeX (the floor form) or None, and the argument in steps.
    """
    roles = scope.roles
    names: dict[str, str] = {
        role: roles[role] for role in ("input", "kernel", "padding", "stride", "dilation") if role in roles
    }
    x, k = names["input"], names["kernel"]
    p, s, d = names.get("padding"), names.get("stride"), names.get("dilation")
    used = {reference.name for part in walk(right) if (reference := scope.refer(part, {})) is not None}
    floored = any(isinstance(part, Bracket) and part.kind == "floor" for part in walk(right))
    bad: tuple[dict[str, int], Fraction, int] | None = None
    broken: tuple[dict[str, int], Fraction, int] | None = None
    try:
        for xv in range(1, 10):
            for kv in range(1, 5):
                for pv in range(3) if p in used else [0]:
                    for sv in range(1, 4) if s in used else [1]:
                        for dv in range(1, 3) if d in used else [1]:
                            truth = true_size(xv, kv, pv, sv, dv)
                            if truth is None:
                                continue
                            values = {x: xv, k: kv}
                            values.update({n: v for n, v in ((p, pv), (s, sv), (d, dv)) if n in used and n})
                            exact = (xv + 2 * pv - dv * (kv - 1) - 1) % sv == 0
                            value = _evaluate(right, {n: Fraction(v) for n, v in values.items()}, scope)
                            if value != truth:
                                weight = sum(values.values())
                                if exact and (bad is None or weight < sum(bad[0].values())):
                                    bad = (values, value, truth)
                                if not exact and (broken is None or weight < sum(broken[0].values())):
                                    broken = (values, value, truth)
    except KeyError as error:
        return Unsupported(f"the role of {error.args[0]} in the size formula is not known"), None, []
    except (ConvsymError, ZeroDivisionError) as error:
        return Unsupported(str(error) or "division by zero"), None, []
    # A formula that is wrong anyway is put right in full, with the padding and the stride that have names.
    named = used | {name for role, name in names.items() if role != "dilation"}
    corrected = _floor_form(latex_left, names, used if bad is None else named)
    words = {role: name for role, name in names.items() if name in used}
    steps = [f"Roles: {', '.join(f'${name}$ is the {role}' for role, name in words.items())}."]
    if bad is not None:
        values, value, truth = bad
        where = ", ".join(f"${n}$ = {v}" for n, v in values.items())
        witness = Witness(tuple((n, Fraction(v)) for n, v in values.items()), Fraction(truth), value)
        steps.append(f"At {where} there are {truth} positions; the formula gives {value}.")
        return (
            Refuted(
                f"at {where} the window fits {truth} times, the formula gives {value}", witness, "counting"
            ),
            corrected,
            steps,
        )
    if broken is not None and floored:
        values, value, truth = broken
        where = ", ".join(f"${n}$ = {v}" for n, v in values.items())
        witness = Witness(tuple((n, Fraction(v)) for n, v in values.items()), Fraction(truth), value)
        return (
            Refuted(
                f"at {where} the window fits {truth} times, the formula gives {value}", witness, "counting"
            ),
            corrected,
            steps,
        )
    proof = _prove(right, names, used, scope)
    if proof is None:
        return Undecided("agrees at every small size that was tried, not proved for all"), None, steps
    numerator = _numerator(names, used)
    fits = f"${numerator} \\ge 0$"
    if broken is None:
        return Proved("counting the positions of the window", (fits,), "all"), None, steps
    values, value, truth = broken
    where = ", ".join(f"${n}$ = {v}" for n, v in values.items())
    steps.append(
        f"Without the floor the division must come out even: at {where} it gives {value}, the size is {truth}."
    )
    condition = f"${names['stride']}$ divides ${numerator}$"
    return Proved("counting the positions of the window", (condition, fits), "all"), corrected, steps


def judge_without_a_role(
    left: Node, right: Node, latex_left: str, scope: Scope
) -> tuple[Refuted, str, list[str]] | None:
    """Refute a formula for the output size that leaves out the input's or the kernel's size.

    What it leaves out may be fixed in the document's mind: a formula that is right for one size of the kernel,
    for a kernel as wide as the stride or for padding that keeps the size is not judged. Neither is one without
    the padding and one in which names stand whose roles are not known.

    Args:
        left, right: its sides.
        latex_left: the left side as printed, for the repair.

    Returns:
        The refutation, a repair as LaTeX and the argument in steps; None where nothing can be said.
    """
    names = dict(scope.roles)
    reference = scope.refer(left, {})
    used = {found.name for part in walk(right) if (found := scope.refer(part, {})) is not None}
    wanted = {"input", "kernel", "padding", "output"}
    if reference is None or not wanted <= set(names) or len(set(names.values())) != len(names):
        return None
    missing = [role for role in ("input", "kernel") if names[role] not in used]
    if reference.name != names["output"] or names["padding"] not in used:
        return None
    if len(missing) != 1 and names["output"] not in used:
        return None
    strides = range(1, 4) if names.get("stride") in used else range(1, 2)
    points: list[tuple[dict[str, int], Fraction, int]] = []

    def value_at(roles: dict[str, int]) -> Fraction:
        return _evaluate(right, {names[r]: Fraction(v) for r, v in roles.items() if r in names}, scope)

    try:
        # The one input and the one kernel that it could be meant for are among those that are tried.
        single = value_at({"input": 1, "kernel": 1, "padding": 0, "stride": 1, "output": 1, "dilation": 1})
        first = max(1, min(1000, floor_of(single)))
        kernel = max(1, min(1000, 2 - floor_of(single)))
        inputs = sorted({*range(1, 10), first, *range(kernel, kernel + 4)})
        kernels = sorted({*range(1, 10), kernel})
        for x, k, p, s in product(inputs, kernels, range(3), strides):
            truth = true_size(x, k, p, s)
            if truth is None or (x + 2 * p - k) % s:
                continue
            roles = {"input": x, "kernel": k, "padding": p, "stride": s, "output": truth, "dilation": 1}
            points.append((roles, value_at(roles), truth))
    except (KeyError, ConvsymError, ZeroDivisionError):
        return None
    fixed = [[p for p in points if p[0]["input"] == size] for size in inputs]
    fixed.extend([p for p in points if p[0]["kernel"] == size] for size in kernels)
    fixed.append([p for p in points if p[0]["kernel"] == p[0]["stride"]])
    fixed.append([p for p in points if p[0]["kernel"] == 2 * p[0]["padding"] + 1])
    if any(all(value == truth for _, value, truth in some) for some in fixed):
        return None
    wrong = [point for point in points if point[1] != point[2]]
    roles, value, truth = min(wrong, key=lambda point: sum(point[0].values()))
    shown = {
        names[role]: roles[role]
        for role in ("input", "kernel", "padding", "stride")
        if role in ("input", "kernel") or names.get(role) in used
    }
    where = ", ".join(f"${name}$ = {number}" for name, number in shown.items())
    witness = Witness(tuple((n, Fraction(v)) for n, v in shown.items()), Fraction(truth), value)
    reason = f"at {where} the window fits {truth} times, the formula gives {value}"
    corrected = _floor_form(latex_left, names, set(shown))
    steps = [f"${names[role]}$, the size of the {role}, does not stand in it." for role in missing]
    return Refuted(reason, witness, "counting"), corrected, steps


def _prove(right: Node, names: dict[str, str], used: set[str], scope: Scope) -> Proved | None:
    """The formula without its floor as an identity of rational functions."""
    symbols: dict[str, Expr] = {name: Symbol(name) for name in used}

    def build(node: Node) -> Expr:
        node = strip_group(node)
        if isinstance(node, Number):
            return Rational(node.text)
        if isinstance(node, Name | Scripted):
            reference = scope.refer(node, {})
            assert reference is not None
            return symbols[reference.name]
        if isinstance(node, Signed):
            return -build(node.operand) if node.sign == "-" else build(node.operand)
        if isinstance(node, Sum_):
            total: Expr = Integer(0)
            for sign, term in node.terms:
                total = total - build(term) if sign == "-" else total + build(term)
            return total
        if isinstance(node, Product):
            total = Integer(1)
            for operator, factor in node.factors:
                total = total / build(factor) if operator == "/" else total * build(factor)
            return total
        if isinstance(node, Fraction_):
            return build(node.numerator) / build(node.denominator)
        if isinstance(node, Bracket) and node.kind == "floor":
            return floor(build(node.items[0]), evaluate=False)
        if isinstance(node, Bracket) and len(node.items) == 1 and node.kind != "ceil":
            return build(node.items[0])
        raise ConvsymError("not a rational formula")

    def at(role: str, default: int) -> Expr:
        name = names.get(role)
        return symbols[name] if name in used else Integer(default)

    x, k, p, s, d = at("input", 0), at("kernel", 1), at("padding", 0), at("stride", 1), at("dilation", 1)
    truth = (x + 2 * p - d * (k - 1) - 1) / s + 1
    try:
        built = build(right)
    except (ConvsymError, AssertionError, KeyError):
        return None
    floors = built.atoms(floor)
    if floors:
        if len(floors) != 1:
            return None
        (one,) = floors
        rest = (built - one).expand()
        if not rest.is_Integer or built.diff(x).has(floor) is None:
            return None
        built = one.args[0] + rest
    outcome = prove_equal(built, truth)
    return outcome if isinstance(outcome, Proved) else None


def _numerator(names: dict[str, str], used: set[str]) -> str:
    x, k = names["input"], names["kernel"]
    p, d = names.get("padding"), names.get("dilation")
    kernel = f"{d}({k} - 1) - 1" if d in used and d else k
    return f"{x} - {kernel}" + (f" + 2{p}" if p in used and p else "")


def _floor_form(latex_left: str, names: dict[str, str], used: set[str]) -> str:
    shown = {role: latex_name(name) for role, name in names.items()}
    numerator = _numerator(shown, {latex_name(name) for name in used})
    s, used = shown.get("stride"), {latex_name(name) for name in used}
    inside = f"\\frac{{{numerator}}}{{{s}}}" if s in used and s else numerator
    return f"{latex_left} = \\left\\lfloor {inside} \\right\\rfloor + 1"


def output_sizes(scope: Scope) -> tuple[int, int] | None:
    """(rows, columns) that a convolution's output has by counting, where the document names one."""
    if scope.convolution is None:
        return None
    _, image, kernel = scope.convolution
    x, k = scope.family(image), scope.family(kernel)
    if x is None or k is None:
        return None
    xs, ks = x.rows_columns(), k.rows_columns()
    if xs is None or ks is None:
        return None
    p, s = scope.sizes.get("P", 0), scope.sizes.get("S", 1)
    rows, columns = (true_size(a, b, p, s) for a, b in zip(xs, ks, strict=True))
    return None if rows is None or columns is None else (rows, columns)
