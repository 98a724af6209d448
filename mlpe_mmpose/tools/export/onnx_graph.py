"""Trace the graph of an exported model, and write it to a file."""

import contextlib
import io
import warnings
from pathlib import Path

import torch
from mmengine.model import ImgDataPreprocessor
from mmpose.models.utils.tta import flip_heatmaps
from torch import Tensor, nn

from mlpe_mmpose.apis.pipeline_steps import find_test_pipeline, name_steps
from mlpe_mmpose.runtime.model_card import ModelCard

# PyTorch's default, of 2023: it has all operators of the models here, and
# today's runtimes support it
OPSET = 20
# more than any tensor of a file, which has 2 GB at most
LARGEST = 2**31
# OpenCV's weights of blue, green and red, of 2**15
BGR_TO_GRAY = (3735, 19235, 9798)


class PoseGraph(nn.Module):
    """Compute keypoints, or only heatmaps, from crops as OpenCV makes them.

    The graph contains the data preprocessor, the network, the flip test and
    the decoding, so that a program that runs it needs no constants.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` with a ``HeatmapHead``.
            Its ``test_cfg`` has the settings of the flip test, and the
            indices of the output keypoints
        card (ModelCard): Whether there is a flip test, and the kind of output
    """

    def __init__(self, model: nn.Module, card: ModelCard) -> None:
        super().__init__()
        self.model = model
        self.card = card
        self.gray = takes_gray(model)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Compute the outputs.

        Args:
            images (Tensor): Crops (B, h, w, 3), uint8, BGR

        Returns:
            tuple[Tensor]: Keypoints (B, K, 2), (x, y) in pixels of the crop,
            scores (B, K), and heatmaps (B, K, H, W); only the heatmaps if
            the card says so.
        """
        test_cfg = self.model.test_cfg
        if self.card.flip_test:
            # One pass over both views needs half the nodes of two passes.
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
        images = images.permute(0, 3, 1, 2)
        if self.gray:
            images = _to_gray(images)
        # PoseDataPreprocessor.forward also writes sizes into data samples,
        # and there are none here.
        inputs = ImgDataPreprocessor.forward(
            self.model.data_preprocessor,
            dict(inputs=images),
        )['inputs']
        return self.model.head(self.model.extract_feat(inputs))


def takes_gray(model: nn.Module) -> bool:
    """Whether the test pipeline of a model loads images in gray."""
    steps = name_steps(find_test_pipeline(model.cfg))
    colors = [step.get('color_type', 'color') for step in steps.values()]
    return any(color.startswith('grayscale') for color in colors)


def _to_gray(images: Tensor) -> Tensor:
    """Convert (B, 3, h, w) to (B, 1, h, w) as ``cv2.COLOR_BGR2GRAY`` does."""
    weights = images.new_tensor(BGR_TO_GRAY, dtype=torch.float32)
    # all sums are below 2**24, so float32 is exact
    sums = (images * weights.view(3, 1, 1)).sum(1, keepdim=True)
    return torch.floor(sums / 2**15 + 0.5)


def write_graph(graph: PoseGraph, path: Path) -> None:
    """Trace a graph, and write it with its weights and card to one file.

    Args:
        graph (PoseGraph): The graph
        path (Path): The file; the format allows 2 GB at most

    Raises:
        RuntimeError: If the model fixes the batch size.
    """
    import onnx
    import onnxscript

    graph.eval()
    card = graph.card
    width, height = card.input_size
    # a batch of two, because PyTorch takes a size of one for a constant
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
        # The exporter cuts no large weights into the slices that layers read
        # (ResizingConv2d), and NNCF knows only stored weights.
        onnxscript.optimizer.optimize(
            program.model, input_size_limit=LARGEST, output_size_limit=LARGEST
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
    # The tracer notes in which source file each operator was called, which is
    # half the size of a small model.
    for part in (*proto.graph.node, *proto.graph.value_info):
        del part.metadata_props[:]
    onnx.helper.set_model_props(proto, card.to_properties())
    onnx.save(proto, path)
