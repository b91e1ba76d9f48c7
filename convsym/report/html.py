"""A report as HTML for a notebook: equations colored by verdict, the why on hover or focus."""

from __future__ import annotations

from html import escape

from convsym.report.neutral import neutral
from convsym.report.phrases import MARKS, Reported, ReportedFile, because, totals
from convsym.report.readable import readable
from convsym.verdict import Verdict

# JupyterLab's own variables where they exist, so that the light and the dark theme both fit.
_STYLE = """
.convsym-report{font-family:var(--jp-content-font-family,system-ui,sans-serif);max-width:60em;
 color:var(--jp-content-font-color1,inherit)}
.convsym-report ol{list-style:none;margin:.3em 0;padding:0}
.convsym-report li{position:relative;margin:.2em 0;padding:.25em .6em;border-left:.35em solid var(--c);
 background:color-mix(in srgb,var(--c) 8%,transparent)}
.convsym-report li:focus{outline:2px solid var(--jp-brand-color1,#1976d2);outline-offset:1px}
.convsym-report .eq{font-family:STIX Two Math,Cambria Math,serif;font-size:1.1em;overflow-wrap:anywhere}
.convsym-report .word{color:color-mix(in srgb,var(--c) 75%,var(--jp-content-font-color1,currentcolor));
 font-weight:600;margin-right:.6em}
.convsym-report .at{float:right;opacity:.75;font-size:.85em}
.convsym-report dl{display:none;margin:.3em 0 0;grid-template-columns:max-content 1fr;gap:.1em .8em}
.convsym-report li:hover dl,.convsym-report li:focus dl,.convsym-report li:focus-within dl{display:grid}
.convsym-report dt{font-weight:600}.convsym-report dd{margin:0;overflow-wrap:anywhere}
.convsym-report .proved{--c:#2e7d32}.convsym-report .refuted{--c:#c62828}
.convsym-report .definition{--c:#1565c0}
.convsym-report .undecided{--c:#b26a00}.convsym-report .unsupported{--c:#8e24aa}
@media print{.convsym-report dl{display:grid}}
"""


def to_html(report: Reported) -> str:
    """The report as one HTML fragment that needs no script and fetches nothing.

    Args:
        report: files with verdicts; every text in them is escaped.

    Returns:
        A `div` whose equations can be reached with the tab key; each shows its reason, witness and
        repair while it has the focus or the pointer is over it.
    """
    files = "".join(_file(file) for file in report.files)
    # The last two classes keep MathJax from reading dollar signs in what is shown.
    return f'<div class="convsym-report tex2jax_ignore mathjax_ignore"><style>{_STYLE}</style>{files}</div>'


def _file(file: ReportedFile) -> str:
    heading = f"<p><strong>{_safe(file.path)}</strong>"
    if file.error is not None:
        return f"{heading}: {_safe(file.error)}</p>"
    items = "".join(_item(verdict) for verdict in file.verdicts)
    return f'{heading} — {totals(file.verdicts)}</p><ol role="list">{items}</ol>'


def _item(verdict: Verdict) -> str:
    lines = "".join(
        f"<dt>{_safe(heading or 'why')}</dt><dd>{_safe(text)}</dd>" for heading, text in because(verdict)
    )
    where = f"line {verdict.line}" if verdict.cell is None else f"cell {verdict.cell}, line {verdict.line}"
    label = f"({_safe(verdict.label)}) " if verdict.label else ""
    mark = f'<span aria-hidden="true">{MARKS[verdict.status]}</span> {verdict.status}'
    return (
        f'<li class="{verdict.status}" tabindex="0"><span class="at">{label}{where}</span>'
        f'<span class="word">{mark}</span>'
        f'<span class="eq" title="{_safe(verdict.latex)}">{_safe(readable(verdict.latex))}</span>'
        f"<dl>{lines}<dt>LaTeX</dt><dd><code>{_safe(verdict.latex)}</code></dd></dl></li>"
    )


def _safe(text: str) -> str:
    return escape(neutral(text), quote=True)
