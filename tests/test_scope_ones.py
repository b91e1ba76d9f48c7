r"""Sums by a vector of ones: with \mathbf{1}_h the signs of all sums are left out."""

import convsym

MEAN = r"$$m_{b} = \frac{1}{H} \mathbf{1}_{h} x_{b h}$$" + "\n\n"
REST = r"""$$\mu_{b h} = x_{b h} - \mathbf{1}_{h} m_{b}$$

$$v_{b} = \frac{1}{H} \mathbf{1}_{h} \mu_{b h}^{2}$$

$$s_{b} = \sqrt{v_{b} + \epsilon}$$

$$y_{b h} = \frac{\mu_{b h}}{s_{b}} \gamma_{h} + \mathbf{1}_{b} \beta_{h}$$

"""


def statuses(text):
    return [str(one.status) for one in convsym.check(text, kind="markdown").verdicts]


TRUE = (
    r"\frac{\partial y_{b h}}{\partial \gamma_{q}} = \frac{\mu_{b h}}{s_{b}} \delta_{h q}",
    r"\frac{\partial y_{b h}}{\partial \beta_{q}} = \mathbf{1}_{b} \delta_{h q}",
    r"\frac{\partial v_{b}}{\partial \mu_{p q}} = \frac{2}{H} \mu_{b q} \delta_{b p}",
    r"\frac{\partial l}{\partial \gamma_{q}} = \frac{\partial l}{\partial y_{b q}} \frac{\mu_{b q}}{s_{b}}",
    r"\frac{\partial l}{\partial \beta_{q}} = \mathbf{1}_{b} \frac{\partial l}{\partial y_{b q}}",
    r"\frac{\partial l}{\partial s_{p}} = -\frac{\partial l}{\partial y_{p h}} \mu_{p h} s_{p}^{-2} \gamma_{h}",
)
FALSE = (
    r"\frac{\partial y_{b h}}{\partial \gamma_{q}} = \frac{\mu_{b q}}{s_{h}} \delta_{h q}",
    r"\frac{\partial v_{b}}{\partial \mu_{p q}} = \frac{1}{H} \mu_{b q} \delta_{b p}",
    r"\frac{\partial l}{\partial s_{p}} = \frac{\partial l}{\partial y_{p h}} \mu_{p h} s_{p}^{-2} \gamma_{h}",
)


def test_lines_with_the_signs_left_out_are_proved_and_their_slips_refuted():
    text = MEAN + REST + "".join(f"$${line}$$\n\n" for line in TRUE + FALSE)
    assert statuses(text)[-9:] == ["proved"] * 6 + ["refuted"] * 3


def test_an_indicator_is_no_vector_of_ones():
    text = r"$$f(z) = \max(0, z)$$" + "\n\n" + r"$$f'(z) = \mathbf{1}_{z > 0}$$" + "\n"
    assert statuses(text)[-1] != "refuted"
