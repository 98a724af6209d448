"""A trained model as one ONNX file, compared with torch before it is kept."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmpose.apis import init_model
from mmpose.models.heads import HeatmapHead
from torch import nn

from mlpe_mmpose.codecs.mlpe_heatmap import PEAK, MLPEHeatmap
from mlpe_mmpose.optional import require
from mlpe_mmpose.runtime.model_card import ModelCard
from mlpe_mmpose.version import __version__

from ..output_file import check_output, write_then_check
from .onnx_check import differences
from .onnx_graph import OPSET, PoseGraph, quantise, write_graph

PACKAGES = ('onnx', 'onnxscript', 'onnxruntime')
# largest difference, relative to the range of torch's heatmaps
BOUND = 1e-3


def export_onnx(
    config: str | os.PathLike,
    checkpoint: str | os.PathLike,
    out_file: str | os.PathLike,
    heatmaps: bool = False,
    flip_test: bool | None = None,
    int8: bool = False,
    say: Callable[[str], None] = print,
    cfg_options: dict[str, Any] | None = None,
) -> Path:
    """Export a top-down heatmap model, and compare the file with torch.

    The graph takes ``images``, crops (B, h, w, 3) of uint8, BGR, as
    ``cv2.warpAffine`` makes them; normalising is inside. It gives
    ``keypoints`` (B, K, 2), (x, y) in pixels of the crop, and ``scores``
    (B, K), or ``heatmaps`` (B, K, H, W). B is free; the K keypoints are those
    of ``test_cfg.output_keypoint_indices``, where the config has them. Sizes
    and names are in the file's metadata, see :class:`ModelCard`.

    Args:
        config (str | PathLike): A config with a ``TopdownPoseEstimator``
            whose head is a ``HeatmapHead``
        checkpoint (str | PathLike): Its weights
        out_file (str | PathLike): The file to write; one that is there is
            only replaced by a file that agrees with torch
        heatmaps (bool): Whether the graph gives heatmaps, for a program that
            decodes them itself. Heatmaps of other codecs than
            ``MLPEHeatmap`` and its subclasses can only be exported so
        flip_test (bool, optional): Whether the graph averages over mirrored
            crops, at twice the work. Defaults to what the config says
        int8 (bool): Whether the convolutions compute with 8 bits, their
            inputs scaled anew in each call (dynamic quantisation). The
            difference is said and not bounded
        say (callable): Takes each line of progress. Defaults to ``print``
        cfg_options (dict, optional): Settings that replace those of the
            config, as in MMPose's ``init_model``: dotted names to values

    Returns:
        Path: The file.

    Raises:
        ImportError: If a package is missing; it says what to install.
        OSError: If a file cannot be read or written.
        ValueError: If no model can be built from the config, or the model
            is of another kind.
        RuntimeError: If the file differs from torch; it is not kept.
    """
    _require_packages()
    out_file = Path(out_file)
    check_output(out_file)
    for path in (config, checkpoint):
        if not Path(path).is_file():
            raise FileNotFoundError(f'{path} is not a file.')
    say(f'loading {checkpoint}')
    try:
        model = init_model(
            str(config), str(checkpoint), device='cpu', cfg_options=cfg_options
        )
    # what an unknown type, index or argument in a config raises
    except (KeyError, TypeError) as error:
        raise ValueError(
            f'no model can be built from {config} with cfg_options='
            f'{cfg_options}: {error.args[0]}'
        ) from error
    if flip_test is not None:
        model.test_cfg.update(flip_test=flip_test)
    card = read_card(model, heatmaps)
    model.test_cfg.update(output_heatmaps=True)

    say(
        f'exporting {card.output}, '
        + ('averaged over' if card.flip_test else 'without')
        + f' mirrored crops, opset {OPSET}: a minute or so'
    )
    with write_then_check(out_file) as unproven:
        write_graph(PoseGraph(model, card), unproven)
        for batch, difference in differences(unproven, model, card):
            say(
                f'batch of {batch}: differs from torch by {difference:.1g} '
                "of the heatmaps' range"
            )
            # not `>`: a NaN is a difference
            if not difference <= BOUND:
                raise RuntimeError(
                    'the exported graph differs from torch by '
                    f"{difference:.3g} of the heatmaps' range, more than "
                    f'{BOUND:g}, for a batch of {batch}; {out_file} was not '
                    'written.'
                )
        if int8:
            quantise(unproven)
            largest = max(d for _, d in differences(unproven, model, card))
            say(f"int8: differs by {largest:.1g} of the heatmaps' range")
    say(f'{out_file}: {out_file.stat().st_size / 1e6:.1f} MB')
    return out_file


def read_card(model: nn.Module, heatmaps: bool) -> ModelCard:
    """Describe a model, and what its graph gives, from its config.

    Args:
        model (nn.Module): As ``init_model`` returns it
        heatmaps (bool): Whether the graph gives heatmaps, and not keypoints

    Returns:
        ModelCard: What the runtime has to know.

    Raises:
        ValueError: If it is no top-down heatmap model, or its heatmaps
            cannot be decoded in the graph.
    """
    head = getattr(model, 'head', None)
    if not isinstance(head, HeatmapHead) or head.decoder is None:
        raise ValueError(
            'export needs a TopdownPoseEstimator whose head is a HeatmapHead '
            f'with a decoder, got {type(model).__name__} with '
            f'{type(head).__name__}.'
        )
    codec = head.decoder
    decodable = isinstance(codec, MLPEHeatmap)
    if not (heatmaps or decodable):
        raise ValueError(
            'export can decode heatmaps of the codec MLPEHeatmap and its '
            f'subclasses, got {type(codec).__name__}. Export the heatmaps '
            '(--heatmaps, or heatmaps=True), and decode them in your own '
            'program.'
        )
    pipeline = model.cfg.test_dataloader.dataset.pipeline
    steps = {step['type']: step for step in pipeline}
    for needed in ('GetBBoxCenterScale', 'TopdownAffine'):
        if needed not in steps:
            raise ValueError(
                f'export reads the crop from {needed} in the pipeline of '
                f'test_dataloader, got {", ".join(steps)}.'
            )
    names = model.dataset_meta['keypoint_id2name']
    kept = model.test_cfg.get('output_keypoint_indices')
    if kept is None:
        kept = range(len(names))
    return ModelCard(
        mlpe_mmpose=__version__,
        input_size=tuple(steps['TopdownAffine']['input_size']),
        # GetBBoxCenterScale's own default
        padding=float(steps['GetBBoxCenterScale'].get('padding', 1.25)),
        use_udp=steps['TopdownAffine'].get('use_udp', False),
        output='heatmaps' if heatmaps else 'keypoints',
        codec=type(codec).__name__
        + ('(unbiased=True)' if getattr(codec, 'unbiased', False) else ''),
        blur_window=codec.kernel_sizes[-1] if decodable else None,
        peak=PEAK if decodable else None,
        flip_test=model.test_cfg.get('flip_test', False),
        keypoint_names=tuple(names[i] for i in kept),
        dataset_name=model.dataset_meta['dataset_name'],
    )


def _require_packages() -> None:
    """Say what to install, before the work and not after it."""
    for package in PACKAGES:
        require(package, 'The export to ONNX')
