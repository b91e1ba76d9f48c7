"""The widgets show the right numbers at every setting, from Python's side; the browser's side is in tests/browser."""

from __future__ import annotations

import json
import re
import sys
import xml.dom.minidom
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from convsym import Convolution, Network
from convsym.errors import ArrayError, GeometryError
from convsym.widgets import (
    Exercise,
    Explorer,
    Live,
    Predict,
    WidgetError,
    chart,
    draw_grids,
    entry_check,
    name_check,
    number_check,
)
from convsym.widgets.panels import GROUND, INK, NEGATIVE, POSITIVE, tint
from convsym.widgets.templates import fill, format_value

X = np.array([[2, 7, 6], [9, 5, 1], [4, 3, 8]]) / 5 - 1
K = np.array([[1, 2], [-1, 0.5]])
Y = np.array([[1, 0], [0.25, 0.75]])
NETWORKS = [
    Network(Convolution((3, 3), (2, 2))),
    Network(Convolution((3, 4), (2, 3)), activation="tanh", loss="mean-of-squares", bias=True),
    Network(Convolution((4, 3), (3, 2), padding=(1, 0)), activation="relu"),
    Network(
        Convolution((4, 5), (2, 2), stride=(2, 1), dilation=(1, 2), normalize=None), activation="softplus"
    ),
    Network(Convolution((2, 3), (2, 2)), loss="binary-cross-entropy"),
]


def twin(network: Network, inputs: dict[str, Any]) -> dict[str, Any]:
    """The forward pass as plain loops, and every slope as a central difference."""
    conv = network.conv
    activations = {
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "softplus": lambda z: np.log1p(np.exp(z)),
    }

    def loss_at(x: Any, k: Any, y: Any, b: float) -> tuple[Any, Any, float]:
        z = np.zeros(conv.output)
        for r in range(z.shape[0]):
            for c in range(z.shape[1]):
                total = 0.0
                for i in range(k.shape[0]):
                    for j in range(k.shape[1]):
                        row = r * conv.stride[0] + i * conv.dilation[0] - conv.padding[0]
                        column = c * conv.stride[1] + j * conv.dilation[1] - conv.padding[1]
                        if 0 <= row < x.shape[0] and 0 <= column < x.shape[1]:
                            total += x[row, column] * k[i, j]
                z[r, c] = total / (k.size if conv.normalize else 1) + b
        o = activations[network.activation.name](z)
        if network.loss.name == "binary-cross-entropy":
            return z, o, float(-(y * np.log(o) + (1 - y) * np.log(1 - o)).sum())
        squares = (o - y) ** 2
        return z, o, float(squares.mean() if network.loss.name == "mean-of-squares" else squares.sum())

    x, k, y = (np.array(inputs[key], dtype=float) for key in ("x", "k", "y"))
    b = float(inputs.get("b", [[0.0]])[0][0])
    z, o, loss = loss_at(x, k, y, b)
    found = {"z": z, "o": o, "loss": np.array([[loss]])}
    h = 1e-6
    for key, array in (("dx", x), ("dk", k)):
        slopes = np.zeros(array.shape)
        for at in np.ndindex(array.shape):
            kept = array[at]
            array[at] = kept + h
            up = loss_at(x, k, y, b)[2]
            array[at] = kept - h
            slopes[at] = (up - loss_at(x, k, y, b)[2]) / (2 * h)
            array[at] = kept
        found[key] = slopes
    if network.bias:
        found["db"] = np.array([[(loss_at(x, k, y, b + h)[2] - loss_at(x, k, y, b - h)[2]) / (2 * h)]])
    return found


def random_explorer(network: Network, **options: Any) -> Explorer:
    rng = np.random.default_rng(11)
    conv = network.conv
    arrays = (
        rng.uniform(-1.5, 1.5, conv.input),
        rng.uniform(-2, 2, conv.kernel),
        rng.uniform(0.1, 0.9, conv.output),
    )
    return Explorer(network, *arrays, modes=("forward", "backward"), editable=("X", "K", "b", "Y"), **options)


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def shown_numbers(svg: str) -> dict[str, float]:
    """{cell id: number} as drawn."""
    document = xml.dom.minidom.parseString(svg)
    found = {}
    for group in document.getElementsByTagName("g"):
        texts = [t for t in group.getElementsByTagName("text") if "cs-value" in t.getAttribute("class")]
        found[group.getAttribute("data-cell")] = number(texts[0].firstChild.data)
    return found


def settings(explorer: Explorer) -> Iterator[dict[str, Any]]:
    """Every editable cell at its minimum, its start, its maximum and two random values, the rest at the start."""
    rng = np.random.default_rng(5)
    start = explorer.spec["start"]
    for key, limits in explorer.spec["ranges"].items():
        steps = round((limits["max"] - limits["min"]) / limits["step"])
        for row, column in np.ndindex(np.shape(start[key])):
            random = [limits["min"] + limits["step"] * int(n) for n in rng.integers(1, steps, size=2)]
            for value in (limits["min"], start[key][row][column], limits["max"], *random):
                inputs = json.loads(json.dumps(start))
                inputs[key][row][column] = value
                yield inputs


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: f"{n.conv.input}-{n.activation.name}")
def test_every_control_shows_the_right_numbers_over_its_range(network: Network) -> None:
    explorer = random_explorer(network)
    explorer.mode = "backward"
    for turn, inputs in enumerate(settings(explorer)):
        explorer.inputs = inputs
        trace = explorer.trace
        if turn % 11:  # the twin is slow; the full comparison is made at every eleventh setting
            continue
        expected = twin(network, inputs)
        for key, array in expected.items():
            at_kink = network.activation.name == "relu" and key in ("dx", "dk")
            tolerance = 1e-5 if key.startswith("d") else 1e-12
            if not at_kink or np.abs(expected["z"]).min() > 1e-4:
                np.testing.assert_allclose(
                    np.reshape(trace[key], np.shape(array)), array, rtol=tolerance, atol=1e-6
                )
        drawn = shown_numbers(explorer.svg)
        for key in ("x", "k", "y", "z", "o", "dk", "dx", "delta"):
            source = inputs[key] if key in inputs else trace[key]
            for (row, column), value in np.ndenumerate(np.array(source, dtype=float)):
                assert drawn[f"{key}.{row}.{column}"] == number(format_value(value))


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: f"{n.conv.input}-{n.activation.name}")
def test_every_equation_is_true_of_its_numbers(network: Network) -> None:
    """Fill each template with full precision, evaluate the text, and compare with the cell's number."""
    explorer = random_explorer(network)
    values = explorer._values()
    functions = {"σ": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "log": np.log}
    functions |= {
        "relu": lambda z: max(z, 0),
        "step": lambda z: float(z > 0),
        "softplus": lambda z: np.log1p(np.exp(z)),
    }
    for target, template in explorer._templates.items():
        text = fill(template.text, lambda one: f"({values[one]!r})")
        for shown, meant in (("\u2212", "-"), ("·", "*"), ("²", "**2"), ("^", "**")):
            text = text.replace(shown, meant)
        # The text is our own printer's; nothing but digits, operators and these functions may be in it.
        assert set(re.findall(r"[^\W\d_]{2,}", text)) <= set(functions)
        value = eval(text, {"__builtins__": {}}, functions)  # noqa: S307
        assert value == pytest.approx(values[target], rel=1e-9, abs=1e-12), (target, text)


def test_slider_moves_call_neither_sympy_nor_matplotlib() -> None:
    explorer = random_explorer(NETWORKS[0])
    explorer.inputs = explorer.spec["start"]
    assert explorer.trace and explorer.svg
    calls: list[str] = []

    def spy(frame: Any, event: str, _: Any) -> None:
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.split(".")[0] in ("sympy", "matplotlib"):
            calls.append(f"{module}.{frame.f_code.co_name}")

    for index, inputs in enumerate(settings(explorer)):
        if index > 60:
            break
        sys.setprofile(spy)
        try:
            explorer.inputs = inputs
            shown = (explorer.trace["loss"], explorer.values, explorer.equation("dk.0.0"), explorer.svg)
        finally:
            sys.setprofile(None)
        assert shown
    assert calls == []


def test_the_browser_gets_no_formula_by_hand_and_needs_no_kernel() -> None:
    explorer = Explorer(NETWORKS[0], X, K, Y)
    assert explorer._esm.startswith(f"const compute = {NETWORKS[0].compile(backend='javascript').source};")
    state = explorer.get_state()
    # Everything that is drawn and computed travels in the widget's state.
    assert {"_esm", "_css", "_spec", "inputs", "selected", "mode"} <= set(state)
    text = f"{state['_esm']}{state['_css']}"
    assert not re.search(
        r"\bimport\b|https?://(?!www\.w3\.org/)|fetch\(|XMLHttpRequest|eval\(|new Function", text
    )


def test_hidden_until_predicted() -> None:
    explorer = Explorer(NETWORKS[0], X, K, Y, ask=["z_{2,1}"])
    assert explorer.asked == "z.0.1"
    assert explorer.equation("z_{2,1}").endswith("= ?")
    assert explorer.equation("o_{2,1}").endswith("= ?")
    assert explorer.equation("L").endswith("= ?")
    assert not explorer.equation("z_{1,1}").endswith("?")
    assert "?" in explorer.svg
    explorer.asked = ""
    assert explorer.equation("z_{2,1}").endswith(format_value(float(explorer.trace["z"][0, 1])))


def test_links_are_the_windows() -> None:
    conv = Convolution((3, 4), (2, 3))
    explorer = Explorer(Network(conv), np.ones((3, 4)), np.ones((2, 3)))
    for out in np.ndindex(conv.output):
        window = {f"x.{r}.{c}" for _, (r, c) in conv.window(out)} | {
            f"k.{r}.{c}" for r, c in np.ndindex(2, 3)
        }
        assert set(explorer.spec["reads"][f"z.{out[0]}.{out[1]}"]) == window
    assert set(explorer.spec["usedBy"]["x.0.0"]) == {"z.0.0"}
    assert set(explorer.spec["usedBy"]["x.1.1"]) == {"z.0.0", "z.0.1", "z.1.0", "z.1.1"}


def test_repr_and_drawing_are_stable() -> None:
    one, two = (Explorer(NETWORKS[0], X, K, Y, ask=["z_{1,1}"]) for _ in range(2))
    assert repr(one) == repr(two) and "0x" not in repr(one)
    bundle = one._repr_mimebundle_()[0]
    assert bundle["image/svg+xml"] == two._repr_mimebundle_()[0]["image/svg+xml"]
    assert "<title>" in bundle["image/svg+xml"] and "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"show": ["Q"]}, WidgetError, "'Q'"),
        ({"modes": "sideways"}, WidgetError, "sideways"),
        ({"ask": ["z_{3,1}"]}, WidgetError, r"z_\{3,1\}"),
        ({"start": "nonsense!"}, WidgetError, "nonsense"),
        ({"editable": ["Z"]}, WidgetError, "edited"),
        ({"names": "both"}, WidgetError, "both"),
        ({"K": np.ones((3, 2))}, ArrayError, r"\(2, 2\).*\(3, 2\)"),
        ({"network": Network(Convolution((30, 30), (2, 2)))}, GeometryError, "900|more than"),
        ({"network": Network(Convolution((3, 3), (2, 2), channels=(1, 1)))}, GeometryError, "channels"),
    ],
)
def test_what_cannot_be_shown_is_a_clear_error(options: dict[str, Any], error: type, says: str) -> None:
    given: dict[str, Any] = {"network": NETWORKS[0], "X": X, "K": K, "Y": Y} | options
    with pytest.raises(error, match=says):
        Explorer(**given)


def luminance(color: tuple[float, float, float]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("tint_color", [POSITIVE, NEGATIVE])
@pytest.mark.parametrize(("ground", "ink"), [(GROUND, INK), ("#111111", "#dddddd"), ("#212121", "#ffffff")])
def test_ink_is_readable_on_the_strongest_tint(tint_color: str, ground: str, ink: str) -> None:
    def rgb(color: str) -> list[float]:
        return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]

    share = tint(1.0, 1.0)
    mixed = [share * t + (1 - share) * g for t, g in zip(rgb(tint_color), rgb(ground), strict=True)]
    bright, dark = sorted((luminance(tuple(mixed)), luminance(tuple(rgb(ink)))), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, contrast (minimum)


def test_numbers_are_short_and_carry_their_sign() -> None:
    values = [
        0.0,
        -0.0,
        1.0,
        -0.125,
        0.6666,
        12.3456,
        -123.456,
        12345.6,
        1e5,
        -4.4e-5,
        float("nan"),
        float("-inf"),
    ]
    shown = ["0", "0", "1", "−0.125", "0.667", "12.35", "−123.5", "12346", "1e5", "−4e−5", "nan", "−∞"]
    assert [format_value(v) for v in values] == shown


# ---- questions ----


def test_predict_reveals_only_after_a_commitment() -> None:
    revealed = Live(lambda a: f"{a}", {"a": (0, 3, 1, 1)})
    predict = Predict("How many?", 6, slips={4: "That is the other one."}, explain="Because.", then=revealed)
    assert revealed not in predict.children
    predict.button.click()
    assert predict.correct is None and revealed not in predict.children
    assert predict.submit("four") is False and predict.correct is None
    assert predict.submit("4") is False
    assert "That is the other one." in predict.feedback.value and "Because." in predict.feedback.value
    assert revealed in predict.children and predict.field.disabled


def test_predict_takes_choices() -> None:
    predict = Predict("Which?", "b", ["a", "b", "c"], slips={0: "No."})
    assert predict.field.value is None
    assert predict.submit("b") is True
    with pytest.raises(WidgetError, match="not among"):
        Predict("Which?", "z", ["a", "b"])
    with pytest.raises(WidgetError, match="wrong choices"):
        Predict("Which?", "a", ["a", "b"], slips={"a": "?"})


def test_exercise_gives_hints_one_by_one_and_the_solution_on_request() -> None:
    exercise = Exercise("?", number_check(6, {4: "slip"}), hints=["one", "two"], solution="six")
    assert "one" not in exercise.help.value
    exercise.hint_button.click()
    assert "one" in exercise.help.value and "two" not in exercise.help.value
    exercise.hint_button.click()
    assert "two" in exercise.help.value and exercise.hint_button.disabled
    assert "six" not in exercise.help.value
    exercise.solution_button.click()
    assert "six" in exercise.help.value
    assert not exercise.submit("4") and "slip" in exercise.feedback.value
    assert exercise.submit("12/2") and "Right" in exercise.feedback.value


def test_a_slip_that_the_right_answer_hides_is_refused() -> None:
    with pytest.raises(WidgetError, match="cannot be told"):
        number_check(0.25, {0.2501: "?"})


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.75", 0.75), (" 3/4 ", 0.75), ("−2", -2), ("0,5", 0.5), ("1e-3", 1e-3), ("", None), ("x", None),
     ("1/0", None), ("nan", None), ("inf", None), ("9" * 50, None), ("__import__('os')", None), ("1e999", None)],
)  # fmt: skip
def test_typed_numbers(typed: str, value: float | None) -> None:
    from convsym.widgets.exercise import read_number

    assert read_number(typed) == value


def test_names_and_entries_name_the_slip() -> None:
    entry, name = entry_check("x_{4,2}", "A"), name_check((2, 0))
    assert entry("A[1, 3]").right and entry("A[1][3]").right
    for typed, said in (
        ("A[3, 1]", "swapped"),
        ("A[2, 4]", "counts from 0"),
        ("A[4,2]", "Two things"),
        ("A[0,0]", "another"),
    ):
        assert not entry(typed).right and said in entry(typed).message
    assert not entry("B[1, 3]").right and not entry("os.system('x')").right
    assert all(name(typed).right for typed in ("x_{1,3}", "x13", "x_1,3", "x[1,3]", "$x_{1,3}$"))
    for typed, said in (
        ("x_{3,1}", "swapped"),
        ("x_{0,2}", "counts from 1"),
        ("x20", "Two things"),
        ("x11", "another"),
    ):
        assert not name(typed).right and said in name(typed).message


# ---- live views and drawings ----


def test_live_follows_every_control_over_its_range() -> None:
    live = Live(lambda n, x, flip, kind: f"{n}|{x:g}|{flip}|{kind}", {
        "n": (1, 5, 1, 2), "x": (0.0, 1.0, 0.25, 0.5), "flip": False, "kind": ["a", "b"]})  # fmt: skip
    assert ">2|0.5|False|a<" in live.text
    for value in (1, 2, 5, 3, 4):
        assert f">{value}|" in live.set(n=value)
    assert "|1|True|b<" in live.set(x=1.0, flip=True, kind="b")
    with pytest.raises(WidgetError):
        Live(lambda a: "", {"a": "nonsense"})


@pytest.mark.parametrize(("rises", "begins"), [(1, 74), (-1, 394)])
def test_the_key_of_a_chart_stands_where_no_curve_runs(rises: int, begins: int) -> None:
    xs = np.linspace(0, 1, 21)
    drawn = chart({"a": (xs, rises * xs), "b": (xs, 2 * rises * xs)}, x_label="x", y_label="y", alt="lines")
    keys = re.findall(r'<line x1="([\d.]+)"[^>]*stroke-width="2.2"', drawn.svg)
    assert [float(x) for x in keys] == [begins, begins]


def test_drawings_say_what_they_show() -> None:
    grids = draw_grids({"X input": X, "K kernel": K}, operators=["∗"], caption="below")
    assert "K kernel = [1 2; −1 0.5]" in repr(grids) and "<title>" in grids.svg
    assert "class=" not in grids.svg and POSITIVE in grids.svg, "an explorer's style must not reach it"
    xs = np.linspace(-2, 2, 9)
    with np.errstate(divide="ignore"):
        inverse = 1 / xs
    curve = chart(
        {"a": (xs, xs**2), "b": (xs, inverse)},
        x_label="x",
        y_label="y",
        points={"here": (1, 1)},
        alt="curves",
    )
    assert xml.dom.minidom.parseString(curve.svg) and repr(curve) == "curves"
    assert "nan" not in curve.svg and "inf" not in curve.svg
    logarithmic = chart(
        {"e": ([1e-8, 1e-4, 1], [1e-3, 0, 1])}, x_label="h", y_label="e", log_x=True, log_y=True, alt="v"
    )
    assert "10<tspan" in logarithmic.svg
    with pytest.raises(ValueError, match="no finite point"):
        chart({"a": ([1.0], [float("nan")])}, x_label="", y_label="", alt="")
