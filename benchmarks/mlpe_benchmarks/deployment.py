"""Measure speed and AP of a trained model in each backend and precision.

The benchmark `deployment` takes the model and the data that
`python -m mlpe_mmpose demo` writes to the current folder. Any other model is
measured by `python -m mlpe_benchmarks.deployment CONFIG CHECKPOINT`, with
`PYTHONPATH=benchmarks`.

The benchmark `runtime` measures the speed of a large network.
"""

import argparse
import contextlib
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.config import Config
from xtcocotools.coco import COCO
from xtcocotools.cocoeval import COCOeval

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.tools.demo.run_demo import CONFIG, DATA_ROOT, WORK_DIR
from mlpe_mmpose.tools.export.calibration import read_crops
from mlpe_mmpose.tools.export.export_onnx import export_onnx
from mlpe_mmpose.tools.export.quantise import quantise
from mlpe_mmpose.tools.machine import describe_machine

from .harness import (
    MissingInputError,
    Options,
    Row,
    format_table,
    take_turns,
)

from mmpose.apis import inference_topdown, init_model  # isort: skip

# the name of a side, and its function from images and boxes to poses
Side = tuple[str, Callable[[list, list], list]]
# backend, precision, and the largest loss of AP that we aim at (our choice: a
# tenth of a point, which is rounding, in float32 and bfloat16; one point in
# int8)
SIDES = (
    ('onnxruntime', 'float32', 0.001),
    ('openvino', 'float32', 0.001),
    ('openvino', 'bfloat16', 0.001),
    ('onnxruntime', 'int8', 0.01),
    ('openvino', 'int8', 0.01),
)
THREADS = 2
# Number of images that are timed. A quick run reads no other images.
TIMED = 40


class People:
    """Images of a data set, with their annotated boxes.

    Args:
        dataset (dict): A data set of COCO's format, as in a config
        number (int, optional): Number of images, from the lowest id on; all
            images if ``None``
        sigmas (np.ndarray): (K,), the data set's OKS constants
    """

    def __init__(
        self, dataset: dict, number: int | None, sigmas: np.ndarray
    ) -> None:
        folder, annotations = locate(dataset)
        with contextlib.redirect_stdout(io.StringIO()):
            self.truth = COCO(str(annotations))
        self.sigmas = sigmas
        self.ids = sorted(self.truth.imgs)[:number]
        self.images, self.boxes = [], []
        for image_id in self.ids:
            name = self.truth.imgs[image_id]['file_name']
            self.images.append(cv2.imread(str(folder / name)))
            boxes = [
                person['bbox']
                for person in self.truth.imgToAnns[image_id]
                if person['num_keypoints'] and not person['iscrowd']
            ]
            boxes = np.array(boxes, float).reshape(-1, 4)
            boxes[:, 2:] += boxes[:, :2]
            self.boxes.append(boxes)

    def select_timed(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return the images that are timed, and their boxes."""
        return self.images[:TIMED], self.boxes[:TIMED]

    def compute_ap(self, poses: list[tuple[np.ndarray, np.ndarray]]) -> float:
        """Compute COCO's AP of one pair (keypoints, scores) for each image."""
        found = [
            dict(
                image_id=image_id,
                category_id=1,
                keypoints=np.column_stack([person, score]).ravel().tolist(),
                score=float(score.mean()),
            )
            for image_id, pose in zip(self.ids, poses, strict=True)
            for person, score in zip(*pose, strict=True)
        ]
        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = COCOeval(
                self.truth, self.truth.loadRes(found), 'keypoints', self.sigmas
            )
            evaluation.params.imgIds = self.ids
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        return evaluation.stats[0]


def locate(dataset: dict) -> tuple[Path, Path]:
    """Return the image folder and the annotation file of a data set."""
    root = Path(dataset.get('data_root') or '')
    return root / dataset['data_prefix']['img'], root / dataset['ann_file']


def measure(options: Options) -> Iterator[Row]:
    """Yield a row for each backend and precision, with the model of the demo.

    Only the CPU is measured, because the onnxruntime of the default
    environment supports no other device.

    Raises:
        MissingInputError: If the trained model or its data are missing.
    """
    if options.device != 'cpu':
        return
    checkpoints = sorted(WORK_DIR.glob('best_coco_AP_epoch_*.pth'))
    if not checkpoints or not DATA_ROOT.exists():
        missing = DATA_ROOT if checkpoints else f'{WORK_DIR}/best_coco_AP_*'
        raise MissingInputError(
            f'deployment needs the trained model and the data of the demo '
            f'below the current folder, and there is no {missing}. '
            '`python -m mlpe_mmpose demo` makes both.'
        )
    yield from measure_model(find_shipped(CONFIG), checkpoints[-1], options)


def measure_model(
    config: Path, checkpoint: Path, options: Options
) -> Iterator[Row]:
    """Yield a row for each backend and precision, with a trained model.

    The AP is that of the config's validation set in annotated boxes. The
    people of its training set calibrate int8.
    """
    torch.set_num_threads(THREADS)
    cfg = Config.fromfile(config)
    model = init_model(str(config), str(checkpoint), 'cpu')
    people = People(
        cfg.val_dataloader.dataset,
        TIMED if options.quick else None,
        np.array(model.dataset_meta['sigmas']),
    )

    def predict_in_torch(images: list, boxes: list) -> list:
        return [
            predict_with_mmpose(model, *pair)
            for pair in zip(images, boxes, strict=True)
        ]

    with tempfile.TemporaryDirectory() as folder:
        plain, int8 = Path(folder, 'plain.onnx'), Path(folder, 'int8.onnx')
        export_onnx(config, checkpoint, plain, say=lambda line: None)
        # the steps of `export --int8`
        shutil.copy(plain, int8)
        card = OnnxPose(plain).card
        crops = read_crops(*locate(cfg.train_dataloader.dataset), card)
        quantise(int8, card, crops)
        peer = ('inference_topdown', predict_in_torch)
        for backend, precision, bound in SIDES:
            pose = OnnxPose(
                int8 if precision == 'int8' else plain,
                threads=THREADS,
                backend=backend,
                precision=precision,
            )
            ours = (f'OnnxPose, {backend}, {precision}', pose.predict)
            yield compare_sides(peer, ours, people, bound, options)


def predict_with_mmpose(
    model: torch.nn.Module, image: np.ndarray, boxes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Predict the poses in boxes with MMPose.

    Without boxes, MMPose would take the whole image as a box.
    """
    if not len(boxes):
        count = model.head.out_channels
        return np.empty((0, count, 2)), np.empty((0, count))
    found = [r.pred_instances for r in inference_topdown(model, image, boxes)]
    return (
        np.concatenate([person.keypoints for person in found]),
        np.concatenate([person.keypoint_scores for person in found]),
    )


def compare_sides(
    peer: Side, ours: Side, people: People, bound: float, options: Options
) -> Row:
    """Compare the AP of two sides, and then their speed."""
    expected, got = (
        people.compute_ap(predict(people.images, people.boxes))
        for _, predict in (peer, ours)
    )
    seconds = take_turns(
        lambda: ours[1](*people.select_timed()),
        lambda: peer[1](*people.select_timed()),
        options,
    )
    count = sum(map(len, people.select_timed()[1]))
    return Row(
        f'{ours[0]}, a trained model',
        f'{len(people.ids)} images, flip test, {THREADS} threads',
        peer[0],
        count / seconds[1],
        count / seconds[0],
        'people/s',
        None,
        f'AP {100 * got:.2f}, peer {100 * expected:.2f} '
        f'(aim: at most {100 * bound:g} less)',
    )


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config', type=Path)
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('--quick', action='store_true')
    args = parser.parse_args()
    options = Options(args.quick, 'cpu')
    rows = list(measure_model(args.config, args.checkpoint, options))
    print(f'{describe_machine("cpu")}\n\n{format_table(rows)}')
