"""Verdicts made up for the tests of what shows them; nothing here asks the checker."""

from fractions import Fraction

from convsym.checker import FileReport, Report
from convsym.verdict import Status, Verdict, Witness

HOSTILE = "\x1b[31m[red]evil[/red] <script>alert(1)</script> | `a` $x$ %0A::error::\u202e\r\n# b"

DEFINED = Verdict(r"X = x_{1}", Status.DEFINITION, "introduces X", 3, 1, section="1 Shapes")
PROVED = Verdict(
    r"O_S = \frac{X_S - K_S}{S} + 1",
    Status.PROVED,
    "both sides count the same positions",
    5,
    3,
    label="1",
    method="identity",
    sizes="all",
    assuming=(r"S \mid X_S - K_S", "the stride is positive"),
    section="1 Shapes",
)
REFUTED = Verdict(
    r"\frac{\partial z_{1,1}}{\partial k_{1,1}} = x_{1,1}",
    Status.REFUTED,
    "the sides differ",
    9,
    3,
    section="2 Backward",
    witness=Witness((("x_{1,1}", Fraction(1)), ("k_{1,1}", Fraction(0))), Fraction(1, 4), Fraction(1)),
    repair=r"\frac{\partial z_{1,1}}{\partial k_{1,1}} = \frac{x_{1,1}}{4}",
    steps=("differentiate the left side", "compare"),
)
UNDECIDED = Verdict(r"a = b", Status.UNDECIDED, "out of time", 12, 1)
UNSUPPORTED = Verdict(HOSTILE, Status.UNSUPPORTED, HOSTILE, 2, 4, cell=7, section=HOSTILE, label=HOSTILE)

EVERY = (DEFINED, PROVED, REFUTED, UNDECIDED, UNSUPPORTED)


def report(*verdicts: Verdict, path: str = "note.md", source: str = "", error: str | None = None) -> Report:
    """A report of one file."""
    return Report((FileReport(path, verdicts, source, error),))
