"""Writes the page's HTML, with all text escaped."""

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
:root { color-scheme: light dark; --line: #8884; --bar: #3b82c4; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem;
  max-width: 72rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem;
  margin: 2.2rem 0 .4rem; } p { max-width: 46rem; margin: .4rem 0; }
.quiet { opacity: .7; overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.2rem; margin: 1rem 0; }
.figures div { display: flex; flex-direction: column; }
.figures b { font-size: 1.7rem; line-height: 1.2; }
table { border-collapse: collapse; margin: .6rem 0;
  font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .9rem .2rem 0; text-align: right;
  border-bottom: 1px solid var(--line); vertical-align: middle; }
.text { text-align: left; }
.bar { display: block; height: .7rem; background: var(--bar);
  border-radius: 2px; min-width: 1px; }
td.chart { width: 12rem; }
.people { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; } figcaption { font-size: .8rem; max-width: 24rem;
  overflow-wrap: anywhere; }
figure div { display: flex; gap: 4px; } img { display: block;
  max-width: 100%; border-radius: 3px; height: auto; }
.row { display: flex; flex-wrap: wrap; gap: 6px; margin: .4rem 0 1rem; }
.dot { display: inline-block; width: .7rem; height: .7rem;
  border-radius: 50%; margin: 0 .3rem 0 .8rem; }
"""
# the browser runs no script, and loads nothing from outside of the page
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(title: str, subtitle: str, sections: Iterable[str]) -> str:
    """Return a whole document from the HTML of its sections."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n'
        f'<body>\n<h1>{escape(title)}</h1>\n'
        f'<p class="quiet">{escape(subtitle)}</p>\n'
        + '\n'.join(sections)
        + '\n</body>\n</html>\n'
    )


def section(title: str, text: str, content: str) -> str:
    """Return a section: heading, explanation, and finished HTML."""
    return f'<h2>{escape(title)}</h2>\n<p>{escape(text)}</p>\n{content}'


def figures(values: Sequence[tuple[str, str]]) -> str:
    """Return pairs of a name and a value as large figures."""
    cells = ''.join(
        f'<div><b>{escape(value)}</b>{escape(name)}</div>'
        for name, value in values
    )
    return f'<div class="figures">{cells}</div>'


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    bars: Sequence[float] | None = None,
    num_texts: int = 1,
) -> str:
    """Return a table, optionally with a bar at the end of each row.

    Args:
        head (Sequence[str]): Headings
        rows (Iterable): Texts of the cells
        bars (Sequence[float], optional): One value for each row, from 0;
            the largest value has the longest bar
        num_texts (int): Number of columns with text, which come first
    """
    rows = list(rows)
    longest = max(bars or [0]) or 1
    parts = ['<table><tr>']
    kinds = ['text' if i < num_texts else 'figure' for i in range(len(head))]
    parts += [
        f'<th class="{kind}">{escape(name)}</th>'
        for kind, name in zip(kinds, head, strict=True)
    ]
    parts += ['<th></th>' if bars else '', '</tr>']
    for number, row in enumerate(rows):
        parts.append('<tr>')
        parts += [
            f'<td class="{kind}">{escape(cell)}</td>'
            for kind, cell in zip(kinds, row, strict=True)
        ]
        if bars:
            width = 100 * max(bars[number], 0) / longest
            parts.append(
                '<td class="chart"><span class="bar" '
                f'style="width:{width:.1f}%"></span></td>'
            )
        parts.append('</tr>')
    return ''.join(parts) + '</table>'


def image(uri: str, text: str) -> str:
    """Return an image whose data URI holds the picture."""
    return f'<img src="{escape(uri)}" alt="{escape(text)}">'


def legend(colors: dict[str, tuple[int, int, int]]) -> str:
    """Return dots of BGR colours with their names."""
    dots = ''.join(
        f'<span class="dot" style="background:rgb({r},{g},{b})"></span>'
        f'{escape(name or "right")}'
        for name, (b, g, r) in colors.items()
    )
    return f'<p>{dots}</p>'
