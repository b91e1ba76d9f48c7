"""The generated JavaScript gives NumPy's numbers, and nothing from outside gets into its text."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest
from sympy import Symbol, gamma

from convsym import Convolution, Network
from convsym.errors import LoweringError
from convsym.lowering.javascript import javascript_source
from convsym.models import ACTIVATIONS, LOSSES

NODE = shutil.which("node")
GEOMETRIES = [
    Convolution((3, 3), (2, 2)),
    Convolution((3, 4), (2, 3)),
    Convolution((4, 3), (3, 2), stride=(1, 2), padding=(1, 0)),
    Convolution((5, 4), (2, 2), dilation=(2, 1), padding=1, stride=2, normalize=None),
    Convolution((1, 1), (1, 1)),
]
MODELS = [(activation, loss) for activation in ACTIVATIONS for loss in LOSSES]


def in_node(program: str) -> Any:
    if NODE is None:
        reason = "node is not on the path"
        pytest.fail(reason) if os.environ.get("CONVSYM_REQUIRE_ALL") == "1" else pytest.skip(reason)
    # JSON has no nan and no infinity: they travel as text.
    shown = f"const run = () => {{ {program} }};\n"
    shown += "const plain = (_, v) => typeof v === 'number' && !Number.isFinite(v) ? String(v) : v;\n"
    shown += "process.stdout.write(JSON.stringify(run(), plain));"
    done = subprocess.run([NODE, "-"], input=shown, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def sample(network: Network, rng: np.random.Generator, size: float) -> dict[str, Any]:
    conv = network.conv
    arrays = {"X": rng.normal(size=conv.input) * size, "K": rng.normal(size=conv.kernel) * size}
    # A cross-entropy wants targets strictly between 0 and 1; the other losses take them too.
    arrays["Y"] = rng.uniform(0.05, 0.95, size=conv.output)
    return arrays | ({"b": float(rng.normal())} if network.bias else {})


def numbers(value: Any) -> np.ndarray:
    return np.array(value, dtype=object).astype(float)


def networks_to_try() -> list[Network]:
    """Every activation with every loss, taking turns over the geometries, with and without a bias."""
    turns = zip(MODELS, itertools.cycle(GEOMETRIES[:-1]), itertools.cycle((True, False, False)), strict=False)
    paired = [Network(conv, a, loss, bias) for (a, loss), conv, bias in turns]
    return [*paired, *(Network(conv) for conv in GEOMETRIES)]


def test_agrees_with_numpy_for_every_activation_and_loss() -> None:
    rng = np.random.default_rng(7)
    networks = networks_to_try()
    cases = [(n, sample(n, rng, size)) for n in networks for size in (0.7, 30.0)]
    calls = []
    for network, arrays in cases:
        plain = [a.tolist() if isinstance(a, np.ndarray) else a for a in arrays.values()]
        calls.append(f"({network.compile(backend='javascript').source})(...{json.dumps(plain)})")
    found = in_node(f"return [{', '.join(calls)}];")
    with np.errstate(all="ignore"):
        for (network, arrays), result in zip(cases, found, strict=True):
            expected = network.compile().trace(**arrays)
            assert set(result) == {k for k, v in expected.items() if k != "db" or network.bias}
            for key, value in result.items():
                # A sum of many terms is added in another order: allow for its largest term.
                finite = np.abs(numbers(expected[key]))
                scale = finite[np.isfinite(finite)].max(initial=1e-300)
                np.testing.assert_allclose(
                    numbers(value),
                    expected[key],
                    rtol=1e-11,
                    atol=1e-13 * scale,
                    err_msg=f"{key} of {network}",
                )


def test_saturated_units_keep_their_digits() -> None:
    network = Network(Convolution((1, 1), (1, 1)))
    source = network.compile(backend="javascript").source
    inputs = [[[z]] for z in (-745.0, -300.0, -40.0, 0.0, 40.0, 300.0, 700.0)]
    found = in_node(f"const f = {source}; return {json.dumps(inputs)}.map(x => f(x, [[1]], [[1]]));")
    with np.errstate(under="ignore"):
        for ((z,),), result in zip(inputs, found, strict=True):
            tail = np.exp(-abs(z)) / (1 + np.exp(-abs(z)))
            residual = -tail if z >= 0 else -(1 - tail)  # o - 1 without the cancellation
            slope = np.exp(-abs(z)) / (1 + np.exp(-abs(z))) ** 2
            assert numbers(result["delta"]).item() == pytest.approx(2 * residual * slope, rel=1e-13, abs=0)
            assert 0 <= numbers(result["o"]).item() <= 1


def test_source_holds_only_its_own_names() -> None:
    source = Network(Convolution((3, 4), (2, 3)), bias=True).compile(backend="javascript").source
    code = re.sub(r"//.*", "", source)
    names = set(re.findall(r"[A-Za-z_$][\w$]*", code))
    own = {n for n in names if re.fullmatch(r"s\d+", n)}
    assert names - own == {"X", "K", "Y", "b", "const", "return", "Math", "exp", "abs"} | {
        "z", "o", "delta", "loss", "dk", "dx", "db",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["x; alert(1)", "*/ alert(1) //", "x\nalert(1)", "__proto__", "constructor"])
def test_hostile_symbol_names_stay_out_of_the_text(name: str) -> None:
    evil, result = Symbol(name), Symbol("r\nalert(2)")
    source = javascript_source({"X": [[evil]]}, [(result, evil + 1)], {"r": result})
    assert "alert" not in source
    assert in_node(f"return ({source})([[41]]);") == {"r": 42}


def test_what_has_no_javascript_is_an_error() -> None:
    a, b, c = Symbol("a"), Symbol("b"), Symbol("c")
    with pytest.raises(LoweringError, match="no JavaScript"):
        javascript_source({"X": [[a]]}, [(b, gamma(a))], {"r": b})
    with pytest.raises(LoweringError, match="before anything assigns"):
        javascript_source({"X": [[a]]}, [(b, c + 1)], {"r": b})
    with pytest.raises(LoweringError, match="twice"):
        javascript_source({"X": [[a]]}, [(a, a + 1)], {"r": a})


def test_channels_are_refused() -> None:
    network = Network(Convolution((3, 3), (2, 2), channels=(2, 1)))
    with pytest.raises(LoweringError, match=r"channels \(2, 1\)"):
        network.compile(backend="javascript")


def test_a_number_reads_alike_in_both_languages() -> None:
    from importlib.resources import files

    from convsym.widgets.templates import format_value

    text = files("convsym.widgets").joinpath("explorer.js").read_text("utf-8")
    start = text.index("function format(")
    function = text[start : text.index("\n}\n", start) + 2]
    rng = np.random.default_rng(3)
    values = [0.0, -0.0, 1.0, -1.0, 0.1, 0.0004, -0.0005, 9.9996, 99.996, 999.96, 99999.4, 1e5, -1e-9, 2e300]
    values += [float(v) for v in rng.normal(size=200) * 10.0 ** rng.uniform(-6, 6, size=200)]
    found = in_node(f"const MINUS = '\\u2212'; {function} return {json.dumps(values)}.map(format);")
    same = [format_value(v) for v in values]
    # The two languages may round a number that lies exactly between two shown ones differently.
    assert sum(a != b for a, b in zip(found, same, strict=True)) <= 1
    assert found[:2] == ["0", "0"]
