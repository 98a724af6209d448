"""Evaluate 50,000 detections with FastCocoMetric and with CocoMetric.

The time is that from the first call of ``process`` to the figures. The people
are generated, about as many as val2017 has, with 20 detections an image, some
of which overlap. Two more rows have the time of OKS-NMS alone, and of writing
a results file without an evaluation.
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
from .harness import Options, Row, check_difference, take_turns

from mmengine.logging import MMLogger  # isort: skip
from mmpose.datasets import CocoDataset  # isort: skip
from mmpose.datasets.datasets.utils import parse_pose_metainfo  # isort: skip
from mmpose.evaluation import functional as stock  # isort: skip
from mmpose.evaluation.metrics import CocoMetric  # isort: skip

# Numbers of images: for the keypoint evaluation, for CrowdPose's, where the
# peer takes longer, for one step of the evaluation, and for a quick run.
ALL, FEWER, PART, QUICK = 2500, 1000, 500, 150
BATCH = 32  # as in the shipped configs


def measure(options: Options) -> Iterator[Row]:
    """Yield rows of whole evaluations, of OKS-NMS, and of a results file."""
    MMLogger.get_instance('evaluation', log_level='ERROR')
    images = make_images(QUICK if options.quick else ALL)
    # three turns, because the peer takes half a minute for all images
    options = Options(quick=True, device=options.device)
    with tempfile.TemporaryDirectory() as folder:
        for iou_type, number in ('keypoints', ALL), ('keypoints_crowd', FEWER):
            some = images[:number]
            sides = [
                Evaluation(metric, some, Path(folder), iou_type=iou_type)
                for metric in (FastCocoMetric, CocoMetric)
            ]
            sides[0].run()  # warm-up, which only the fast side needs
            seconds = take_turns(
                sides[0].run, sides[1].run, options, warm_up=0
            )
            equal = compare_figures(sides[0].figures, sides[1].figures)
            yield make_row(f'evaluation, {iou_type}', some, seconds, equal, 5)
        some = images[:PART]
        yield measure_nms(some, options)
        yield measure_file(some, Path(folder), options)


def make_row(
    what: str,
    images: list[dict],
    seconds: tuple[float, float],
    equal: str,
    target: float | None = None,
    peer: str = 'CocoMetric',
) -> Row:
    """Return a row; the seconds are those of MLPE and of the peer."""
    size = f'{len(images) * DETECTIONS:,} detections, {len(images):,} images'
    return Row(what, size, peer, seconds[1], seconds[0], 's', target, equal)


class Evaluation:
    """Evaluate the samples of images with one metric.

    Args:
        metric (type): FastCocoMetric or CocoMetric
        images (list[dict]): Images of :func:`make_images`
        folder (Path): Folder to which the annotations are written
        **arguments: Further arguments of the metric
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
        # xtcocotools prints its progress
        with contextlib.redirect_stdout(io.StringIO()):
            for first in range(0, len(self.samples), BATCH):
                self.metric.process({}, self.samples[first : first + BATCH])
            self.figures = self.metric.evaluate(len(self.samples))


def compare_figures(ours: dict[str, float], theirs: dict[str, float]) -> str:
    """Check that both metrics give equal figures in the same order."""
    assert list(ours) == list(theirs)
    differences = [abs(ours[name] - theirs[name]) for name in theirs]
    return check_difference(f'{len(theirs)} figures', max(differences), 1e-6)


def measure_nms(images: list[dict], options: Options) -> Row:
    """Measure OKS-NMS alone, one image after the other."""
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
    equal = check_difference(
        f'indices of {len(kept):,} kept detections',
        np.abs(kept - expected).max(),
        0,
    )
    seconds = take_turns(
        lambda: suppress(oks_nms), lambda: suppress(stock.oks_nms), options
    )
    return make_row(
        'evaluation, OKS-NMS alone', images, seconds, equal, peer='oks_nms'
    )


def measure_file(images: list[dict], folder: Path, options: Options) -> Row:
    """Measure the work up to a results file, without an evaluation."""
    sides, texts = [], []
    for metric in FastCocoMetric, CocoMetric:
        prefix = folder / metric.__name__
        arguments = dict(format_only=True, outfile_prefix=str(prefix))
        sides.append(Evaluation(metric, images, folder, **arguments))
        sides[-1].run()
        texts.append(Path(f'{prefix}.keypoints.json').read_bytes())
    assert texts[0] == texts[1]
    seconds = take_turns(sides[0].run, sides[1].run, options, warm_up=0)
    equal = f'{len(texts[0]):,} equal bytes'
    return make_row('evaluation, results file only', images, seconds, equal)
