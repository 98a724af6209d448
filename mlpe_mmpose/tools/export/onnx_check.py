"""The comparison of an exported graph with torch."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample
from torch import nn

from mlpe_mmpose.runtime.model_card import ModelCard

# people in the calls that are compared: one, a few, and more than were traced
BATCHES = (1, 2, 5)


def differences(
    path: Path, model: nn.Module, card: ModelCard
) -> Iterator[tuple[int, float]]:
    """Compare a file with MMPose's own prediction, on random crops.

    Keypoints are compared with what torch decodes from the file's heatmaps:
    near a tie, a rounding in the network would move a keypoint.

    Args:
        path (Path): The file
        model (nn.Module): The model, its ``test_cfg`` set to give heatmaps
        card (ModelCard): Of the file

    Yields:
        tuple:
        - batch (int): Number of crops
        - difference (float): The largest, relative to the range of torch's
          heatmaps; of keypoints, to a crop's width, and of scores, to one
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
        # heatmaps without weights may be flat: then, the difference itself
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
    """What MMPose predicts for crops (B, h, w, 3): (B, K, H, W)."""
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
    inputs = torch.from_numpy(crops).permute(0, 3, 1, 2)
    with torch.no_grad():
        results = model.test_step(
            dict(inputs=list(inputs), data_samples=samples)
        )
    return torch.stack([r.pred_fields.heatmaps for r in results]).numpy()
