"""The kinds of mathematics that documents are checked for: one true and one false example each.

`docs/checking.md` is generated from this table, and a test holds the verdicts.
"""

from functools import cache
from typing import NamedTuple

import convsym


class Kind(NamedTuple):
    """A kind of statement: what stands before it, a true example, and a false one."""

    title: str
    given: str
    proved: str
    refuted: str

    def verdicts(self, status: str) -> tuple[convsym.Verdict, ...]:
        """What the checker says of the example with this status, and of what stands before it."""
        return _judged(f"{self.given}\n\n$${getattr(self, status)}$$\n")


@cache  # one test holds the verdicts, another the page made of them
def _judged(text: str) -> tuple[convsym.Verdict, ...]:
    return convsym.check(text).verdicts


_IMAGE = r"""$$X = \begin{bmatrix} x_{1,1} & x_{2,1} & x_{3,1} \\ x_{1,2} & x_{2,2} & x_{3,2} \end{bmatrix}$$

$$K = \begin{bmatrix} k_{1,1} & k_{2,1} \end{bmatrix}$$

$$z_{a,b} = \sum_{m=1}^{2} k_{m,1} x_{a+m-1,b}$$"""

KINDS = (
    Kind("Polynomials and fractions", "", r"(a + b)^2 = a^2 + 2ab + b^2", r"(a + b)^2 = a^2 + b^2"),
    Kind(
        "Chains and aligned rows, each relation on its own",
        "",
        r"\begin{aligned} (a + b)(a - b) &= a^2 - ab + ba - b^2 \\ &= a^2 - b^2 \end{aligned}",
        r"\begin{aligned} (a - b)^2 &= a^2 - 2ab + b^2 \\ &= a^2 - b^2 \end{aligned}",
    ),
    Kind("Exponentials", "", r"e^{a + b} = e^a e^b", r"e^{a b} = e^a e^b"),
    Kind(
        "Logarithms",
        "where $a > 0$ and $b > 0$",
        r"\log(a b) = \log a + \log b",
        r"\log(a + b) = \log a + \log b",
    ),
    Kind(
        "Functions that the document defines, and their derivatives",
        r"$$\sigma(x) = \frac{1}{1 + e^{-x}}$$",
        r"\frac{d}{dx} \sigma(x) = \sigma(x) (1 - \sigma(x))",
        r"\frac{d}{dx} \sigma(x) = \sigma(x) (1 + \sigma(x))",
    ),
    Kind(
        "Primes",
        r"$$\sigma(x) = \frac{1}{1 + e^{-x}}$$",
        r"\sigma'(x) = \sigma(x) - \sigma(x)^2",
        r"\sigma'(x) = \sigma(x)^2 - \sigma(x)",
    ),
    Kind(
        "Hyperbolic tangent",
        r"$$f(x) = \tanh(x)$$",
        r"f'(x) = 1 - \tanh(x)^2",
        r"f'(x) = 1 - \tanh(x)",
    ),
    Kind("Maximum", "", r"\max(a, b) + \min(a, b) = a + b", r"\max(a, b) - \min(a, b) = a - b"),
    Kind(
        "Cases",
        r"$$f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}$$",
        r"f(x) = \max(x, 0)",
        r"f(x) = \max(x, 1)",
    ),
    Kind(
        "Lines that hold where their own words say",
        r"$$f(x) = \max(0, x)$$",
        r"f'(x) = 1 \quad \text{for } x > 0",
        r"f'(x) = 1 \quad \text{for } x < 0",
    ),
    Kind("Finite sums", "", r"\sum_{i=1}^{3} a_i = a_1 + a_2 + a_3", r"\sum_{i=1}^{3} a_i = a_1 + a_2"),
    Kind(
        "Sums of any size, with another bound letter or base",
        "",
        r"\sum_{i=1}^{n} a_i b_i = \sum_{j=0}^{n-1} b_{j+1} a_{j+1}",
        r"\sum_{i=1}^{n} a_i b_i = \sum_{j=0}^{n-1} b_{j} a_{j+1}",
    ),
    Kind(
        "Cells of a matrix under a rule",
        _IMAGE,
        r"z_{2,1} = k_{1,1} x_{2,1} + k_{2,1} x_{3,1}",
        r"z_{2,1} = k_{1,1} x_{1,1} + k_{2,1} x_{2,1}",
    ),
    Kind(
        "Partial derivatives through definitions",
        _IMAGE + "\n\n$$L = z_{1,1}^2 + z_{2,1}^2$$",
        r"\frac{\partial L}{\partial k_{1,1}} = 2 z_{1,1} x_{1,1} + 2 z_{2,1} x_{2,1}",
        r"\frac{\partial L}{\partial k_{1,1}} = 2 z_{1,1} x_{1,1}",
    ),
    Kind(
        "The chain rule",
        _IMAGE + "\n\n$$L = z_{1,1}^2 + z_{2,1}^2$$",
        r"\frac{\partial L}{\partial k_{2,1}} = \frac{\partial L}{\partial z_{1,1}} "
        r"\frac{\partial z_{1,1}}{\partial k_{2,1}} + \frac{\partial L}{\partial z_{2,1}} "
        r"\frac{\partial z_{2,1}}{\partial k_{2,1}}",
        r"\frac{\partial L}{\partial k_{2,1}} = \frac{\partial L}{\partial z_{1,1}} "
        r"\frac{\partial z_{1,1}}{\partial k_{1,1}} + \frac{\partial L}{\partial z_{2,1}} "
        r"\frac{\partial z_{2,1}}{\partial k_{2,1}}",
    ),
    Kind(
        "Matrices",
        "",
        r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}^T = \begin{bmatrix} a & c \\ b & d \end{bmatrix}",
        r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}^T = \begin{bmatrix} a & b \\ c & d \end{bmatrix}",
    ),
    Kind(
        "The size of an output",
        "Along one axis, $X_S$ is the size of the input, $K_S$ is the size of the kernel, $P$ is the padding "
        "and $S$ is the stride; $O_S$ is the size of the output.",
        r"O_S = \left\lfloor \frac{X_S - K_S + 2P}{S} \right\rfloor + 1",
        r"O_S = \left\lfloor \frac{X_S - K_S + P}{S} \right\rfloor + 1",
    ),
    Kind(
        "Cells that a sentence says to be zero outside their range",
        "$$x = \\begin{bmatrix} x_1 & x_2 & x_3 \\end{bmatrix}$$\n\nCells outside of this range count as zero.\n\n"
        "$$y_i = \\sum_{m=0}^{1} k_m x_{i+m}$$",
        r"y_3 = k_0 x_3",
        r"y_3 = k_1 x_3",
    ),
    Kind(
        "Functions that a sentence names",
        r"Here $\sigma$ is the sigmoid function, and $a = \sigma(z)$.",
        r"\frac{\partial a}{\partial z} = a (1 - a)",
        r"\frac{\partial a}{\partial z} = a (1 + a)",
    ),
    Kind(
        "Layers of any size, and errors that a sentence introduces",
        r"Let $\delta^l = \frac{\partial C}{\partial z^l}$ be the error of layer $l$, "
        r"where $z^l = W^l a^{l-1} + b^l$ and $a^l = \sigma(z^l)$.",
        r"\delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)",
        r"\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)",
    ),
    Kind("Numbers", "", r"\frac{3 - 2 + 2 \cdot 0}{1} + 1 = 2", r"\frac{4 - 2 + 2 \cdot 0}{3} + 1 = 2"),
    Kind(
        "Worked numbers, with the values that sentences give",
        "The input is $x = 2$, the weight is $w = 0.5$ and the bias is $b = 1$.\n\n$$z = w x + b$$",
        r"z = 0.5 \cdot 2 + 1 = 2",
        r"z = 0.5 \cdot 2 + 1 = 3",
    ),
)
