"""The errors that convsym raises: one base and one class a stage."""


class ConvsymError(Exception):
    """Base of every error that convsym raises on purpose."""


class GeometryError(ConvsymError, ValueError):
    """Sizes that do not fit together; the message shows the numbers."""


class ArrayError(ConvsymError, ValueError):
    """An array whose shape, type or values a compiled function cannot take."""


class LatexError(ConvsymError, ValueError):
    """LaTeX that could not be read, with the place in the source.

    Attributes:
        message: what was expected and what was found.
        source: the text that was being read.
        offset: 0-based offset into `source` where reading stopped.
    """

    def __init__(self, message: str, source: str = "", offset: int = 0) -> None:
        self.message = message
        self.source = source
        self.offset = offset
        super().__init__(message)

    @property
    def line(self) -> int:
        """1-based line of `offset` in `source`."""
        return self.source.count("\n", 0, self.offset) + 1

    @property
    def column(self) -> int:
        """1-based column of `offset` in its line."""
        return self.offset - (self.source.rfind("\n", 0, self.offset) + 1) + 1

    def __str__(self) -> str:
        if not self.source:
            return self.message
        start = self.source.rfind("\n", 0, self.offset) + 1
        end = self.source.find("\n", self.offset)
        text = self.source[start : end if end >= 0 else len(self.source)]
        # A window of 72 characters keeps a megabyte line from becoming the message.
        shift = max(0, self.column - 37)
        window = text[shift : shift + 72].replace("\t", " ")
        caret = " " * (self.column - 1 - shift) + "^"
        return f"{self.message} (line {self.line}, column {self.column})\n  {window}\n  {caret}"


class ScopeError(ConvsymError, ValueError):
    """A formula that reads well but says nothing the document's scope can interpret."""


class BudgetExceeded(ConvsymError):
    """A computation that would leave its budget of time, memory or size."""


class DocumentError(ConvsymError):
    """A file that cannot be opened, decoded or taken apart."""


class LoweringError(ConvsymError):
    """An expression that has no lowering; never a silently dropped factor."""


_KINDS = {
    "Tuple": "a derivative or an integral that could not be taken",
    "Derivative": "a derivative that could not be taken",
    "Integral": "an integral",
    "Sum": "a sum",
    "Product": "a product over an index",
    "Add": "a sum of several terms",
    "Mul": "a product",
    "Pow": "a power",
    "Piecewise": "a value in cases",
    "ExprCondPair": "a value in cases",
    "Max": "a maximum",
    "Min": "a minimum",
    "Abs": "a magnitude",
    "magnitude": "a magnitude",
    "floor": "a number rounded down",
    "ceiling": "a number rounded up",
    "sign": "a sign",
    "Indexed": "a cell",
    "KroneckerDelta": "a Kronecker delta",
    "tuple": "a list of several values",
    "list": "a list of several values",
    "bool": "a condition",
    "BooleanTrue": "a condition",
    "BooleanFalse": "a condition",
    "Equality": "an equation",
    "Unequality": "a condition",
    "ComplexInfinity": "a division by zero",
    "NaN": "a value that is not defined",
}


def kind_in_words(value: object) -> str:
    """What an object of the program is in a reader's words, "a product" for a `Mul`; a function by its name."""
    name = type(value).__name__
    if name.startswith(("Strict", "Less", "Greater")):
        return "a comparison"
    return _KINDS.get(
        name,
        f"{name}, a function that is not known here" if name.islower() else "a form that is not known here",
    )
