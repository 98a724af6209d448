"""Describes the graph of a model, from the config of the model."""

from typing import Any

from mmpose.models.heads import HeatmapHead
from torch import nn

from mlpe_mmpose.apis.pipeline_steps import find_test_pipeline, name_steps
from mlpe_mmpose.codecs.mlpe_heatmap import PEAK, MLPEHeatmap
from mlpe_mmpose.runtime.model_card import ModelCard
from mlpe_mmpose.tools.output_keypoints import read_output_keypoints
from mlpe_mmpose.version import __version__


def read_card(model: nn.Module, heatmaps: bool) -> ModelCard:
    """Describe the graph of a model, from the config of the model.

    Args:
        model (nn.Module): As ``init_model`` returns it
        heatmaps (bool): Whether the output is heatmaps instead of keypoints

    Returns:
        ModelCard: What a program that runs the graph has to know.

    Raises:
        ValueError: If the model is no top-down heatmap model, or the graph
            cannot decode its heatmaps.
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
    keypoints = read_output_keypoints(model)
    return ModelCard(
        mlpe_mmpose=__version__,
        output='heatmaps' if heatmaps else 'keypoints',
        codec=type(codec).__name__
        + ('(unbiased=True)' if getattr(codec, 'unbiased', False) else ''),
        blur_window=codec.kernel_sizes[-1] if decodable else None,
        peak=PEAK if decodable else None,
        flip_test=model.test_cfg.get('flip_test', False),
        keypoint_names=keypoints.names,
        dataset_name=model.dataset_meta['dataset_name'],
        skeleton_links=keypoints.links,
        **_read_crop(find_test_pipeline(model.cfg)),
    )


def _read_crop(pipeline: list[dict]) -> dict[str, Any]:
    """Return how the test pipeline crops a person."""
    steps = name_steps(pipeline)
    for needed in ('GetBBoxCenterScale', 'TopdownAffine'):
        if needed not in steps:
            raise ValueError(
                f'export reads the crop from {needed} in the pipeline of '
                f'test_dataloader, got {", ".join(steps)}.'
            )
    return dict(
        input_size=tuple(steps['TopdownAffine']['input_size']),
        # GetBBoxCenterScale's own default
        padding=float(steps['GetBBoxCenterScale'].get('padding', 1.25)),
        use_udp=steps['TopdownAffine'].get('use_udp', False),
    )
