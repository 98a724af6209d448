"""Detect people with a detector of MMDetection."""

import warnings
from collections.abc import Sequence

import numpy as np
from mmengine.registry import DefaultScope

from mlpe_mmpose.runtime.onnx_detector import keep_boxes

from .trained_model import require_weights


class MMDetDetector:
    """Detect people with a detector of MMDetection, through its own API.

    Most detectors need operators that mmcv-lite does not have: install a
    compiled mmcv, or use :class:`TorchvisionDetector` or
    :class:`OnnxDetector`.

    Args:
        config (str): Path of a config, or a name that MMDetection knows, as
            ``'rtmdet_tiny_8xb32-300e_coco'``
        checkpoint (str, optional): Weights. Defaults to those that
            MMDetection downloads for a name; a config's are random without
        device (str): Where the detector runs. Defaults to ``'cpu'``
        threshold (float): Boxes with a lower score are left out. Defaults to
            0.3, as in MMPose's demo

    Raises:
        ValueError: If MMDetection does not know the name, the checkpoint is
            of another detector, or the detector does not know people.
        RuntimeError: When it is called, if an operator is not compiled.
    """

    def __init__(
        self,
        config: str,
        checkpoint: str | None = None,
        device: str = 'cpu',
        threshold: float = 0.3,
    ) -> None:
        # importing it takes seconds, and only this class needs it
        from mmdet.apis import DetInferencer

        with (
            DefaultScope.overwrite_default_scope('mmdet'),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter('ignore')
            self.model = DetInferencer(
                config, checkpoint, device, show_progress=False
            ).model
        if checkpoint is not None:
            # MMDetection leaves random what the checkpoint does not have
            require_weights(self.model, checkpoint, config)
        classes = self.model.dataset_meta['classes']
        if 'person' not in classes:
            raise ValueError(
                f'{self.__class__.__name__} needs a detector with the class '
                f"'person', got {config} with {', '.join(classes)}."
            )
        self.person = classes.index('person')
        self.threshold = threshold

    def __call__(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Detect the people of images; see :class:`OnnxDetector`."""
        from mmdet.apis import inference_detector

        found = []
        try:
            with DefaultScope.overwrite_default_scope('mmdet'):
                samples = inference_detector(self.model, list(images))
        except RuntimeError as error:
            if 'not compiled here' not in str(error):
                raise
            raise RuntimeError(
                f'{error} A detector that needs no compiler: torchvision:NAME '
                'or an ONNX file.'
            ) from error
        for image, sample in zip(images, samples, strict=True):
            result = sample.pred_instances.cpu().numpy()
            rows = np.column_stack([result.bboxes, result.scores])
            people = rows[result.labels == self.person]
            found.append(keep_boxes(people, self.threshold, image))
        return found
