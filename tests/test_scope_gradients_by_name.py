r"""\nabla_w J: the w below the sign is no index, so that what it is the gradient of keeps its matrices."""

from __future__ import annotations

import pytest

from convsym.checker import check

LEAST = r"$$C(v) = \|Av - t\|^2$$"
SHAPED = r"Let $A \in \mathbb{R}^{m \times n}$, $t \in \mathbb{R}^m$ and $v \in \mathbb{R}^n$." + LEAST
FORM = r"Let $B \in \mathbb{R}^{n\times n}$, $u \in \mathbb{R}^n$. $$g = u^TBu$$"
LINEAR = r"Let $c, u \in \mathbb{R}^n$. $$g = c^Tu$$"
LAYER = r"$$E = \frac{1}{2}\|s - t\|^2, \quad s = Vu$$"
RIDGE = r"$$C(v) = (t-Av)^T(t-Av) + \lambda v^Tv$$"
NUMBERS = r"$$C(v) = (av - t)^2$$"

LINES = [
    (LEAST, r"\nabla_v C = 2A^T(Av - t)", "proved"),
    (LEAST, r"\nabla_{v} C(v) = 2A^T(Av - t)", "proved"),
    (LEAST, r"\nabla_v C = 2A(Av - t)", "unsupported"),
    (LEAST, r"\nabla_v C = 2(Av - t)A", "unsupported"),
    (LEAST, r"\nabla_v C = A^T(Av - t)", "refuted"),
    (SHAPED, r"\nabla_v C = 2A^T(Av - t)", "proved"),
    (SHAPED, r"\nabla_v C = 2A(Av - t)", "not proved"),
    (SHAPED, r"\nabla_v C = 2AA^Tv", "not proved"),
    (FORM, r"\nabla_u g = (B + B^T)u", "proved"),
    (FORM, r"\nabla_u g = 2Bu", "refuted"),
    (FORM + " Since $B$ is symmetric:", r"\nabla_u g = 2Bu", "unsupported"),
    (LINEAR, r"\nabla_u g = c", "proved"),
    (LINEAR, r"\nabla_u g = c^T", "not proved"),
    (LAYER, r"\nabla_u E = V^T(s-t)", "proved"),
    (LAYER, r"\nabla_u E = V(s-t)", "not proved"),
    (LAYER, r"\nabla_u E = -V^T(s-t)", "refuted"),
    (RIDGE, r"\nabla_v C(v) = -2A^T(t-Av) + 2\lambda v", "proved"),
    ("$$C(v) = (t-Av)^T(t-Av)$$", r"\nabla_v C(v) = -2A^T(t-Av)", "proved"),
    (RIDGE, r"\nabla_v C(v) = -2(t-Av)A^T + 2\lambda v", "not proved"),
    (RIDGE, r"\nabla_v C(v) = -2A^T(t-Av) + \lambda v", "refuted"),
    (NUMBERS, r"\nabla_v C = 2a(av - t)", "proved"),
    (NUMBERS, r"\nabla_v C = 2(av - t)", "refuted"),
]


@pytest.mark.parametrize(("known", "line", "status"), LINES)
def test_a_gradient_by_a_small_letter_keeps_its_matrices(known: str, line: str, status: str) -> None:
    found = check(f"{known}\n\n$${line}$$\n", kind="markdown").verdicts[-1]
    if status == "not proved":
        assert str(found.status) != "proved", found.assuming
    else:
        assert str(found.status) == status, found.reason
