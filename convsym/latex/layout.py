r"""The tokens of a display taken apart into statements: environments, rows, \quad, commas and words.

What is only layout goes (alignment marks, a line break inside an expression); what separates stays.
Where the print does not show which of the two a break is, reading stops with an error: a wrong join
would make a claim that nobody wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from convsym.errors import LatexError
from convsym.latex import symbols as table
from convsym.latex.groups import within_groups
from convsym.latex.marks import without_alignment
from convsym.latex.recovery import is_system, without_crossed_groups
from convsym.latex.spacing import multiplies, rows_of_numbers
from convsym.latex.tokens import Token

_TAG_TEXT = re.compile(r"(?:[A-Za-z]?[0-9]{1,3}(?:[.\-][0-9]{1,3})*[a-z]?'*|[a-z*]|[ivx]{1,4})\Z")
_WIDE = re.compile(r"(?:(?:\\[ ,;:>]|~|\\enspace)\s*){2,}|\s{3,}")
# Words that put what follows under a condition; other leading words merely introduce it.
_GUARDS = frozenset("for if when unless whenever given over provided each every all any per".split())
_OPENING = frozenset({"rel", "sign", "op", "open", "big", "sub", "sup"})


@dataclass(slots=True)
class Statement:
    """The tokens of one statement, of what it is said under, and its number."""

    tokens: list[Token] = field(default_factory=list)
    conditions: list[list[Token]] = field(default_factory=list)
    tag: str | None = None


def statements(tokens: tuple[Token, ...], source: str) -> list[Statement]:
    """Takes the tokens of a display apart into its statements, in reading order.

    Args:
        tokens: what `tokenize` returned.
        source: the text they came from, for the errors.

    Raises:
        LatexError: an environment or a brace without its partner, or a break that could mean two things.
    """
    kept = _name_grids(_pair_sized(without_crossed_groups(list(tokens))))
    kept = rows_of_numbers(_drop_layout(kept, source), source)
    kept = _drop_outer_groups(kept, source)
    found: list[Statement] = []
    for row, tag in _join_rows(_split_rows(kept, source), source):
        parts = _split_row(row, source)
        if not parts:
            if tag is not None and found and found[-1].tag is None:
                found[-1].tag = tag
            continue
        if tag is not None:
            # The number stands for the row's statement; what follows a comma there is a side remark.
            parts[0].tag = tag
        found.extend(parts)
    return found


# -- delimiters and environments -----------------------------------------------------------------------


def _pair_sized(tokens: list[Token]) -> list[Token]:
    r"""Settles \left. and \right.: evaluation bars, brackets that run over a line break, braces of cases."""
    gone: set[int] = set()
    lefts: list[int] = []
    for at, token in enumerate(tokens):
        sized_bar = token.kind == "bar" and token.extra
        if token.extra == "left" or (sized_bar and token.extra == "l"):
            lefts.append(at)
        elif (token.extra == "right" or (sized_bar and token.extra == "r")) and lefts:
            start = lefts.pop()
            left = tokens[start]
            if left.text == "." and token.kind == "bar":
                tokens[start] = replace(left, kind="at")
                tokens[at] = replace(token, kind="close", text="at")
            elif left.text == "." and token.kind == "close":
                gone |= {start, at} if token.text == "." or _one_environment(tokens, start, at) else {start}
            elif token.text == "." and token.kind == "close":
                gone.add(at)
                # \left\{{\begin{array} ... \end{array}}\right. carries braces that hold the array together.
                begin, end = within_groups(tokens, start, at)
                inside = _one_environment(tokens, begin, end)
                if inside and left.text == "{":
                    gone |= {*range(start, begin + 1), *range(end, at)}
                    if inside in table.MATRICES:
                        begin, end = begin + 1, end - 1
                        tokens[begin] = replace(tokens[begin], text="cases")
                        tokens[end] = replace(tokens[end], text="cases")
    return [token for at, token in enumerate(tokens) if at not in gone]


def _one_environment(tokens: list[Token], start: int, end: int) -> str:
    """The name of the environment that fills the range between two delimiters, or ""."""
    if end - start < 3 or tokens[start + 1].kind != "begin" or tokens[end - 1].kind != "end":
        return ""
    depth = 0
    for at in range(start + 1, end):
        depth += {"begin": 1, "end": -1}.get(tokens[at].kind, 0)
        if depth == 0 and at < end - 1:
            return ""
    return tokens[start + 1].text


def _name_grids(tokens: list[Token]) -> list[Token]:
    r"""Makes a matrix of an aligned block that fills brackets and holds no relation: [aligned a \quad b \\ c]."""
    named = list(tokens)
    opened: list[tuple[int, list[int], bool]] = []  # (place, its rows and wide spaces, holds a relation)
    for at, token in enumerate(tokens):
        if token.kind == "begin":
            opened.append((at, [], False))
        elif token.kind == "end" and opened:
            start, breaks, related = opened.pop()
            filling = start and tokens[start - 1].kind == "open" and at + 1 < len(tokens)
            if not (filling and breaks and not related and token.text in table.LAYOUTS):
                continue
            if tokens[at + 1].kind != "close":
                continue
            named[start] = replace(tokens[start], text="matrix")
            named[at] = replace(token, text="matrix")
            for place in breaks:
                named[place] = replace(tokens[place], kind="row" if tokens[place].kind == "row" else "amp")
        elif token.kind in ("row", "quad") and opened:
            opened[-1][1].append(at)
        elif token.kind == "rel" and opened:
            opened[-1] = (*opened[-1][:2], True)
    return named


def _drop_layout(tokens: list[Token], source: str) -> list[Token]:
    """Checks that environments nest, and takes out those that only lay out."""
    loose = _is_layout_array(tokens)
    stack: list[Token] = []
    gridded = 0  # how many matrices or cases are open
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        if token.kind == "begin":
            stack.append(token)
            if token.text in table.LAYOUTS or at == loose:
                continue
            gridded += 1
        elif token.kind == "end":
            if not stack or stack[-1].text != token.text:
                wanted = f"\\end{{{stack[-1].text}}}" if stack else "no \\end"
                raise LatexError(f"expected {wanted}, found \\end{{{token.text}}}", source, token.start)
            opened = stack.pop()
            if token.text in table.LAYOUTS or (loose is not None and opened is tokens[loose]):
                continue
            gridded -= 1
        elif token.kind in ("row", "amp") and gridded and stack and stack[-1].text in table.LAYOUTS:
            continue
        kept.append(token)
    if stack:
        raise LatexError(f"expected \\end{{{stack[-1].text}}}, found the end", source, stack[-1].start)
    return kept


def _is_layout_array(tokens: list[Token]) -> int | None:
    """Where the display is one array or plain matrix that aligns equations (a & = & b), the place of its \\begin."""
    inner = [at for at, token in enumerate(tokens) if token.kind not in ("tag", "stop", "comma", "quad")]
    while inner and tokens[inner[0]].kind == "begin" and tokens[inner[0]].text in table.LAYOUTS:
        inner = inner[1:-1]
    if (
        not inner
        or tokens[inner[0]].kind != "begin"
        or tokens[inner[0]].text
        not in (
            "array",
            "matrix",
        )
    ):
        return None
    if tokens[inner[-1]].kind != "end":
        return None
    depth = braces = 0
    related = False
    for at in inner:
        token = tokens[at]
        depth += {"begin": 1, "end": -1}.get(token.kind, 0)
        braces += {"lb": 1, "rb": -1, "open": 1, "close": -1}.get(token.kind, 0)
        related |= token.kind == "rel" and depth == 1 and braces == 0
        if depth == 0 and at != inner[-1]:
            return None
    return inner[0] if related else None


def _drop_outer_groups(tokens: list[Token], source: str) -> list[Token]:
    r"""Takes out TeX braces that hold whole statements (\boxed{a = b}, {\color{red} a = b})."""
    gone: set[int] = set()
    opened: list[tuple[int, bool, bool]] = []  # (place, is an argument, holds a relation or a row)
    second_argument = -1
    brackets = 0
    grid = 0
    for at, token in enumerate(tokens):
        if token.kind == "lb":
            before = tokens[at - 1].kind if at else ""
            argument = (
                before in ("sub", "sup", "frac", "sqrt", "font", "accent", "brace") or at == second_argument
            )
            opened.append((at, argument or brackets > 0 or grid > 0, False))
        elif token.kind == "rb":
            if not opened:
                raise LatexError("expected no }, found one without its {", source, token.start)
            start, argument, related = opened.pop()
            if start and tokens[start - 1].kind == "frac":
                second_argument = at + 1
            if related and not argument:
                gone |= {start, at}
                if opened:
                    opened[-1] = (opened[-1][0], opened[-1][1], True)
        elif token.kind in ("open", "close", "at"):
            brackets += -1 if token.kind == "close" else 1
        elif token.kind in ("begin", "end"):
            grid += 1 if token.kind == "begin" else -1
        elif token.kind in ("rel", "row") and opened and not grid:
            opened[-1] = (opened[-1][0], opened[-1][1], True)
    if opened:
        raise LatexError("expected } to close this brace, found the end", source, tokens[opened[-1][0]].start)
    return [token for at, token in enumerate(tokens) if at not in gone]


_DEEPER = {"lb": 1, "rb": -1, "open": 1, "close": -1, "at": 1, "begin": 1, "end": -1}


def _split_rows(tokens: list[Token], source: str) -> list[list[Token]]:
    r"""Rows at the outermost level; a \\ inside brackets or braces is layout."""
    rows: list[list[Token]] = [[]]
    outer: list[int] = []  # the depths outside the open matrices
    depth = 0
    for at, token in enumerate(tokens):
        if token.kind == "begin":
            outer.append(depth)
            depth = 0
        elif token.kind == "end":
            depth = outer.pop()
        else:
            depth = max(0, depth + _DEEPER.get(token.kind, 0))
        if token.kind == "row" and not outer:
            if depth == 0:
                rows.append([])
            elif not _inside_expression(tokens, at):
                raise LatexError(
                    "expected an operator at the line break inside these brackets", source, token.start
                )
        elif token.kind not in ("amp", "quad") or depth == 0:
            rows[-1].append(token)
    return rows


def _inside_expression(tokens: list[Token], at: int) -> bool:
    """Whether the line break at `at`, inside brackets, plainly continues an expression."""
    loose = ("amp", "quad", "row")
    before = next((token for token in reversed(tokens[:at][-8:]) if token.kind not in loose), None)
    behind = next((token for token in tokens[at + 1 : at + 9] if token.kind not in loose), None)
    joints = ("sign", "op", "rel", "big", "open", "lb", "comma", "close", "rb", "words", "sub", "sup", "at")
    return before is None or behind is None or before.kind in joints[:7] or behind.kind in joints


# -- rows ------------------------------------------------------------------------------------------------


def _content(row: list[Token]) -> list[Token]:
    return [token for token in row if token.kind not in ("quad", "amp", "tag")]


def _related(tokens: list[Token]) -> bool:
    """Whether a relation stands at the outermost level."""
    depth = 0
    for token in tokens:
        depth += _DEEPER.get(token.kind, 0)
        if token.kind == "rel" and depth == 0 and token.text not in ("colon", "mid"):
            return True
    return False


def _join_rows(rows: list[list[Token]], source: str) -> list[tuple[list[Token], str | None]]:
    """Joins each row that continues the one before, and takes the equation numbers off."""
    joined: list[tuple[list[Token], str | None]] = []
    for whole in rows:
        row, tag = _take_tag(whole, source)
        content = _content(row)
        if not content:
            if tag is not None and joined and joined[-1][1] is None:
                joined[-1] = (joined[-1][0], tag)
            continue
        if joined and _continues(joined[-1][0], row, content, source):
            before, before_tag = joined[-1]
            if content[0].kind == "rel" and _content(before)[-1].text == content[0].text:
                # a = \\ = b: the sign at the break is printed twice
                row = [token for token in row if token is not content[0]]
            joined[-1] = ([*before, *without_alignment(row)], tag or before_tag)
        else:
            joined.append((row, tag))
    return joined


def _continues(before: list[Token], row: list[Token], content: list[Token], source: str) -> bool:
    above = _content(before)
    last, first = above[-1], content[0]
    if last.kind in ("rel", "sign", "op", "big"):
        return True
    if first.kind == "op":
        return True
    lead = next((at for at, token in enumerate(row) if token is first), 0)
    aligned = any(token.kind in ("amp", "quad") for token in row[:lead])
    if first.kind == "sign":
        if not _related(content) or aligned or not _related(above):
            return True
        relation = next(at for at, token in enumerate(row) if token.kind == "rel")
        if any(token.kind == "amp" for token in row[lead:relation]):
            return False
        if first.text == "+":
            return True
        raise LatexError(
            "expected a row that begins with a relation or an operator behind &, found a minus sign that "
            "could begin an equation or continue the row above",
            source,
            first.start,
        )
    if first.kind in ("rel", "words", "dots") or last.kind == "words" or _related(content):
        return False
    if is_system(content):
        return False
    if not _related(above) or last.kind == "comma" or first.text in ("forall", "exists"):
        return last.kind == "comma" and _related(above) and not aligned and first.kind == "number"
    if first.kind == "open" and content[-1].kind == "close" and _related(content[1:-1]):
        return True  # (i = 1, ..., n) on a line of its own
    raise LatexError(
        "expected a relation or an operator at the beginning of this row, found an expression that could "
        "continue the row above",
        source,
        first.start,
    )


def _take_tag(row: list[Token], source: str) -> tuple[list[Token], str | None]:
    r"""The row without its equation number: \tag{5}, or (5) behind \quad or a wide space."""
    tag: str | None = None
    kept = []
    for token in row:
        if token.kind == "tag":
            tag = token.text or None
        else:
            kept.append(token)
    while kept and kept[-1].kind in ("quad", "amp", "comma", "stop"):
        kept.pop()
    if tag is not None or not kept:
        return kept, tag
    if kept[-1].kind == "words" and re.fullmatch(r"\([^()\s]{1,8}\)", kept[-1].text):
        text = kept[-1].text[1:-1]
        if _TAG_TEXT.match(text):
            return _take_tag(kept[:-1], source)[0], text
    if kept[-1].kind == "close" and kept[-1].text == "(":
        for length in range(3, min(8, len(kept)) + 1):
            start = len(kept) - length
            if kept[start].kind == "open" and kept[start].text == "(":
                text = re.sub(r"\s+", "", source[kept[start].end : kept[-1].start])
                if _TAG_TEXT.match(text) and (start == 0 or _stands_apart(kept, start, source)):
                    return _take_tag(kept[:start], source)[0], text
                break
    return kept, None


def _stands_apart(row: list[Token], start: int, source: str) -> bool:
    """Whether what begins at `start` is set off from a finished expression by a wide space."""
    before = row[start - 1]
    if before.kind == "dots" and start >= 2 and row[start - 2].kind not in ("comma", *_OPENING):
        return True
    at = start
    while at and row[at - 1].kind in ("quad", "amp", "comma", "stop"):
        at -= 1
    if at == 0 or row[at - 1].kind in _OPENING:
        return at == 0
    if any(token.kind in ("quad", "amp") for token in row[at:start]):
        return True
    return _WIDE.search(source, row[start - 1].end, row[start].start) is not None


# -- statements within a row ------------------------------------------------------------------------------


def _pieces(row: list[Token]) -> list[tuple[str, list[Token]]]:
    r"""The row cut at \quad, &, commas, full stops and words of its outermost level.

    Returns:
        For each piece what precedes it, and its tokens.
    """
    pieces: list[tuple[str, list[Token]]] = [("", [])]
    depth = 0
    for at, token in enumerate(row):
        depth += _DEEPER.get(token.kind, 0)
        if depth > 0 or token.kind in _DEEPER:
            pieces[-1][1].append(token)
        elif token.kind in ("quad", "amp"):
            if pieces[-1][1]:
                pieces.append((token.kind, []))
            elif pieces[-1][0] in ("", "amp") and len(pieces) > 1:
                pieces[-1] = (token.kind, [])
        elif token.kind in ("comma", "stop"):
            if pieces[-1][1] or len(pieces) == 1:
                pieces.append((token.kind, []))
            else:
                pieces[-1] = (token.kind, [])
        elif token.kind == "rel" and token.text == "colon" and _is_guard(pieces[-1][1]):
            pieces.append(("quad", []))
        elif token.kind == "words":
            named = _as_name(row, at, pieces[-1][1])
            if named is not None:
                pieces[-1][1].append(named)
            elif pieces[-1][1]:
                pieces.append(("words", [token]))
            else:
                pieces[-1] = ("words", [token])
        elif token.kind == "name" and token.text in ("forall", "exists") and pieces[-1][1]:
            pieces.append(("words", [token]))
        else:
            pieces[-1][1].append(token)
    return _aligned([piece for piece in pieces if piece[1]])


def _aligned(pieces: list[tuple[str, list[Token]]]) -> list[tuple[str, list[Token]]]:
    """Joins what an alignment mark or a wide space only moves apart: a &= b, a = & b, a \\quad = b."""
    joined: list[tuple[str, list[Token]]] = []
    for separator, piece in pieces:
        if separator in ("amp", "quad") and joined and joined[-1][1][0].kind != "words":
            before = joined[-1][1]
            if piece[0].kind in ("rel", "op", "sign") or _ends_open(before):
                joined[-1] = (joined[-1][0], [*before, *piece])
                continue
        joined.append((separator, piece))
    return joined


def _is_guard(piece: list[Token]) -> bool:
    """Whether a piece says for which indices: \\forall i, \\text{for } i = 1."""
    return bool(piece) and (
        piece[0].text in ("forall", "exists")
        or (piece[0].kind == "words" and piece[0].text.split()[0] in _GUARDS)
    )


def _as_name(row: list[Token], at: int, before: list[Token]) -> Token | None:
    r"""A \text of several words that stands where an operand must stand is a name."""
    token = row[at]
    word = token.text.split()[0].lower()
    if word in table.CONDITION_WORDS | table.JOINING_WORDS or token.text[-1] in ":," or token.text[0] in "(,":
        return None
    if before and before[-1].kind == "sign" and len(token.text.split()) > 2 and not _related(row):
        return None  # a dash: "X - the input of this shape"
    expected = not before or before[-1].kind in ("rel", "sign", "op", "big")
    behind = row[at + 1].kind if at + 1 < len(row) else "end"
    if not expected or (not before and behind not in ("rel", "op", "sign")):
        return None
    return replace(token, kind="name", extra="text")


def _ends_open(tokens: list[Token]) -> bool:
    return not tokens or tokens[-1].kind in ("rel", "sign", "op", "big")


def _split_row(row: list[Token], source: str) -> list[Statement]:
    """The statements of one row."""
    found: list[Statement] = []
    current = Statement()
    conditional = False
    leading = False  # words stand before the statement they speak of
    if row and row[0].kind == "rel" and row[0].text == "implies":
        # A row that begins with an arrow or the three dots begins a statement: "therefore".
        row = [replace(row[0], kind="words", text="therefore"), *row[1:]]
    pieces = _pieces(row)
    for at, (separator, piece) in enumerate(pieces):
        first = piece[0]
        related = _related(piece)
        if first.kind == "words" or (first.kind == "name" and first.text in ("forall", "exists")):
            word = first.text.split()[0].lower().strip("(:,")
            joining = word in table.JOINING_WORDS and len(first.text.split()) <= 3
            guard = word in _GUARDS or first.kind == "name"
            if current.tokens and first.kind == "words" and _is_dash(current.tokens):
                # "I - the input image": a dash between a name and what it is, no difference.
                said = f"{source[current.tokens[0].start : current.tokens[-1].end]} {first.text} "
                said += source[piece[1].start : piece[-1].end] if piece[1:] else ""
                spoken = Token("words", said.strip(), current.tokens[0].start, piece[-1].end)
                current = Statement([], [*current.conditions, [spoken]])
                conditional = True
                continue
            begins = _related(piece[1:]) or at + 1 < len(pieces)
            if joining and not conditional and _related(current.tokens) and len(piece) > 1 and begins:
                found.append(current)
                current = Statement(piece[1:], [[first]])
                continue
            if not current.tokens and not guard:
                # "where z = Wx", "Forward: z = Wx": the words introduce the statement.
                current.conditions.append([first])
                current.tokens = piece[1:]
                continue
            leading = not current.tokens
            conditional = True
            current.conditions.append(list(piece))
            continue
        if conditional:
            starts = related and first.kind not in ("rel", "op")
            if (
                starts
                and (separator in ("quad", "amp", "stop") or leading)
                and not _dotted(current.conditions[-1])
            ):
                if leading:
                    current.tokens = list(piece)
                else:
                    found.append(current)
                    current = Statement(list(piece))
                conditional = leading = False
            elif leading and separator in ("quad", "amp") and related:
                current.tokens = list(piece)
                conditional = leading = False
            else:
                if separator == "comma":
                    current.conditions[-1].append(_comma_before(piece))
                current.conditions[-1].extend(piece)
            continue
        if not current.tokens:
            current.tokens = list(piece)
            continue
        apart = related and _related(current.tokens) and not _ends_open(current.tokens)
        if apart and (first.kind not in ("rel", "op", "sign") or separator in ("comma", "stop")):
            moved = _names_before(current) if separator == "comma" else []
            found.append(current)
            current = Statement([*moved, *piece])
        elif separator == "comma":
            current.tokens.append(_comma_before(piece))
            current.tokens.extend(piece)
        elif separator == "stop":
            raise LatexError("expected the end of the statement behind the full stop", source, first.start)
        elif separator == "quad" and _related(current.tokens) and not _ends_open(current.tokens):
            if first.kind in ("rel", "op", "sign", "close") or multiplies(pieces, at):
                current.tokens.extend(piece)
            elif piece[first.kind == "font"].kind == "open" and piece[-1].kind == "close":
                current.conditions.append(list(piece))
                conditional = True
            elif current.tokens[-1].kind in ("rb", "name", "number") and _under_big(current.tokens):
                current.tokens.extend(piece)
            else:
                raise LatexError(
                    "expected a relation or an operator behind the wide space, found another expression",
                    source,
                    first.start,
                )
        else:
            current.tokens.extend(piece)
    if current.tokens or current.conditions:
        found.append(current)
    return found


def _is_dash(tokens: list[Token]) -> bool:
    """Whether the tokens are a name or a shape with a dash behind it."""
    return tokens[-1].kind == "sign" and len(tokens) <= 8 and not _related(tokens)


def _comma_before(piece: list[Token]) -> Token:
    return Token("comma", ",", piece[0].start, piece[0].start)


def _dotted(condition: list[Token]) -> bool:
    """Whether a list such as i = 1, ..., still waits for its last item."""
    return condition[-1].kind == "dots"


def _under_big(tokens: list[Token]) -> bool:
    """Whether the tokens end with a big operator and its limits."""
    depth = 0
    for token in reversed(tokens):
        if token.kind in ("lb", "rb"):
            depth += 1 if token.kind == "rb" else -1
        elif depth == 0 and token.kind == "big":
            return True
        elif depth == 0 and token.kind not in ("sub", "sup", "name", "number"):
            return False
    return False


def _names_before(statement: Statement) -> list[Token]:
    """Takes plain names off the end of a list that belong to the next relation: x \\in A, i, j \\in B."""
    tokens = statement.tokens
    cut = len(tokens)
    while cut >= 2 and tokens[cut - 1].kind == "name" and tokens[cut - 2].kind == "comma":
        if cut >= 3 and tokens[cut - 3].kind == "dots":
            break
        cut -= 2
    moved = tokens[cut:]
    if not moved or not _related(tokens[:cut]):
        return []
    statement.tokens = tokens[:cut]
    return [*moved[1:], replace(moved[0], start=moved[-1].end, end=moved[-1].end)]
