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
