"""Writes the sections of a report, one for each part of the diagnosis."""

import math
from collections import Counter
from html import escape
from pathlib import Path

import cv2
import numpy as np

from .diagnosis.findings import Diagnosis, Slice, WorstPerson
from .drawing import COLORS, draw_pose, make_uri
from .levels import LevelRow
from .page import figures, image, legend, section, table


def percent(value: float | None) -> str:
    """Return a share in percent, empty for ``None`` and for COCO's -1."""
    return '' if value is None or value < 0 else f'{100 * value:.1f}'


def headline(found: Diagnosis) -> str:
    """Show COCO's metrics."""
    metrics = found.metrics
    names = {'AP': 'AP', 'AP .5': 'AP50', 'AP .75': 'AP75', 'AR': 'AR'}
    values = [(text, percent(metrics[name])) for name, text in names.items()]
    counts = (
        f'{found.num_people:,} people in {found.num_images:,} images; '
        f'{found.num_detections:,} predictions, which match '
        f'{found.num_found:,} people.'
    )
    return section('In figures', counts, figures(values))


def slices(found: Diagnosis) -> str:
    """Show the AP of every slice."""
    text = (
        'Average precision on some of the people; all others are ignored, '
        'neither missed nor mistaken.'
    )
    groups = (
        ('size', found.by_size),
        ('visibility', found.by_visibility),
        ('crowding', found.by_crowding),
    )
    parts: list[tuple[str, Slice]] = [
        (group, part) for group, members in groups for part in members
    ]
    rows = [
        (f'{group}: {p.name}', p.description, str(p.num_people), percent(p.ap))
        for group, p in parts
    ]
    bars = [part.ap or 0.0 for _, part in parts]
    head = ('', 'who', 'people', 'AP')
    return section(
        'By size, visibility, crowding', text, table(head, rows, bars, 2)
    )


def errors(found: Diagnosis) -> str:
    """Show the kinds of error, and the gain in AP without each."""
    text = (
        'A jitter is near its annotation (similarity 0.5 to 0.85), an '
        'inversion near the same keypoint of the other side, a swap near a '
        'keypoint of another person, and a miss near none of these. The last '
        'column is the gain in AP if all errors of a kind were corrected.'
    )
    rows = [
        ('right', f'{found.num_good:,}', percent(_good_share(found)), '', '')
    ]
    rows += [
        (
            error.name,
            f'{error.count:,}',
            percent(error.share),
            percent(error.ap_fixed),
            f'{100 * error.gain:+.1f}',
        )
        for error in found.errors
    ]
    head = ('', 'keypoints', 'share', 'AP without', 'gain')
    bars = [0.0, *(error.gain for error in found.errors)]
    return section('Errors by kind', text, table(head, rows, bars))


def _good_share(found: Diagnosis) -> float:
    total = found.num_good + sum(error.count for error in found.errors)
    return found.num_good / max(total, 1)


def keypoints(found: Diagnosis) -> str:
    """Show the distances of each keypoint from its annotation."""
    text = (
        "Distances in units of the keypoint's tolerance in OKS, 2 sigma "
        'sqrt(area); at 1 its similarity is 0.61. Bars are medians.'
    )
    rows = [
        (
            k.name,
            f'{k.count:,}',
            _number(k.median),
            _number(k.tenth),
            _number(k.similarity),
        )
        for k in found.keypoints
    ]
    bars = [0.0 if math.isnan(k.median) else k.median for k in found.keypoints]
    head = ('', 'people', 'median', 'one of ten above', 'mean similarity')
    return section('By keypoint', text, table(head, rows, bars))


def _number(value: float) -> str:
    return '' if math.isnan(value) else f'{value:.2f}'


def picks(content: dict | None) -> str:
    """Show which keypoints OHKM picked, if the training recorded it."""
    title = 'Picked by OHKM'
    if content is None:
        return section(
            title,
            'Not recorded: ohkm_picks.json is not beside the checkpoint. '
            "Train with dict(type='OHKMPickHook') in custom_hooks to have it.",
            '',
        )
    epochs = content['epochs']
    shown = {epochs[0]['epoch']: epochs[0], epochs[-1]['epoch']: epochs[-1]}
    shares = [_shares(epoch) for epoch in shown.values()]
    text = (
        'How often a labelled keypoint was among the hardest of its person. '
        f'Bars are those of epoch {epochs[-1]["epoch"]}.'
    )
    rows = [
        (name, *(percent(share[i]) for share in shares))
        for i, name in enumerate(content['keypoints'])
    ]
    head = ('', *(f'epoch {number}, %' for number in shown))
    return section(title, text, table(head, rows, shares[-1]))


def _shares(epoch: dict) -> list[float]:
    pairs = zip(epoch['picked'], epoch['labelled'], strict=True)
    return [picked / max(labelled, 1) for picked, labelled in pairs]


def worst(found: Diagnosis, folder: Path, links: list) -> str:
    """Show the worst predictions beside their annotations."""
    text = (
        'The people of the smallest OKS, the annotation left, the '
        'prediction right. The colour of a point is the kind of its error.'
    )
    people = ''.join(_person(p, folder, links) for p in found.worst)
    content = legend(COLORS) + f'<div class="people">{people}</div>'
    return section(f'The worst {len(found.worst)}', text, content)


def _person(person: WorstPerson, folder: Path, links: list) -> str:
    """Show the annotation and the prediction of one person."""
    picture = cv2.imread(str(folder / person.file_name))
    if picture is None:
        # a missing image is drawn black; the rest of the page is still useful
        left, top, width, height = person.box
        size = max(int(top + height), 1), max(int(left + width), 1)
        picture = np.zeros((*size, 3), np.uint8)
    none = [''] * len(person.kinds)
    panels = (
        ('truth', person.truth, none),
        ('prediction', person.predicted, person.kinds),
    )
    # keypoints that are not labelled have no kind of error, so they are hidden
    labelled = person.truth[:, 2] > 0
    drawn = []
    for name, points, kinds in panels:
        if points is not None:
            points = np.where(labelled[:, None], points, 0)
        panel = draw_pose(picture, person.box, points, kinds, links)
        drawn.append(image(make_uri(panel), name))
    counts = Counter(kind for kind in person.kinds if kind)
    said = ', '.join(f'{n} {kind}' for kind, n in counts.most_common())
    if person.predicted is None:
        said = 'nobody predicted'
    caption = (
        f'{person.file_name}, annotation {person.annotation_id}: '
        f'OKS {person.oks:.2f}; {said}'
    )
    return f'<figure><div>{"".join(drawn)}</div>{_caption(caption)}</figure>'


def _caption(text: str) -> str:
    return f'<figcaption>{escape(text)}</figcaption>'


def levels(rows: list[LevelRow]) -> str:
    """Show the heatmaps of every level."""
    if not rows:
        return section(
            'Heatmaps by level',
            'They need the network: give a checkpoint instead of results.',
            '',
        )
    text = (
        'The highest of all keypoints at every place, over the crop: level 0 '
        'is the coarsest, the refined heatmaps are the output.'
    )
    parts = []
    for row in rows:
        pictures = ''.join(
            f'<figure>{image(make_uri(panel), name)}{_caption(name)}</figure>'
            for name, panel in row.panels
        )
        parts.append(f'{_caption(row.title)}<div class="row">{pictures}</div>')
    return section('Heatmaps by level', text, ''.join(parts))
