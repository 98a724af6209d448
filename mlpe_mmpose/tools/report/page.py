"""Renders a report's page from ``page.html.jinja``."""

import base64
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import cv2
import jinja2
import numpy as np


def render_page(**content: object) -> str:
    """Return the HTML document.

    Args:
        content: The variables of ``page.html.jinja``

    Raises:
        jinja2.UndefinedError: If one of the variables is missing.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(
        percent=format_percent,
        number=lambda value: '' if math.isnan(value) else f'{value:.2f}',
        counts=_count_words,
        uri=_make_uri,
    )
    return environment.get_template('page.html.jinja').render(content)


def format_percent(value: float | None) -> str:
    """Return a share in percent, empty for ``None`` and for COCO's -1."""
    return '' if value is None or value < 0 else f'{100 * value:.1f}'


def _count_words(words: Iterable[str]) -> list[str]:
    """Return ``'3 miss'`` for a word that occurs 3 times, most first."""
    return [f'{n} {word}' for word, n in Counter(words).most_common()]


def _make_uri(picture: np.ndarray) -> str:
    """Return a BGR picture (H, W, 3) as a data URI."""
    # our choice: the quality of a JPEG, of 100
    _, encoded = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return f'data:image/jpeg;base64,{base64.b64encode(encoded).decode()}'
