"""Letters that a formula uses before anything says what they are, and formulas of one sample behind those of all."""

import convsym

SIGMOID = r"$$f(x) = \frac{1}{1 + e^{-x}}$$" + "\n\n" + r"$$f'(x) = f(x)(1 - f(x)) = y(1 - y)$$" + "\n\n"
ALL = r"$$E = \frac{1}{2} \sum_c \sum_j (t_{j,c} - y_{j,c})^2$$" + "\n\n"
ONE = r"$$E = \frac{1}{2} \sum_j (t_j - y_j)^2$$" + "\n\n"


def statuses(text):
    return [str(one.status) for one in convsym.check(text, kind="markdown").verdicts]


def test_a_letter_that_later_lines_use_with_indices_alone_refutes_nothing():
    assert statuses(SIGMOID + ALL)[1:3] == ["proved", "unsupported"]


def test_a_letter_that_is_defined_does():
    defined = "$$y = 2 x$$\n\n"
    assert statuses(defined + SIGMOID + ALL)[3] == "refuted"


def test_the_loss_of_one_sample_is_another_definition():
    assert statuses(ALL + ONE)[1] != "refuted"
    assert statuses(ALL + ALL.replace(r"\frac{1}{2}", ""))[1] == "refuted"
