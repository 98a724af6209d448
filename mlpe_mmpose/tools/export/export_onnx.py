"""Export a trained model to one ONNX file, and compare it with PyTorch."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from mmengine.utils import digit_version
from torch import nn

from mlpe_mmpose.apis.trained_model import init_trained_model
from mlpe_mmpose.optional import require
from mlpe_mmpose.runtime.model_card import ModelCard

from ..output_file import check_output, write_then_check
from .calibration import read_crops
from .card import read_card
from .onnx_check import differences
from .onnx_graph import OPSET, PoseGraph, write_graph
from .quantise import quantise

PACKAGES = ('onnx', 'onnxscript', 'onnxruntime')
# largest difference, relative to the range of PyTorch's heatmaps
BOUND = 1e-3


def export_onnx(
    config: str | os.PathLike,
    checkpoint: str | os.PathLike,
    out_file: str | os.PathLike,
    heatmaps: bool = False,
    flip_test: bool | None = None,
    int8_images: str | os.PathLike | None = None,
    int8_boxes: str | os.PathLike | None = None,
    say: Callable[[str], None] = print,
    cfg_options: dict[str, Any] | None = None,
) -> Path:
    """Export a top-down heatmap model, and compare the file with PyTorch.

    The input of the graph is ``images``, crops (B, h, w, 3) of uint8, BGR, as
    ``cv2.warpAffine`` makes them; the graph normalises them. Its outputs are
    ``keypoints`` (B, K, 2), (x, y) in pixels of the crop, and ``scores``
    (B, K), or ``heatmaps`` (B, K, H, W). Any batch size B works. The K
    keypoints are those of ``test_cfg.output_keypoint_indices`` if the config
    has this list. The metadata of the file has sizes and names, see
    :class:`ModelCard`.

    Args:
        config (str | PathLike): A config with a ``TopdownPoseEstimator``
            whose head is a ``HeatmapHead``
        checkpoint (str | PathLike): Weights of the model
        out_file (str | PathLike): The file to write. A file that exists is
            replaced only if the new one agrees with PyTorch
        heatmaps (bool): Whether the output is heatmaps, for a program that
            decodes them itself. A model whose codec is no ``MLPEHeatmap``
            can be exported only in this way
        flip_test (bool, optional): Whether the graph averages over mirrored
            crops, at twice the work. Defaults to the setting of the config
        int8_images (str | PathLike, optional): Folder of images of people.
            If it is given, the convolutions compute with 8 bits, calibrated
            on crops of these images (NNCF). The difference that this makes
            is reported, and not bounded
        int8_boxes (str | PathLike, optional): COCO annotation file with
            the boxes of the people. Without it, each image is one person
        say (callable): Takes each line of progress. Defaults to ``print``
        cfg_options (dict, optional): Settings that replace those of the
            config, as in MMPose's ``init_model``: dotted names to values

    Returns:
        Path: The file.

    Raises:
        ImportError: If a package is missing, with the command that installs
            it, or PyTorch is too old.
        OSError: If a file cannot be read or written.
        ValueError: If no model can be built from the config, or the model
            is of another kind.
        RuntimeError: If the outputs of the graph differ from those of
            PyTorch. ``out_file`` is not written then.
    """
    _check_call(int8_images, int8_boxes)
    out_file = Path(out_file)
    check_output(out_file, config, checkpoint)
    for path in (config, checkpoint):
        if not Path(path).is_file():
            raise FileNotFoundError(f'{path} is not a file.')
    say(f'loading {checkpoint}')
    model = init_trained_model(config, checkpoint, cfg_options=cfg_options)
    if flip_test is not None:
        model.test_cfg.update(flip_test=flip_test)
    card = read_card(model, heatmaps)
    people = None
    if int8_images is not None:
        people = read_crops(int8_images, int8_boxes, card)
    model.test_cfg.update(output_heatmaps=True)

    say(
        f'exporting {card.output}, '
        + ('averaged over' if card.flip_test else 'without')
        + f' mirrored crops, opset {OPSET}: a minute or so'
    )
    with write_then_check(out_file) as unproven:
        write_graph(PoseGraph(model, card), unproven)
        _compare(unproven, model, card, say)
        if people is not None:
            say(f'int8: calibrating on {len(people)} people: some minutes')
            moved = quantise(unproven, card, people)
            say(f'int8: the {card.output} differ by {moved:.2g} on average')
    say(f'{out_file}: {out_file.stat().st_size / 1e6:.1f} MB')
    return out_file


def _check_call(
    int8_images: str | os.PathLike | None, int8_boxes: str | os.PathLike | None
) -> None:
    """Refuse an export that lacks a package or the images of its boxes."""
    # The exporter of 2.6 cannot translate batch norm, that of 2.1 lacks the
    # interface; releases from 2.7 to 2.10 were not tried.
    if digit_version(torch.__version__) < digit_version('2.7.0'):
        raise ImportError(
            f'export needs PyTorch 2.7 or later, and {torch.__version__} is '
            'installed. Export the checkpoint in another environment; '
            'OnnxPose runs the file without PyTorch.'
        )
    for package in PACKAGES:
        require(package, 'The export to ONNX')
    if int8_images is not None:
        require('nncf', 'export --int8')
    elif int8_boxes is not None:
        raise ValueError(
            'export needs int8_images, the folder of the images of '
            f'int8_boxes={int8_boxes}.'
        )


def _compare(
    path: Path, model: nn.Module, card: ModelCard, say: Callable[[str], None]
) -> None:
    """Refuse a graph whose outputs differ from those of PyTorch."""
    for batch, difference in differences(path, model, card):
        say(
            f'batch of {batch}: differs from torch by {difference:.1g} of the '
            "heatmaps' range"
        )
        # `difference > BOUND` would accept NaN
        if not difference <= BOUND:
            raise RuntimeError(
                f'the exported graph differs from torch by {difference:.3g} '
                f"of the heatmaps' range, more than {BOUND:g}, for a batch of "
                f'{batch}. The file was not written.'
            )
