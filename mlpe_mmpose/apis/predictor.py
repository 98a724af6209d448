"""Predict poses of people in images or video frames, in batches."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.structures import InstanceData
from mmpose.apis import init_model
from mmpose.structures import PoseDataSample, merge_data_samples

from ..prefetch import prefetch
from ..runtime.inputs import check_boxes, pair_boxes
from .device import check_device
from .fuse import fuse as fuse_model
from .pipeline_steps import find_test_pipeline, name_steps
from .predictor_inputs import ImageInProgress, append_failure, read_image
from .trained_model import explain_config_errors, init_trained_model


class Predictor:
    """Predict the poses of given people, batched over people and images.

    The results are those of MMPose's ``inference_topdown``, for many images:
    the test pipeline of the config crops, and its model predicts. A batch of
    the network has ``batch_size`` people, of one image or of several, and
    each image is read once.

    A result is a :class:`PoseDataSample`, as from MMPose's
    ``merge_data_samples``, because MMPose's visualizers and metrics take it.

    Note:
        - people in an image: N
        - keypoint number: K

    Args:
        config (str | PathLike | Config): Config of a top-down model
        checkpoint (str | PathLike, optional): Weights of the model. Defaults
            to random weights
        device (str): Device of the network. Defaults to ``'cpu'``
        batch_size (int): Largest number of people in a batch, and of images
            that wait for their results; memory grows with it. With 1, the
            result of a frame is yielded before the next frame is read.
            Defaults to 32, as in the configs
        fuse (bool): Whether :func:`fuse` makes the model faster; its
            outputs differ by rounding only. Defaults to ``True``
        flip_test (bool, optional): Whether to average over the mirrored
            image, at twice the work. Defaults to what the config says
        cfg_options (dict, optional): Settings that replace those of the
            config, as in MMPose's ``init_model``: dotted names to values
        read_ahead (int): Number of people and images that another thread
            reads and crops while the network runs; the images and boxes are
            then iterated in that thread. Defaults to 0: in the same thread

    Raises:
        ValueError: If ``batch_size`` is less than 1, the device cannot be
            used, the config has no top-down pipeline that starts with reading
            an image, no model can be built from it, the checkpoint is of
            another network, or the model cannot be fused.
        RuntimeError: If the fused model computes something else, see
            :func:`fuse`.
        OSError: If a file is missing.
    """

    def __init__(
        self,
        config: str | os.PathLike | Config,
        checkpoint: str | os.PathLike | None = None,
        device: str = 'cpu',
        batch_size: int = 32,
        fuse: bool = True,
        flip_test: bool | None = None,
        cfg_options: dict[str, Any] | None = None,
        read_ahead: int = 0,
    ) -> None:
        name = self.__class__.__name__
        if batch_size < 1:
            raise ValueError(
                f'{name} needs batch_size of at least 1, got '
                f'batch_size={batch_size}.'
            )
        check_device(device)
        # `init_model` changes its argument, so it gets a copy
        config = (
            deepcopy(config)
            if isinstance(config, Config)
            else Config.fromfile(os.fspath(config))
        )
        with explain_config_errors(config.filename, cfg_options):
            config.merge_from_dict(cfg_options or {})
        steps = find_test_pipeline(config)
        named = name_steps(steps)
        loads = next(iter(named), '').endswith('LoadImage')
        if not loads or 'TopdownAffine' not in named:
            raise ValueError(
                f'{name} needs a config whose test pipeline starts with '
                'LoadImage and has a TopdownAffine, got config with '
                f'{[*named]}. Use the config of a top-down model.'
            )
        if checkpoint is not None:
            model = init_trained_model(config, checkpoint, device)
        else:
            with explain_config_errors(config.filename, cfg_options):
                model = init_model(config, device=device)
        if flip_test is not None:
            model.test_cfg['flip_test'] = flip_test
        if fuse:
            # the pipeline knows the size, which not every head does
            size = tuple(named['TopdownAffine']['input_size'])
            model = fuse_model(model, size)
        self.model = model
        self.batch_size = batch_size
        self.read_ahead = read_ahead
        self.load_image = Compose(steps[:1])
        self.crop = Compose(steps[1:])

    def __call__(
        self,
        images: Iterable[str | os.PathLike | np.ndarray],
        boxes: Iterable[Sequence | np.ndarray | None] | None = None,
    ) -> Iterator[PoseDataSample]:
        """Predict, image by image, in their order.

        Images are read when they are needed and are not kept, so that
        ``images`` and ``boxes`` may be endless generators.

        Args:
            images (Iterable): Paths, or arrays (H, W, 3) of uint8, BGR, as
                ``cv2.imread`` and ``cv2.VideoCapture.read`` return them
            boxes (Iterable, optional): For each image the boxes of the
                people, (N, 4) or, with scores, (N, 5): left, top, right,
                bottom in pixels, right > left and bottom > top. N may be 0.
                ``None`` means that the whole image is one box. Defaults to
                ``None`` for every image

        Yields:
            PoseDataSample: Its ``pred_instances`` have ``keypoints``
            (N, K, 2), (x, y) in pixels of the image, ``keypoint_scores``
            (N, K), ``bboxes`` (N, 4) and ``bbox_scores`` (N,), 1 for boxes
            without scores, all NumPy arrays.

        Raises:
            ValueError: If an image or its boxes are not as above, or the
                number of images is not the number of sets of boxes.
            OSError: If a file is missing or cannot be read as an image.
                Like any error about ``images[n]``, it is raised after the
                results of the images before it were yielded.
        """
        # an array (T, H, W, 3) counts as T images
        if isinstance(images, (str, os.PathLike)) or (
            isinstance(images, np.ndarray) and images.ndim != 4
        ):
            raise ValueError(
                f'{self.__class__.__name__} needs images to be an iterable, '
                f'got images of type {type(images).__name__}. For one image '
                'give a list of it, and a list of its boxes.'
            )
        return self._predict(
            pair_boxes(self.__class__.__name__, images, boxes)
        )

    def _predict(
        self, paired: Iterator[tuple[Any, Any]]
    ) -> Iterator[PoseDataSample]:
        """Crop, predict full batches, and yield results in order."""
        waiting: deque[ImageInProgress] = deque()
        # crops of the next batch, each with the list for its result
        batch: list[tuple[dict, list]] = []
        failure = None
        items = append_failure(self._crops(paired))
        if self.read_ahead:
            items = prefetch(items, self.read_ahead)
        for item in items:
            if isinstance(item, Exception):
                failure = item
                break
            image, crop = item
            if crop is not None:
                batch.append((crop, image.predicted))
                if len(batch) == self.batch_size:
                    self._infer(batch)
                continue
            waiting.append(image)
            if len(waiting) == self.batch_size:
                self._infer(batch)
            while waiting and waiting[0].is_done():
                yield self._result(waiting.popleft())
        self._infer(batch)
        while waiting:
            yield self._result(waiting.popleft())
        if failure is not None:
            raise failure

    def _crops(
        self, paired: Iterator[tuple[Any, Any]]
    ) -> Iterator[tuple[ImageInProgress, dict | None]]:
        """Yield the crop of each person, and ``None`` after each image."""
        name = self.__class__.__name__
        for number, (image, found) in enumerate(paired):
            # an image without people is read too, to find missing files
            loaded = read_image(name, number, image, self.load_image)
            boxes, scores = check_boxes(
                name, number, found, loaded['img_shape']
            )
            loaded.update(self.model.dataset_meta)
            progress = ImageInProgress(loaded['img_path'], len(boxes))
            for box, score in zip(boxes, scores, strict=True):
                person = dict(loaded, bbox=box[None], bbox_score=score[None])
                yield progress, self.crop(person)
            yield progress, None

    @torch.no_grad()
    def _infer(self, batch: list[tuple[dict, list]]) -> None:
        """Predict a batch, store the results at their images, and empty it."""
        if batch:
            crops = pseudo_collate([crop for crop, _ in batch])
            samples = self.model.test_step(crops)
            for sample, (_, predicted) in zip(samples, batch, strict=True):
                predicted.append(sample)
            batch.clear()

    def _result(self, image: ImageInProgress) -> PoseDataSample:
        """Return one sample with all people of an image."""
        if image.num_people:
            return merge_data_samples(image.predicted)
        kept = self.model.test_cfg.get('output_keypoint_indices')
        keypoints = self.model.dataset_meta['num_keypoints']
        if kept is not None:
            keypoints = len(kept)
        shapes = dict(
            keypoints=(0, keypoints, 2),
            keypoint_scores=(0, keypoints),
            keypoints_visible=(0, keypoints),
            bboxes=(0, 4),
            bbox_scores=(0,),
        )
        nobody = InstanceData(
            **{key: np.zeros(shape, 'f4') for key, shape in shapes.items()}
        )
        return PoseDataSample(
            metainfo=dict(img_path=image.path), pred_instances=nobody
        )
