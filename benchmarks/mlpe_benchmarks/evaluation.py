"""COCO's evaluation of 50,000 detections, against MMPose's CocoMetric.

From the first ``process`` to the figures, on people who are generated: about
as many as val2017 has, 20 detections an image, of which some repeat each
other. Then what OKS-NMS takes of it, and what a results file does.
"""

import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.evaluation.functional import oks_nms
from mlpe_mmpose.evaluation.metrics import FastCocoMetric

from .detections import DETECTIONS, make_images
from .harness import Options, Row, take_turns, within

from mmengine.logging import MMLogger  # isort: skip
from mmpose.datasets import CocoDataset  # isort: skip
from mmpose.datasets.datasets.utils import parse_pose_metainfo  # isort: skip
from mmpose.evaluation import functional as stock  # isort: skip
from mmpose.evaluation.metrics import CocoMetric  # isort: skip

# images: all; fewer where the peer takes longer, or for a part of the whole
ALL, FEWER, PART, QUICK = 2500, 1000, 500, 150
BATCH = 32  # the shipped configs'


def measure(options: Options) -> Iterator[Row]:
    """Yield whole evaluations, then OKS-NMS, then the results file."""
    MMLogger.get_instance('evaluation', log_level='ERROR')
    images = make_images(QUICK if options.quick else ALL)
    # three turns: one of the peer's on all images takes half a minute
    options = Options(quick=True, device=options.device)
    with tempfile.TemporaryDirectory() as folder:
        for iou_type, number in ('keypoints', ALL), ('keypoints_crowd', FEWER):
            some = images[:number]
            sides = [
                Evaluation(metric, some, Path(folder), iou_type=iou_type)
                for metric in (FastCocoMetric, CocoMetric)
            ]
            sides[0].run()  # a warm-up, which the peer does not need
            seconds = take_turns(
                sides[0].run, sides[1].run, options, warm_up=0
            )
            equal = compare(sides[0].figures, sides[1].figures)
            yield row(f'evaluation, {iou_type}', some, seconds, equal, 5)
        some = images[:PART]
        yield nms_row(some, options)
        yield file_row(some, Path(folder), options)


def row(
    what: str,
    images: list[dict],
    seconds: tuple[float, float],
    equal: str,
    target: float | None = None,
    peer: str = 'CocoMetric',
) -> Row:
    """One line of the table; the seconds are ours and the peer's."""
    size = f'{len(images) * DETECTIONS:,} detections, {len(images):,} images'
    return Row(what, size, peer, seconds[1], seconds[0], 's', target, equal)


class Evaluation:
    """One metric on the samples of images.

    Args:
        metric (type): FastCocoMetric or CocoMetric
        images (list[dict]): Of ``make_images``
        folder (Path): For the annotations
        **arguments: The metric's
    """

    def __init__(
        self, metric: type, images: list[dict], folder: Path, **arguments
    ) -> None:
        self.samples = [s for image in images for s in image['samples']]
        self.figures = {}
        ann_file = folder / 'annotations.json'
        dataset = dict(
            images=[image['image'] for image in images],
            annotations=[a for image in images for a in image['annotations']],
            categories=[dict(id=1, name='person')],
        )
        ann_file.write_text(json.dumps(dataset))
        with contextlib.redirect_stdout(io.StringIO()):
            self.metric = metric(str(ann_file), **arguments)
        self.metric.dataset_meta = parse_pose_metainfo(CocoDataset.METAINFO)

    def run(self) -> None:
        """Process all samples in batches, and evaluate them."""
        # xtcocotools prints what it does
        with contextlib.redirect_stdout(io.StringIO()):
            for first in range(0, len(self.samples), BATCH):
                self.metric.process({}, self.samples[first : first + BATCH])
            self.figures = self.metric.evaluate(len(self.samples))


def compare(ours: dict[str, float], theirs: dict[str, float]) -> str:
    """Say how equal figures are, of which none may be missing or moved."""
    assert list(ours) == list(theirs)
    differences = [abs(ours[name] - theirs[name]) for name in theirs]
    return within(f'{len(theirs)} figures', max(differences), 1e-6)


def nms_row(images: list[dict], options: Options) -> Row:
    """OKS-NMS alone, on an image's dictionaries after the other's."""
    sigmas = parse_pose_metainfo(CocoDataset.METAINFO)['sigmas']
    people = [
        [
            dict(
                keypoints=np.insert(
                    s['pred_instances']['keypoints'][0], 2, 0, 1
                ),
                area=s['gt_instances']['bbox_scales'][0].prod(),
                score=s['pred_instances']['bbox_scores'][0],
            )
            for s in image['samples']
        ]
        for image in images
    ]

    def suppress(nms: Callable[..., np.ndarray]) -> np.ndarray:
        return np.concatenate([nms(p, 0.9, sigmas=sigmas) for p in people])

    kept, expected = suppress(oks_nms), suppress(stock.oks_nms)
    assert len(kept) == len(expected)
    equal = within(f'{len(kept):,} kept', np.abs(kept - expected).max(), 0)
    seconds = take_turns(
        lambda: suppress(oks_nms), lambda: suppress(stock.oks_nms), options
    )
    return row('of it, OKS-NMS', images, seconds, equal, peer='oks_nms')


def file_row(images: list[dict], folder: Path, options: Options) -> Row:
    """Everything up to a results file, without the evaluation."""
    sides, texts = [], []
    for metric in FastCocoMetric, CocoMetric:
        prefix = folder / metric.__name__
        arguments = dict(format_only=True, outfile_prefix=str(prefix))
        sides.append(Evaluation(metric, images, folder, **arguments))
        sides[-1].run()
        texts.append(Path(f'{prefix}.keypoints.json').read_bytes())
    assert texts[0] == texts[1]
    seconds = take_turns(sides[0].run, sides[1].run, options, warm_up=0)
    equal = f'{len(texts[0]):,} bytes'
    return row('the results file, instead of figures', images, seconds, equal)
