"""Every form of a report: complete for people, exact for programs, and deaf to hostile text."""

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from reports import DEFINED, EVERY, HOSTILE, PROVED, REFUTED, UNDECIDED, UNSUPPORTED, report

from convsym.report import to_github, to_html, to_json, to_markdown, to_sarif
from convsym.report.phrases import because, prose, totals, witness_phrase
from convsym.report.terminal import TerminalReport, console_for


class Stream(io.TextIOWrapper):
    def __init__(self, encoding="utf-8", terminal=False):
        super().__init__(io.BytesIO(), encoding=encoding)
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    def text(self):
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


def printed(shown, *, width=120, encoding="utf-8", terminal=False, monkeypatch=None, ledger=False):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Stream(encoding, terminal)
    show = TerminalReport(console_for(stream))
    (show.ledger if ledger else show.findings)(shown)
    return stream.text()


def test_the_witness_names_what_is_not_zero_and_both_sides():
    assert witness_phrase(REFUTED.witness) == "x₁,₁ = 1, all else 0: left 1/4, right 1"


def test_because_has_conditions_in_words_and_in_signs():
    assert ("if", "S ∣ X_S − K_S; the stride is positive") in because(PROVED)
    assert ("for", "every size") in because(PROVED)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("reads x_{3,4}, outside x", "reads x₃,₄, outside x"),
        ("reads x_{3,4} in $z_{2}$", "reads x₃,₄ in z₂"),
        ("the left side of $x_{1}$ is a number", "the left side of x₁ is a number"),
        (r"\frac{a}{b} > 0", "a/b > 0"),
        ("S divides X_S - K_S + 2P", "S divides X_S - K_S + 2P"),
        ("snake_case_name is not known here", "snake_case_name is not known here"),
        ("a price of 3$ is no formula", "a price of 3$ is no formula"),
    ],
)
def test_sentences_stay_sentences_and_their_mathematics_is_made_readable(said, shown):
    assert prose(said) == shown


def test_totals_count_each_status():
    assert totals(EVERY) == "5 relations: 1 definition, 1 proved, 1 refuted, 1 undecided, 1 unsupported"
    assert totals([DEFINED]) == "1 relation: 1 definition"
    assert totals([DEFINED, DEFINED]) == "2 relations: 2 definitions"


@pytest.mark.parametrize("ledger", [True, False])
@pytest.mark.parametrize("width", [30, 40, 60, 80, 100, 140])
def test_a_terminal_of_any_width_shows_everything_and_is_never_overrun(width, ledger, monkeypatch):
    from rich.cells import cell_len

    text = printed(report(*EVERY), width=width, monkeypatch=monkeypatch, ledger=ledger)
    assert all(cell_len(line) <= width for line in text.splitlines())
    packed = re.sub(r"[\s│┃─━]+", "", text)
    for needed in ("proved", "refuted", "x₁,₁=1", "left1/4", "repair", "[red]evil[/red]"):
        assert needed in packed or width < 96, needed
    assert "witness" in packed
    assert "unsupported" in packed


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_of_a_pipe_ends_in_blanks_and_every_relation_has_its_number(width, monkeypatch):
    text = printed(report(*EVERY), width=width, monkeypatch=monkeypatch)
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    assert re.search(rf"note\.md:{PROVED.line}:{PROVED.column}\s+\({PROVED.label}\)", text)


def test_a_step_that_is_folded_stays_behind_its_number(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    stream = Stream()
    TerminalReport(console_for(stream)).explanation("n.md", replace(PROVED, steps=("a step " * 12,) * 10))
    lines = stream.text().splitlines()
    folded = [line for line in lines if line.strip().startswith(("a step", "step"))]
    assert len(folded) >= 20
    assert {len(line) - len(line.lstrip()) for line in folded} == {7, 8}


def test_colors_are_for_terminals_and_for_those_who_want_them(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in printed(report(REFUTED), terminal=True, monkeypatch=monkeypatch)
    assert "\x1b" not in printed(report(REFUTED), monkeypatch=monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31" not in printed(report(REFUTED), terminal=True, monkeypatch=monkeypatch)
    assert ";31m" not in printed(report(REFUTED), terminal=True, monkeypatch=monkeypatch)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_encoding_without_the_signs_gets_latex(encoding, monkeypatch):
    text = printed(report(*EVERY), encoding=encoding, width=200, monkeypatch=monkeypatch)
    assert r"\frac{\partial z_{1,1}}{\partial k_{1,1}} = x_{1,1}" in text
    assert "X refuted" in text


def test_no_form_lets_a_document_steer_the_terminal(monkeypatch):
    shown = report(UNSUPPORTED, path=f"a{HOSTILE}.md")
    forms = [to_json(shown), to_github(shown), to_markdown(shown), to_sarif(shown), to_html(shown)]
    forms += [printed(shown, monkeypatch=monkeypatch, ledger=ledger) for ledger in (True, False)]
    for text in forms:
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\r" not in text


def test_github_gets_one_line_a_finding_at_its_place():
    lines = to_github(report(*EVERY)).split("\n")
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", "::warning"]
    assert lines[0].startswith("::error file=note.md,line=9,col=3,title=refuted::∂z₁,₁/∂k₁,₁ = x₁,₁%0A")
    assert "repair: ∂z₁,₁/∂k₁,₁ = x₁,₁/4" in lines[0]
    assert lines[2].startswith("::warning file=note.md,title=unsupported (cell 7%2C line 2)::")


def test_github_properties_and_data_cannot_be_broken_out_of():
    shown = report(UNDECIDED, path="a,line=1::b%\n.md")
    assert to_github(shown).startswith("::warning file=a%2Cline=1%3A%3Ab%25%0A.md,line=12,")


def test_sarif_has_the_parts_that_services_read():
    log = json.loads(to_sarif(report(*EVERY, path="a note.md")))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    results = run["results"]
    assert [result["level"] for result in results] == ["error", "warning", "warning"]
    assert {result["ruleId"] for result in results} == known - {"convsym/mark"}
    physical = results[0]["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": "a%20note.md"},
        "region": {"startLine": 9, "startColumn": 3},
    }
    in_cell = results[2]["locations"][0]
    assert "region" not in in_cell["physicalLocation"]
    assert in_cell["logicalLocations"][0]["name"] == "cell 7, line 2, column 4"


def test_sarif_tells_of_files_that_cannot_be_read():
    (run,) = json.loads(to_sarif(report(error="not UTF-8 text")))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "not UTF-8 text"


def test_markdown_rows_all_have_their_cells():
    for sections in (True, False):
        rows = [
            line for line in to_markdown(report(*EVERY), sections=sections).splitlines() if line[:1] == "|"
        ]
        assert len(rows) == 2 + len(EVERY)
        for row in rows:
            assert len(re.findall(r"(?<!\\)\|", row)) == 6, row
        assert "<script>" not in "".join(rows)


class Tree(HTMLParser):
    VOID = frozenset({"br", "hr", "img", "meta"})

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.items, self.text = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "li":
            self.items.append(dict(attributes))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_html_is_well_formed_reachable_by_key_and_says_the_verdict_in_words():
    tree = Tree()
    tree.feed(to_html(report(*EVERY)))
    assert tree.open == []
    assert "script" not in tree.tags
    assert set(tree.tags) <= {"div", "style", "p", "strong", "ol", "li", "span", "dl", "dt", "dd", "code"}
    assert [item["class"] for item in tree.items] == [str(verdict.status) for verdict in EVERY]
    assert all(item["tabindex"] == "0" for item in tree.items)
    text = "".join(tree.text)
    for needed in ("✗ refuted", "witness", "x₁,₁ = 1", "repair", "∂z₁,₁/∂k₁,₁ = x₁,₁/4", "<script>alert(1)"):
        assert needed in text


def test_json_is_schema_1():
    record = json.loads(to_json(report(*EVERY)))
    assert list(record) == ["schema", "files", "summary"]
    assert record["schema"] == 1
    assert record["summary"] == {
        "definition": 1, "proved": 1, "refuted": 1, "undecided": 1, "unsupported": 1,
    }  # fmt: skip
    (file,) = record["files"]
    equation = file["equations"][2]
    expected = {
        "line": int, "column": int, "cell": type(None), "label": type(None), "latex": str, "status": str,
        "reason": str, "method": str, "sizes": str, "assuming": list, "witness": dict, "repair": str,
    }  # fmt: skip
    for key, kind in expected.items():
        assert isinstance(equation[key], kind), key
    assert equation["witness"] == {"x_{1,1}": 1, "k_{1,1}": 0, "left": "1/4", "right": 1}
    assert to_json(report(*EVERY)).isascii()
