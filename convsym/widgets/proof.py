"""A proof for all sizes in the learner's hands: revealed step by step, and used at sizes to choose.

All symbolic work, printing included, is done when a widget is made; a button or a slider only looks up
what is ready.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from sympy import Add, Expr, Indexed, Integer, Mul, Piecewise, Pow, Rational, Sum, Symbol, factor_terms
from sympy.printing.mathml import MathMLPresentationPrinter

from convsym.backward import (
    ACTIVATION_SLOPE,
    CHAIN_RULE,
    COLLECT,
    ERROR,
    LOSS_SLOPE,
    WINDOW_SLOPE,
)
from convsym.errors import GeometryError
from convsym.forward import LOSS, OUTPUT_INDEX, TAP_INDEX, sizes
from convsym.geometry import Convolution, Position, array_positions, cell, cell_index
from convsym.network import Network
from convsym.sums import instantiate
from convsym.theorem import Theorem, TheoremStep
from convsym.verdict import Proved
from convsym.widgets.exercise import Predict
from convsym.widgets.explorer import WidgetError
from convsym.widgets.figures import draw_grids
from convsym.widgets.live import Live
from convsym.widgets.templates import MINUS, fill, format_value, name_text, print_templates

REASONS: Mapping[str, str] = {
    LOSS_SLOPE: "Only one share of the loss contains this output. The others are constants for it.",
    ACTIVATION_SLOPE: "Each output depends on its own z alone: no sum, no sizes.",
    ERROR: "Both slopes belong to one output. Their product gets a name.",
    WINDOW_SLOPE: "The weighted sum is linear in this cell: what the cell is multiplied by stays.",
    CHAIN_RULE: "The cell acts through every output that it feeds: one term for each of them.",
    COLLECT: "The slopes are put in, and what all terms share moves to the front.",
}
"""Why each step of a theorem holds, by the name of its rule."""

_BOX = "line-height:1.5;max-width:52em"
_GREEN = "#2e8b57"


class ProofSteps(ipywidgets.VBox):
    """The steps of a theorem, one after the other, with buttons; some wait for a prediction.

    Args:
        theorem: its steps are proved already.
        questions: {name of a rule: the prediction to commit to before that step is shown}.
        forms: {label: {symbol or expression: what to write for it}}, ways to write the same steps, such as
            with a stride of 1; a choice among them appears if there is more than one.
        reasons: {name of a rule: why the step holds}, instead of those in `REASONS`.

    Attributes:
        step: the step that is shown, from 1.
        back, forth: the buttons.

    Raises:
        WidgetError: a question or a reason is for a rule that the theorem does not use.
    """

    step = traitlets.Int(1, help="the step that is shown, counted from 1")

    def __init__(
        self,
        theorem: Theorem,
        *,
        questions: Mapping[str, Predict] | None = None,
        forms: Mapping[str, Mapping[Expr, Expr]] | None = None,
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        rules = [step.rule for step in theorem.steps]
        for rule in (*(questions or {}), *(reasons or {})):
            if rule not in rules:
                raise WidgetError(f"the theorem has no step {rule!r}; its steps are {', '.join(rules)}")
        self._rules = rules
        self._questions = dict(questions or {})
        self._notes = [_note(step, {**REASONS, **(reasons or {})}) for step in theorem.steps]
        written = dict(forms or {"": {}})
        self._equations = {
            label: [equation_mathml(step, letters) for step in theorem.steps]
            for label, letters in written.items()
        }
        wide = {"width": "auto", "min_width": "7.5em"}
        self.back = ipywidgets.Button(description="Previous", layout=wide, tooltip="Previous step")
        self.forth = ipywidgets.Button(
            description="Next", button_style="primary", layout=wide, tooltip="Next step"
        )
        self.form = ipywidgets.ToggleButtons(options=list(written), layout={"margin": "0 0 0 1.5em"})
        self.view = ipywidgets.HTML()
        self.back.on_click(lambda _: self.go(self.step - 1))
        self.forth.on_click(lambda _: self.go(self.step + 1))
        self.form.observe(self._update, "value")
        for question in self._questions.values():
            question.observe(self._update, "correct")
        row = [self.back, self.forth, *([self.form] if len(written) > 1 else [])]
        self._buttons = ipywidgets.HBox(row, layout={"flex_flow": "row wrap"})
        super().__init__([], layout={"padding": "6px 0 6px 14px", "border_left": f"3px solid {_GREEN}"})
        self._update()

    @property
    def waiting(self) -> Predict | None:
        """The prediction that must be committed before the present step is shown, if there is one."""
        question = self._questions.get(self._rules[self.step - 1])
        return question if question is not None and question.correct is None else None

    @property
    def text(self) -> str:
        """What is shown, as HTML."""
        return str(self.view.value)

    def go(self, step: int) -> str:
        """Show a step as the buttons do, and no further than the first question that waits.

        Args:
            step: its number from 1; what lies outside is taken as the first or the last.

        Returns:
            What is shown then.
        """
        wanted = min(max(step, 1), len(self._rules))
        for number in range(1, wanted):
            question = self._questions.get(self._rules[number - 1])
            if question is not None and question.correct is None:
                wanted = number
                break
        self.step = wanted
        self._update()
        return self.text

    def _update(self, _: Any = None) -> None:
        waits = self.waiting is not None
        asked = self._questions.get(self._rules[self.step - 1])
        equations = self._equations[self.form.value]
        shown = self.step - 1 if waits else self.step
        rows = [
            _row(number, rule, equation, note if number == self.step else "")
            for number, (rule, equation, note) in enumerate(
                zip(self._rules[:shown], equations[:shown], self._notes[:shown], strict=True), start=1
            )
        ]
        if waits:
            rows.append(_row(self.step, self._rules[self.step - 1], "", "Say first what it will be."))
        head = f"<b>Step {self.step} of {len(self._rules)}</b>"
        self.view.value = f'<div role="status" style="{_BOX}">{head}{"".join(rows)}</div>'
        self.back.disabled = self.step == 1
        self.forth.disabled = waits or self.step == len(self._rules)
        self.children = (self.view, *([asked] if asked is not None else []), self._buttons)

    def __repr__(self) -> str:
        return f"Proof in {len(self._rules)} steps, at step {self.step}: {self._rules[self.step - 1]}"


def _note(step: TheoremStep, reasons: Mapping[str, str]) -> str:
    """Why, and how far it is proved."""
    why = reasons.get(step.rule, "")
    if not isinstance(step.proof, Proved):
        return f"{why} <b>A name:</b> there is nothing to prove."
    sizes_proved = "proved for all sizes" if step.proof.sizes == "all" else "proved at one size"
    return f'{why} <b style="color:{_GREEN}">✓ {sizes_proved}</b> ({step.proof.method}).'


def _row(number: int, rule: str, equation: str, note: str) -> str:
    """One step; the present one, which has a note, stands out."""
    present = bool(note)
    style = (
        f"border-left:4px solid {_GREEN};padding:4px 0 6px 10px;margin:6px 0"
        if present
        else "border-left:4px solid transparent;padding:2px 0 2px 10px;opacity:0.75"
    )
    title = f"{number}. {rule[:1].upper()}{rule[1:]}"
    math = f'<div style="overflow-x:auto;padding:4px 0">{equation}</div>' if equation else ""
    current = ' aria-current="step"' if present else ""
    return (
        f'<div{current} style="{style}"><div style="font-weight:{600 if present else 400}">{title}</div>'
        f"{math}{f'<div>{note}</div>' if note else ''}</div>"
    )


def equation_mathml(step: TheoremStep, letters: Mapping[Expr, Expr] | None = None) -> str:
    """A step's equation as MathML for a browser.

    Args:
        step: the step.
        letters: what to write for some of its symbols and expressions, such as 1 for a stride.

    Returns:
        A `<math>` element.
    """
    printer = _ProofMathML()
    sides = [side.xreplace(dict(letters or {})) for side in (step.equation.lhs, step.equation.rhs)]
    left, right = (printer.markup(side) for side in sides)
    return f'<math displaystyle="true" style="font-size:1.1em">{left}<mo>=</mo>{right}</math>'


class _ProofMathML(MathMLPresentationPrinter):
    """SymPy's MathML with all limits of a sum, indices without parentheses and factors in reading order."""

    def markup(self, expression: Expr) -> str:
        shown = expression if expression.has(Sum) else factor_terms(expression)
        text: str = self._print(shown).toxml()
        for entity in ("&amp;InvisibleTimes;", "&InvisibleTimes;", "&amp;#x2062;", "&#x2062;"):
            text = text.replace(entity, "\u2062")
        return text.replace("&amp;", "&").replace("<mo>-</mo>", f"<mo>{MINUS}</mo>")

    def _element(self, tag: str, *children: Any) -> Any:
        element = self.dom.createElement(tag)
        for child in children:
            element.appendChild(self.dom.createTextNode(child) if isinstance(child, str) else child)
        return element

    def _print_Symbol(self, symbol: Symbol, style: str = "plain") -> Any:
        name = symbol.name
        if name.startswith(r"\frac{\partial "):
            # The name of a partial derivative: \frac{\partial {o}_{a,b}}{\partial {z}_{a,b}}
            upper, lower = name.removeprefix(r"\frac{\partial ").removesuffix("}").split(r"}{\partial ")
            return self._element("mfrac", self._partial(upper), self._partial(lower))
        return super()._print_Symbol(symbol, style)

    def _partial(self, latex: str) -> Any:
        head, _, index = latex.replace("{", "").replace("}", "").partition("_")
        letter = self._element("mi", head)
        if index:
            parts: list[Any] = []
            for part in index.split(","):
                parts += [self._element("mo", ","), self._element("mi", part)]
            letter = self._element("msub", letter, self._element("mrow", *parts[1:]))
        return self._element("mrow", self._element("mo", "∂"), letter)

    def _print_Indexed(self, indexed: Indexed) -> Any:
        parts: list[Any] = []
        for index in indexed.indices:
            parts += [self._element("mo", ","), self._print(index)]
        return self._element("msub", self._print(indexed.base.label), self._element("mrow", *parts[1:]))

    def _print_Sum(self, total: Sum) -> Any:
        # SymPy names the innermost limit first; on paper it stands next to the summand.
        signs = []
        for letter, low, high in reversed(total.limits):
            below = self._element("mrow", self._print(letter), self._element("mo", "="), self._print(low))
            signs.append(self._element("munderover", self._element("mo", "∑"), below, self._print(high)))
        return self._element("mrow", *signs, self._factors(total.function))

    def _print_Piecewise(self, cases: Piecewise) -> Any:
        rows = []
        for value, condition in cases.args:
            when = [self._element("mtext", "otherwise")]
            if condition != True:  # noqa: E712 - SymPy's own truth
                when = [self._element("mtext", "if "), self._print(condition)]
            cells = (self._print(value), self._element("mrow", *when))
            rows.append(self._element("mtr", *(self._element("mtd", one) for one in cells)))
        return self._element("mrow", self._element("mo", "{"), self._element("mtable", *rows))

    def _print_Mul(self, whole: Mul) -> Any:
        sums = [factor for factor in whole.args if isinstance(factor, Sum)]
        if len(sums) == 1:
            rest = Mul(*(factor for factor in whole.args if factor is not sums[0]))
            return self._element("mrow", self._print(rest), self._print(sums[0]))
        return self._factors(whole)

    def _factors(self, expression: Expr) -> Any:
        if not isinstance(expression, Mul):
            return self._print(expression)
        # By hand: SymPy's own splitting would multiply 2(o - y) out again.
        upper: list[Expr] = []
        lower: list[Expr] = []
        for factor in expression.args:
            if isinstance(factor, Rational):
                upper += [Integer(factor.p)] * (factor.p != 1)
                lower += [Integer(factor.q)] * (factor.q != 1)
            elif isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
                lower.append(1 / factor)
            else:
                upper.append(factor)
        if lower:
            return self._element("mfrac", self._row(upper), self._row(lower))
        return self._row(upper)

    def _row(self, factors: Sequence[Expr]) -> Any:
        parts: list[Any] = []
        for factor in sorted(factors or [Integer(1)], key=_reading_order):
            printed = self._print(factor)
            if isinstance(factor, Add) and len(factors) > 1:
                printed = self._element("mrow", self._element("mo", "("), printed, self._element("mo", ")"))
            parts += [self._element("mo", "\u2062"), printed]
        return self._element("mrow", *parts[1:])


def _reading_order(factor: Expr) -> tuple[int, str]:
    """Numbers, sizes, the delta, cells, differences of cells, functions, 1 minus something, slopes."""
    if factor.is_number:
        rank = 0
    elif isinstance(factor, Indexed):
        rank = 2 if str(factor.base) == "delta" else 4
    elif isinstance(factor, Add):
        rank = 5 if any(term.is_number for term in factor.args) else 3
    elif isinstance(factor, Symbol):
        rank = 6 if factor.name.startswith("\\frac") else 1
    else:
        rank = 4
    # The paper's widths come before heights, against the alphabet.
    return rank, str(factor).replace("_W", "_A")


@dataclass(frozen=True, slots=True)
class Instance:
    """The slope along one weight at one choice of sizes, ready to be shown.

    Attributes:
        terms: the theorem's sum written out, as text.
        numbers: the same with the numbers of the example.
        by_theorem: its value.
        by_cells: the value of the derivative of the whole loss, written out in cells.
        met: 0-based (row, column) of the input cells in the sum.
    """

    terms: str
    numbers: str
    by_theorem: float
    by_cells: float
    met: tuple[tuple[int, int], ...]


class AtSizes(Live):
    """The theorem for kernels at sizes, a stride and a weight to choose, beside the plain derivative.

    Args:
        theorem: one in "k", without channels.
        network: its activation and loss; its sizes are the start.
        X: the largest input; a smaller one is its upper left corner.
        K: the largest kernel; likewise.
        Y: the largest target; likewise.
        strides: the strides to choose from.
        smallest: (rows, columns) of the smallest input.

    Attributes:
        instances: {(input shape, kernel shape, stride, weight's 0-based place): Instance}.

    Raises:
        WidgetError: the theorem is not about a kernel.
    """

    def __init__(
        self,
        theorem: Theorem,
        network: Network,
        X: ArrayLike,
        K: ArrayLike,
        Y: ArrayLike,
        *,
        strides: tuple[int, ...] = (1, 2),
        smallest: tuple[int, int] = (2, 3),
    ) -> None:
        if theorem.wrt != "k" or network.conv.channels is not None:
            raise WidgetError("sizes are chosen for the theorem in k, without channels")
        self._data = {
            "x": np.asarray(X, dtype=float),
            "k": np.asarray(K, dtype=float),
            "y": np.asarray(Y, dtype=float),
        }
        largest, kernel = self._data["x"].shape, self._data["k"].shape
        self.instances: dict[tuple[Any, ...], Instance] = {}
        inputs = product(*(range(low, high + 1) for low, high in zip(smallest, largest, strict=True)))
        kernels = list(product(*(range(1, size + 1) for size in kernel)))
        for shape, taps, stride in product(inputs, kernels, strides):
            try:
                conv = Convolution(shape, taps, stride=stride)
            except GeometryError:
                continue
            at_shape = Network(conv, network.activation, network.loss)
            for tap, instance in _instances(theorem, at_shape, self._data).items():
                self.instances[shape, taps, stride, tap] = instance
        start = network.conv
        ranges = {
            "width": ("image width", smallest[1], largest[1], start.input[1]),
            "height": ("image height", smallest[0], largest[0], start.input[0]),
            "M": ("kernel width M", 1, kernel[1], start.kernel[1]),
            "N": ("kernel height N", 1, kernel[0], start.kernel[0]),
            "S": ("stride S", min(strides), max(strides), start.stride[0]),
            "m": ("column m", 1, kernel[1], start.kernel[1]),
            "n": ("row n", 1, kernel[0], start.kernel[0]),
        }
        # What has one value only needs no slider.
        self._fixed = {name: low for name, (_, low, high, _) in ranges.items() if low == high}
        moving = {name: about for name, about in ranges.items() if name not in self._fixed}
        controls = {name: (low, high, 1, at) for name, (_, low, high, at) in moving.items()}
        super().__init__(self._show, controls, labels={name: about[0] for name, about in moving.items()})

    @property
    def chosen(self) -> Instance | None:
        """What the controls are set to, or None where the kernel has no such weight."""
        return self._at({**self._fixed, **self.values})

    def _at(self, at: Mapping[str, int]) -> Instance | None:
        shape, kernel = (at["height"], at["width"]), (at["N"], at["M"])
        return self.instances.get((shape, kernel, at["S"], (at["n"] - 1, at["m"] - 1)))

    def _show(self, **moved: int) -> str:
        values = {**self._fixed, **moved}
        instance = self._at(values)
        if instance is None:
            size = f"{values['M']} wide and {values['N']} high"
            if values["m"] > values["M"] or values["n"] > values["N"]:
                return f"This kernel is {size}: it has no weight in column {values['m']}, row {values['n']}."
            return f"This kernel, {size}, does not fit into the image."
        shown = self._data["x"][: values["height"], : values["width"]]
        grid = draw_grids({"X input": shown}, marked={"X input": instance.met}).svg
        weight = name_text(f"k_{{{values['m']},{values['n']}}}")
        alike = abs(instance.by_theorem - instance.by_cells) < 1e-9
        verdict = f'<b style="color:{_GREEN}">✓ the same</b>' if alike else "<b>✗ not the same</b>"
        rows = (
            ("the theorem's sum", instance.terms),
            ("in numbers", f"{instance.numbers} = {_precise(instance.by_theorem)}"),
            ("the whole loss, differentiated", f"{_precise(instance.by_cells)} {verdict}"),
        )
        lines = "".join(
            f'<tr><td style="padding:2px 1em 2px 0;vertical-align:top;white-space:nowrap">{name}</td>'
            f'<td style="padding:2px 0">{value}</td></tr>'
            for name, value in rows
        )
        return f'{grid}<p style="margin:6px 0 2px"><b>Slope of L along {weight}</b></p><table>{lines}</table>'

    def __repr__(self) -> str:
        return f"The theorem at {', '.join(f'{name} = {value}' for name, value in self.values.items())}"


def _precise(value: float) -> str:
    return f"{value:.6f}".replace("-", MINUS)


def _instances(
    theorem: Theorem, network: Network, data: Mapping[str, NDArray[Any]]
) -> dict[Position, Instance]:
    """All weights of one network: by the theorem, and by differentiating the loss cell by cell."""
    conv, equations = network.conv, network.equations()
    shapes = {"x": conv.input, "k": conv.kernel, "y": conv.output}
    given = {
        cell(name, at): Rational(str(data[name][at]))
        for name, shape in shapes.items()
        for at in array_positions(shape)
    }
    of = {letter: [s for s in equations if s.name.startswith(f"{letter}_")] for letter in "zo"}
    slopes = {symbol: equations[symbol] for symbol in of["o"]}
    values = given | {symbol: equations[symbol].xreplace(given).evalf() for symbol in of["z"]}
    values |= {symbol: equations[symbol].xreplace(values).evalf() for symbol in of["o"]}
    at_sizes = sizes(conv)
    deltas: dict[Symbol, float] = {}
    for row, column in array_positions(conv.output):
        at = {OUTPUT_INDEX[0]: column + 1, OUTPUT_INDEX[1]: row + 1}
        here = instantiate(theorem.delta.rhs, at_sizes | at, theorem.facts)
        deltas[Symbol(f"delta_{{{column + 1},{row + 1}}}")] = float(here.xreplace(values).evalf())
    numbers = {symbol: float(value) for symbol, value in values.items()} | deltas
    loss = equations[LOSS].xreplace(slopes)
    made: dict[Position, Instance] = {}
    for tap in array_positions(conv.kernel):
        weight = cell("k", tap)
        others = {symbol: value for symbol, value in given.items() if symbol != weight}
        zs = {symbol: equations[symbol].xreplace(others) for symbol in of["z"]}
        by_cells = float(loss.xreplace(others).xreplace(zs).diff(weight).xreplace(given).evalf())
        place = {TAP_INDEX[0]: tap[1] + 1, TAP_INDEX[1]: tap[0] + 1}
        total = instantiate(theorem.result.rhs, at_sizes | place, theorem.facts)
        used = sorted(total.free_symbols, key=lambda s: (not s.name.startswith("delta"), s.name))
        printed = print_templates({"sum": total}, {symbol: symbol.name for symbol in used})["sum"].text
        met = tuple(cell_index(s.name)[1] for s in used if s.name.startswith("x_"))
        made[tap] = Instance(
            fill(printed, name_text),
            fill(printed, lambda name: _bracketed(numbers[Symbol(name)])),
            float(total.xreplace({s: numbers[s] for s in used})),
            by_cells,
            tuple((place_[-2], place_[-1]) for place_ in met),
        )
    return made


def _bracketed(value: float) -> str:
    text = format_value(value)
    return f"({text})" if value < 0 else text


__all__ = ["REASONS", "AtSizes", "Instance", "ProofSteps", "equation_mathml"]
