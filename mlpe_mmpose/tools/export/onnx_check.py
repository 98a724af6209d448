"""Compare an exported graph with PyTorch."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample
from torch import nn

from mlpe_mmpose.runtime.model_card import ModelCard

from .onnx_graph import takes_gray

# batch sizes to compare: one, the traced one, and a larger one
BATCHES = (1, 2, 5)


def differences(
    path: Path, model: nn.Module, card: ModelCard
) -> Iterator[tuple[int, float]]:
    """Compare a file with MMPose's own prediction, on random crops.

    The keypoints are compared with those that PyTorch decodes from the
    heatmaps of the file, because near a tie of two maxima a rounding error in
    the network would move a keypoint.

    Args:
        path (Path): The file
        model (nn.Module): The model, with ``output_heatmaps`` in its
            ``test_cfg``
        card (ModelCard): Card of the file

    Yields:
        tuple:
        - batch (int): Number of crops
        - difference (float): The largest of three: of the heatmaps, relative
          to the range of PyTorch's; of the keypoints, relative to the width
          of a crop; and of the scores
    """
    import onnx
    import onnxruntime

    proto = onnx.load(path)
    outputs = [output.name for output in proto.graph.output]
    if 'heatmaps' not in outputs:
        outputs.append('heatmaps')
        proto.graph.output.append(onnx.ValueInfoProto(name='heatmaps'))
    session = onnxruntime.InferenceSession(
        proto.SerializeToString(), providers=['CPUExecutionProvider']
    )
    width, height = card.input_size
    random = np.random.default_rng(0)
    for batch in BATCHES:
        crops = random.integers(0, 256, (batch, height, width, 3), np.uint8)
        *decoded, heatmaps = session.run(outputs, {'images': crops})
        expected = _predicted_heatmaps(model, card, crops)
        # flat heatmaps have no range
        scale = np.ptp(expected) or 1.0
        found = [np.abs(heatmaps - expected).max() / scale]
        if decoded:
            decoder = model.head.decoder
            again = decoder.decode_tensors(torch.from_numpy(heatmaps))
            for ours, theirs, unit in zip(
                decoded, again, (width, 1), strict=True
            ):
                found.append(np.abs(ours - theirs.numpy()).max() / unit)
        yield batch, float(np.max(found))


def _predicted_heatmaps(
    model: nn.Module, card: ModelCard, crops: np.ndarray
) -> np.ndarray:
    """Predict heatmaps (B, K, H, W) of crops (B, h, w, 3) with MMPose."""
    size = np.array(card.input_size)
    metainfo = dict(
        flip_indices=model.dataset_meta['flip_indices'],
        input_size=card.input_size,
        input_center=size / 2,
        input_scale=size,
    )
    samples = []
    for _ in crops:
        sample = PoseDataSample(metainfo=metainfo)
        sample.gt_instances = InstanceData(
            bboxes=np.zeros((1, 4)), bbox_scores=np.ones(1)
        )
        samples.append(sample)
    if takes_gray(model):
        gray = [cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) for crop in crops]
        crops = np.stack(gray)[..., None]
    inputs = torch.from_numpy(crops).permute(0, 3, 1, 2)
    with torch.no_grad():
        results = model.test_step(
            dict(inputs=list(inputs), data_samples=samples)
        )
    return torch.stack([r.pred_fields.heatmaps for r in results]).numpy()
