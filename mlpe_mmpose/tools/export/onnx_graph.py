"""What an exported graph computes, and how it becomes a file."""

import contextlib
import io
import logging
import warnings
from pathlib import Path

import torch
from mmengine.model import ImgDataPreprocessor
from mmpose.models.utils.tta import flip_heatmaps
from torch import Tensor, nn

from mlpe_mmpose.runtime.model_card import ModelCard

# of 2023, torch's default: it has all the operators that are needed, and the
# runtimes of today know it
OPSET = 20


class PoseGraph(nn.Module):
    """From crops as OpenCV makes them to keypoints, or to heatmaps only.

    Holds what MMPose keeps around the network: the data preprocessor before
    it, flip test and decoding after it, so that who runs the graph needs no
    constants.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` with a ``HeatmapHead``;
            its ``test_cfg`` says how it flips and which keypoints it gives
        card (ModelCard): What of this is wanted
    """

    def __init__(self, model: nn.Module, card: ModelCard) -> None:
        super().__init__()
        self.model = model
        self.card = card

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Compute the outputs.

        Args:
            images (Tensor): Crops (B, h, w, 3), uint8, BGR

        Returns:
            tuple[Tensor]: Heatmaps (B, K, H, W); before them, if the card
            asks for keypoints, these, (B, K, 2), (x, y) in pixels of the
            crop, and scores (B, K).
        """
        test_cfg = self.model.test_cfg
        if self.card.flip_test:
            # one pass over both views: half the nodes of two passes
            views = torch.cat([images, images.flip(2)])
            heatmaps, flipped = self._heatmaps(views).unflatten(0, (2, -1))
            flipped = flip_heatmaps(
                flipped,
                flip_indices=self.model.dataset_meta['flip_indices'],
                flip_mode=test_cfg.get('flip_mode', 'heatmap'),
                shift_heatmap=test_cfg.get('shift_heatmap', False),
            )
            heatmaps = (heatmaps + flipped) * 0.5
        else:
            heatmaps = self._heatmaps(images)
        kept = test_cfg.get('output_keypoint_indices')
        if kept is not None:
            heatmaps = heatmaps[:, list(kept)]
        if self.card.output == 'heatmaps':
            return (heatmaps,)
        decoder = self.model.head.decoder
        return (*decoder.decode_tensors(heatmaps), heatmaps)

    def _heatmaps(self, images: Tensor) -> Tensor:
        """Normalise as the data preprocessor does, and run the network."""
        # the parent's forward works on a tensor; PoseDataPreprocessor's only
        # adds sizes to the data samples, of which there are none
        inputs = ImgDataPreprocessor.forward(
            self.model.data_preprocessor,
            dict(inputs=images.permute(0, 3, 1, 2)),
        )['inputs']
        return self.model.head(self.model.extract_feat(inputs))


def write_graph(graph: PoseGraph, path: Path) -> None:
    """Trace a graph and write it with its card, weights and all in one file.

    Args:
        graph (PoseGraph): What to trace
        path (Path): The file; 2 GB is the most that the format allows

    Raises:
        RuntimeError: If the model fixes the batch size.
    """
    import onnx

    graph.eval()
    card = graph.card
    width, height = card.input_size
    # two: torch takes a size of one for a constant
    images = torch.zeros(2, height, width, 3, dtype=torch.uint8)
    decoded = ['keypoints', 'scores'] if card.output == 'keypoints' else []
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter('ignore')
        program = torch.onnx.export(
            graph,
            (images,),
            input_names=['images'],
            output_names=[*decoded, 'heatmaps'],
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=dict(images={0: torch.export.Dim('batch')}),
            verbose=False,
        )
    proto = program.model_proto
    (size, *_) = proto.graph.input[0].type.tensor_type.shape.dim
    if not size.dim_param:
        raise RuntimeError(
            f'the exported graph takes batches of {size.dim_value} only: some '
            'layer of the model reads the batch size as a Python number.'
        )
    if decoded:
        del proto.graph.output[-1]
    # where in whose files each operator was called: half a small file's size
    for part in (*proto.graph.node, *proto.graph.value_info):
        del part.metadata_props[:]
    onnx.helper.set_model_props(proto, card.to_properties())
    onnx.save(proto, path)


def quantise(path: Path) -> None:
    """Replace a file by one whose convolutions compute with 8 bits.

    Transposed convolutions stay as they are: ONNX has no integer ones.

    Args:
        path (Path): The file
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # its one warning advises a step for another kind of quantisation
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        quantize_dynamic(
            onnx.load(path),
            path,
            op_types_to_quantize=['Conv'],
            # with signed weights, five times slower on an AVX-512 processor
            weight_type=QuantType.QUInt8,
        )
    finally:
        logger.setLevel(level)
