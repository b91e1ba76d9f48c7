r"""Tables of gradients whose convolution stands in a picture: what they show, and what they do not."""

from __future__ import annotations

import pytest

import convsym
from convsym.verdict import Status

STYLES = {
    "partial": (r"\frac{{\partial L}}{{\partial {0}_{{{1}}}}}", "{0}_{{{1}}}", 1, ""),
    "zero-based": (r"\frac{{\partial E}}{{\partial {0}_{{{1}}}}}", "{0}_{{{1}}}", 0, ","),
    "straight d": (r"\frac{{dL}}{{d{0}_{{{1}}}}}", r"\, {0}_{{{1}}}", 1, ","),
    "dots": (r"\frac{{\partial J}}{{\partial {0}_{{{1}}}}}", r"\cdot {0}_{{{1}}}", 1, ""),
}


def table(
    style: str = "partial",
    names: str = "OXF",
    out: tuple[int, int] = (2, 2),
    taps: tuple[int, int] = (2, 2),
    stride: int = 1,
    turned: bool = False,
    above: dict[tuple[int, int], str] | None = None,
) -> dict[str, list[str]]:
    """The lines of both tables, written by the convolution itself."""
    slope, cell, base, comma = STYLES[style]
    output, image, kernel = names

    def at(index: tuple[int, int]) -> str:
        return comma.join(str(n + base) for n in index)

    def from_above(o: tuple[int, int]) -> str:
        return above[o] if above is not None else slope.format(output, at(o))

    rows: dict[tuple[str, tuple[int, int]], list[str]] = {}
    for o in [(a, b) for a in range(out[0]) for b in range(out[1])]:
        for f in [(a, b) for a in range(taps[0]) for b in range(taps[1])]:
            tap = tuple(k - 1 - n if turned else n for k, n in zip(taps, f, strict=True))
            x = (stride * o[0] + tap[0], stride * o[1] + tap[1])
            rows.setdefault((kernel, f), []).append(f"{from_above(o)} {cell.format(image, at(x))}")
            rows.setdefault((image, x), []).append(f"{from_above(o)} {cell.format(kernel, at(f))}")
    found: dict[str, list[str]] = {kernel: [], image: []}
    for (name, index), terms in sorted(rows.items()):
        found[name].append(f"{slope.format(name, at(index))} = {' + '.join(terms)}")
    return found


def verdicts(*lines: str, before: str = "The convolution is shown in the figure.") -> list[convsym.Verdict]:
    text = before + "\n\n" + "\n".join(f"$$ {line} $$\n" for line in lines)
    return list(convsym.check(text).verdicts)


def statuses(*lines: str, before: str = "The convolution is shown in the figure.") -> list[Status]:
    return [verdict.status for verdict in verdicts(*lines, before=before)]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("stride", "turned"), [(1, False), (1, True), (2, False)])
def test_a_whole_table_holds(style: str, stride: int, turned: bool) -> None:
    both = table(style, stride=stride, turned=turned)
    found = verdicts(*both["F"], *both["X"])
    assert {verdict.status for verdict in found} == {Status.PROVED}
    assert all("as lines" in " ".join(verdict.assuming) for verdict in found)
    kind = "the convolution of" if turned else "the cross-correlation of"
    assert all(kind in " ".join(verdict.assuming) for verdict in found)


def test_other_names_and_sizes() -> None:
    both = table("partial", "YIK", (2, 3), (3, 2))
    assert set(statuses(*both["K"], *both["I"])) == {Status.PROVED}


def test_one_slip_among_many_is_refuted_and_put_right() -> None:
    both = table()
    wrong = both["F"][3].replace("X_{23}", "X_{32}")
    assert wrong != both["F"][3]
    found = verdicts(*both["F"][:3], wrong, *both["X"])
    assert [v.status for v in found].count(Status.REFUTED) == 1
    assert found[3].status is Status.REFUTED
    assert "X_{23}" in (found[3].repair or "")


def test_a_lost_term_and_swapped_taps_are_refuted() -> None:
    both = table()
    lost = both["X"][4].rpartition(" + ")[0]
    swapped = both["X"][5].replace("F_{22}", "F_{0}").replace("F_{12}", "F_{22}").replace("F_{0}", "F_{12}")
    for at, wrong in ((4, lost), (5, swapped)):
        lines = [*both["X"][:at], wrong, *both["X"][at + 1 :]]
        found = statuses(*both["F"], *lines)
        assert found[4 + at] is Status.REFUTED
        assert found.count(Status.REFUTED) == 1


def test_a_table_that_is_split_refutes_nothing_and_proves_nothing_wrong() -> None:
    """Half of the lines turn the kernel and half do not: nobody knows which half is right."""
    straight, turned = table()["X"], table(turned=True)["X"]
    found = statuses(*straight[:4], *turned[5:])
    assert Status.REFUTED not in found


def test_three_wrong_lines_of_four_refute_no_true_one() -> None:
    both = table()
    wrong = [line.replace("X_{22}", "X_{33}") for line in both["F"][:3]]
    assert Status.REFUTED not in statuses(*wrong, both["F"][3])


def test_a_line_that_shows_one_path_before_the_whole_sum_is_not_refuted() -> None:
    both = table()
    path = both["X"][4].partition(" + ")[0]
    found = statuses(*both["F"], path, *both["X"])
    assert Status.REFUTED not in found


def test_dots_are_no_lines_of_a_table() -> None:
    both = table()
    dotted = both["X"][4].partition(" + ")[0] + r" + \cdots"
    found = statuses(*both["F"], *both["X"][:4], dotted)
    assert Status.REFUTED not in found


def test_too_few_lines_show_nothing() -> None:
    both = table()
    assert Status.PROVED not in statuses(*both["X"][:1])


def test_two_losses_in_one_line_are_no_line_of_the_table() -> None:
    both = table()
    mixed = both["F"][3].replace(r"\frac{\partial L}{\partial O_{22}}", r"\frac{\partial E}{\partial O_{22}}")
    found = statuses(*both["F"][:3], mixed, *both["X"])
    assert found[3] is not Status.PROVED


LETTERS = {(0, 0): "a", (0, 1): "b", (1, 0): "c", (1, 1): "d"}


@pytest.mark.parametrize("name", ["G", r"\frac{\partial L}{\partial O}"])
def test_the_gradient_from_above_by_plain_letters(name: str) -> None:
    both = table("dots", above=LETTERS)
    lines = [rf"{name} = \begin{{bmatrix}} a & b \\ c & d \end{{bmatrix}}", *both["F"], *both["X"]]
    found = verdicts(*lines)
    assert {verdict.status for verdict in found[1:]} == {Status.PROVED}
    wrong = [lines[0], *both["F"], *both["X"][:-1], both["X"][-1].replace("d", "c")]
    assert statuses(*wrong)[-1] is not Status.PROVED


def test_the_gradient_from_above_as_delta() -> None:
    delta = {o: rf"\delta_{{{o[0] + 1}{o[1] + 1}}}" for o in LETTERS}
    both = table(above=delta)
    found = verdicts(*both["F"], *both["X"])
    assert {verdict.status for verdict in found} == {Status.PROVED}
    assert all(r"\delta" in " ".join(verdict.assuming) for verdict in found)


GENERAL = r"\frac{\partial L}{\partial F_{mn}} = \sum_{i}\sum_{j} \frac{\partial L}{\partial O_{ij}} "


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (GENERAL + "X_{i+m-1,j+n-1}", True),
        (GENERAL + "X_{i+m,j+n}", True),  # its letters count from 0
        (GENERAL + "X_{j+m-1,i+n-1}", False),
        (GENERAL + "X_{i+m-1,j+n}", False),
        (r"\frac{\partial L}{\partial F} = X * \frac{\partial L}{\partial O}", True),
        (r"\frac{\partial L}{\partial F} = O * \frac{\partial L}{\partial O}", False),
        (r"\frac{\partial L}{\partial b} = \sum_{i,j} \frac{\partial L}{\partial O_{ij}}", True),
        (r"\frac{\partial L}{\partial b} = 2 \sum_{i,j} \frac{\partial L}{\partial O_{ij}}", False),
        (r"\frac{\partial O_{12}}{\partial F_{21}} = X_{22}", True),
        (r"\frac{\partial O_{12}}{\partial F_{21}} = X_{21}", False),
    ],
)
def test_lines_beside_a_table(line: str, holds: bool) -> None:
    both = table()
    found = statuses(*both["F"], *both["X"], line)
    assert (found[-1] is Status.PROVED) == holds
    assert set(found[:-1]) == {Status.PROVED}


def test_a_printed_output_cell_has_to_agree() -> None:
    """A table that fits a correlation proves nothing beside an output cell that says otherwise."""
    both = table()
    other = "O_{11} = X_{11} F_{22} + X_{12} F_{21} + X_{21} F_{12} + X_{22} F_{11}"
    found = verdicts(other, *both["F"], *both["X"])
    assert not any("the table fits" in verdict.method or "as lines" in verdict.method for verdict in found)
    agreeing = "O_{11} = X_{11} F_{11} + X_{12} F_{12} + X_{21} F_{21} + X_{22} F_{22}"
    assert set(statuses(agreeing, *both["F"], *both["X"])[1:]) == {Status.PROVED}


IMAGE = r"X = \begin{bmatrix} 1 & 5 & 4 \\ 7 & 2 & 1 \\ 6 & 3 & 0 \end{bmatrix}"
ABOVE = r"G = \begin{bmatrix} a & b \\ c & d \end{bmatrix}"
MAXIMA = r"Y = \begin{bmatrix} 7 & 5 \\ 7 & 3 \end{bmatrix}"
MEANS = r"Y = \begin{bmatrix} 3.75 & 3 \\ 4.5 & 1.5 \end{bmatrix}"
BACK = r"\frac{\partial L}{\partial X} = \begin{bmatrix} "


@pytest.mark.parametrize(
    ("output", "back", "holds"),
    [
        (MAXIMA, r"0 & b & 0 \\ a + c & 0 & 0 \\ 0 & d & 0 \end{bmatrix}", True),
        (MAXIMA, r"0 & b & 0 \\ a & 0 & 0 \\ 0 & d & 0 \end{bmatrix}", False),
        (MAXIMA, r"0 & a & 0 \\ b + c & 0 & 0 \\ 0 & d & 0 \end{bmatrix}", False),
        (
            MEANS,
            r"\frac{a}{4} & \frac{a+b}{4} & \frac{b}{4} \\ \frac{a+c}{4} & \frac{a+b+c+d}{4} & \frac{b+d}{4} \\ "
            r"\frac{c}{4} & \frac{c+d}{4} & \frac{d}{4} \end{bmatrix}",
            True,
        ),
        (MEANS, r"0 & b & 0 \\ a + c & 0 & 0 \\ 0 & d & 0 \end{bmatrix}", False),
    ],
)
def test_pooling_of_printed_numbers(output: str, back: str, holds: bool) -> None:
    found = statuses(IMAGE, output, ABOVE, BACK + back, before="A pooling layer with 2x2 windows.")
    assert (found[-1] is Status.PROVED) == holds
    assert Status.REFUTED not in found


def test_a_pooled_value_that_is_wrong_is_not_proved() -> None:
    wrong = MAXIMA.replace("3", "2")
    lines = (IMAGE, wrong, ABOVE, BACK + r"0 & b & 0 \\ a + c & 0 & 0 \\ 0 & d & 0 \end{bmatrix}")
    assert Status.PROVED not in statuses(*lines, before="A pooling layer with 2x2 windows.")


def test_a_second_example_under_the_same_letters_is_not_held_against_the_first() -> None:
    both = table()
    second = table(stride=2)
    text = "# One\n\n" + "\n".join(f"$$ {line} $$\n" for line in (*both["F"], *both["X"]))
    text += "\n# With stride 2\n\n" + "\n".join(f"$$ {line} $$\n" for line in second["X"][-2:])
    found = [verdict.status for verdict in convsym.check(text).verdicts]
    assert Status.REFUTED not in found
    assert set(found[:13]) == {Status.PROVED}


LAYERS = [
    r"\delta^{l-1}_{00} = (\delta^{l}_{00} W^{l}_{00}) \sigma'(z^{l-1}_{00})",
    r"\delta^{l-1}_{01} = (\delta^{l}_{00} W^{l}_{01} + \delta^{l}_{01} W^{l}_{00}) \sigma'(z^{l-1}_{01})",
    r"\delta^{l-1}_{02} = (\delta^{l}_{01} W^{l}_{01}) \sigma'(z^{l-1}_{02})",
    r"\delta^{l-1}_{10} = (\delta^{l}_{00} W^{l}_{10} + \delta^{l}_{10} W^{l}_{00}) \sigma'(z^{l-1}_{10})",
    r"\delta^{l-1}_{11} = (\delta^{l}_{00} W^{l}_{11} + \delta^{l}_{01} W^{l}_{10} + \delta^{l}_{10} W^{l}_{01}"
    r" + \delta^{l}_{11} W^{l}_{00}) \sigma'(z^{l-1}_{11})",
    r"\delta^{l-1}_{12} = (\delta^{l}_{01} W^{l}_{11} + \delta^{l}_{11} W^{l}_{01}) \sigma'(z^{l-1}_{12})",
    r"\delta^{l-1}_{22} = (\delta^{l}_{11} W^{l}_{11}) \sigma'(z^{l-1}_{22})",
]

NABLA = [
    r"\nabla a_{11} = \delta_{11} w_{11}",
    r"\nabla a_{12} = \delta_{11} w_{12} + \delta_{12} w_{11}",
    r"\nabla a_{13} = \delta_{12} w_{12}",
    r"\nabla a_{21} = \delta_{11} w_{21} + \delta_{21} w_{11}",
    r"\nabla a_{33} = \delta_{22} w_{22}",
]


def table_statuses(lines: list[str]) -> list[str]:
    text = "The layer convolves.\n\n" + "\n\n".join(f"$${line}$$" for line in lines)
    return [str(v.status) for v in convsym.check(text).verdicts]


@pytest.mark.parametrize(
    "lines", [LAYERS, NABLA], ids=["error terms of two layers", "gradients behind a nabla"]
)
def test_errors_by_names_of_their_own(lines: list[str]) -> None:
    assert set(table_statuses(lines)) == {"proved"}


@pytest.mark.parametrize(
    ("lines", "old", "new"),
    [
        (
            LAYERS,
            r"\delta^{l}_{01} W^{l}_{01}) \sigma'(z^{l-1}_{02})",
            r"\delta^{l}_{01} W^{l}_{10}) \sigma'(z^{l-1}_{02})",
        ),
        (LAYERS, r"\sigma'(z^{l-1}_{02})", r"\sigma'(z^{l-1}_{20})"),
        (LAYERS, r"\sigma'(z^{l-1}_{02})", r"\sigma(z^{l-1}_{02})"),
        (NABLA, r"\delta_{12} w_{12}", r"\delta_{12} w_{21}"),
    ],
)
def test_a_wrong_line_among_errors_is_never_proved(lines: list[str], old: str, new: str) -> None:
    wrong = [line.replace(old, new) if old in line and line.count("+") == 0 else line for line in lines]
    found = table_statuses(wrong)
    assert [status != "proved" for status in found] == [
        one != other for one, other in zip(wrong, lines, strict=True)
    ]
