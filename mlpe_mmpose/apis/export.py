"""A trained model as one ONNX file, compared with torch before it is kept."""

import os
from collections.abc import Callable
from pathlib import Path

from mmpose.apis import init_model
from mmpose.models.heads import HeatmapHead
from torch import nn

from ..codecs.mlpe_heatmap import PEAK
from ..compat.optional import require
from ..runtime.model_card import ModelCard
from ..version import __version__
from .onnx_check import differences
from .onnx_graph import OPSET, PoseGraph, quantise, write_graph
from .output_file import check_output, kept_if_good

PACKAGES = ('onnx', 'onnxscript', 'onnxruntime')
# largest difference, relative to the range of torch's heatmaps
BOUND = 1e-3


def export_onnx(
    config: str | os.PathLike,
    checkpoint: str | os.PathLike,
    out_file: str | os.PathLike,
    decode: bool = False,
    flip_test: bool = False,
    int8: bool = False,
    say: Callable[[str], None] = print,
) -> Path:
    """Export a top-down heatmap model, and compare the file with torch.

    The graph takes ``images``, crops (B, h, w, 3) of uint8, BGR, as
    ``cv2.warpAffine`` makes them; normalising is inside. It gives
    ``heatmaps`` (B, K, H, W), or with ``decode`` ``keypoints`` (B, K, 2),
    (x, y) in pixels of the crop, and ``scores`` (B, K). B is free. Sizes and
    names are in the file's metadata, see :class:`ModelCard`.

    Args:
        config (str | PathLike): A config with a ``TopdownPoseEstimator``
            whose head is a ``HeatmapHead``
        checkpoint (str | PathLike): Its weights
        out_file (str | PathLike): The file to write; one that is there is
            only replaced by a file that agrees with torch
        decode (bool): Whether the graph decodes its heatmaps, too. Needs the
            codec ``MLPEHeatmap``
        flip_test (bool): Whether the graph also sees the mirrored crops and
            averages, at twice the work
        int8 (bool): Whether the convolutions compute with 8 bits, their
            inputs scaled anew in each call (dynamic quantisation). The
            difference is said and not bounded
        say (callable): Takes each line of progress. Defaults to ``print``

    Returns:
        Path: The file.

    Raises:
        ImportError: If a package is missing; it says what to install.
        OSError: If a file cannot be read or written.
        ValueError: If the model is of another kind.
        RuntimeError: If the file differs from torch; it is not kept.
    """
    _require_packages()
    out_file = Path(out_file)
    check_output(out_file)
    for path in (config, checkpoint):
        if not Path(path).is_file():
            raise FileNotFoundError(f'{path} is not a file.')
    say(f'loading {checkpoint}')
    model = init_model(str(config), str(checkpoint), device='cpu')
    card = read_card(model, decode, flip_test)
    model.test_cfg.update(flip_test=flip_test, output_heatmaps=True)

    say(f'exporting, opset {OPSET}: a minute or so')
    with kept_if_good(out_file) as unproven:
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


def read_card(model: nn.Module, decode: bool, flip_test: bool) -> ModelCard:
    """What the runtime has to know of a model, from its config.

    Raises:
        ValueError: If it is no top-down heatmap model, or cannot decode.
    """
    head = getattr(model, 'head', None)
    if not isinstance(head, HeatmapHead) or head.decoder is None:
        raise ValueError(
            'export needs a TopdownPoseEstimator whose head is a HeatmapHead '
            f'with a decoder, got {type(model).__name__} with '
            f'{type(head).__name__}.'
        )
    codec = head.decoder
    if decode and not hasattr(codec, 'decode_tensors'):
        raise ValueError(
            'export can decode heatmaps of MLPEHeatmap and its kin, got those '
            f'of {type(codec).__name__}. Export heatmaps instead.'
        )
    pipeline = model.cfg.test_dataloader.dataset.pipeline
    steps = {step['type']: step for step in pipeline}
    for needed in ('GetBBoxCenterScale', 'TopdownAffine'):
        if needed not in steps:
            raise ValueError(
                f'export reads the crop from {needed} in the pipeline of '
                f'test_dataloader, got {", ".join(steps)}.'
            )
    meta, ours = model.dataset_meta, hasattr(codec, 'decode_tensors')
    names = meta['keypoint_id2name']
    return ModelCard(
        mlpe_mmpose=__version__,
        input_size=tuple(steps['TopdownAffine']['input_size']),
        # GetBBoxCenterScale's own default
        padding=float(steps['GetBBoxCenterScale'].get('padding', 1.25)),
        use_udp=steps['TopdownAffine'].get('use_udp', False),
        output='keypoints' if decode else 'heatmaps',
        codec=type(codec).__name__,
        blur_window=codec.kernel_sizes[-1] if ours else None,
        peak=PEAK if ours else None,
        flip_inside=flip_test,
        flip_test=model.test_cfg.get('flip_test', False),
        shift_heatmap=model.test_cfg.get('shift_heatmap', False),
        flip_indices=tuple(map(int, meta['flip_indices'])),
        keypoint_names=tuple(names[i] for i in range(len(names))),
        dataset_name=meta['dataset_name'],
    )


def _require_packages() -> None:
    """Say what to install, before the work and not after it."""
    for package in PACKAGES:
        require(package, 'The export to ONNX')
