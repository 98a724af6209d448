"""Measure how targets of a batch at 384x288 get to the device.

MLPE moves coordinates to the device, where its head draws the heatmaps. The
peer draws the heatmaps on the host, stacks them and moves them, as MSPN does.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope

import mlpe_mmpose  # noqa: F401, its stand-in must precede mmpose
from mlpe_mmpose.codecs import MLPEHeatmap

from .harness import Options, Row, check_difference, take_turns, use_one_core

BATCH, KEYPOINTS = 64, 17
SIZES = dict(input_size=(288, 384), heatmap_size=(72, 96))
WINDOWS = (23, 17, 13, 9)
PEER = '4 x MegviiHeatmap'


def measure(options: Options) -> Iterator[Row]:
    """Yield rows of the host's time, of the bytes, and of the whole time."""
    init_default_scope('mmpose')
    people = make_people()
    codec = MLPEHeatmap(kernel_sizes=WINDOWS, **SIZES)
    ours = Compose(make_steps(dict(type='MLPEHeatmap', kernel_sizes=WINDOWS)))
    encoders = [dict(type='MegviiHeatmap', kernel_size=w) for w in WINDOWS]
    peer = Compose(make_steps(encoders))

    def encode() -> list[torch.Tensor]:
        return gather_labels(move_to_device(ours, people, options.device))

    def draw() -> torch.Tensor:
        keypoints, weights, _ = encode()
        return codec.render(keypoints, weights)

    def stack() -> tuple[torch.Tensor, torch.Tensor]:
        return stack_maps(move_to_device(peer, people, options.device))

    equal = compare_targets(draw(), encode()[1], *stack())
    size = f'batch {BATCH}, 4 x {KEYPOINTS} maps of 96x72'
    with use_one_core():
        seconds = take_turns(encode, stack, options)
    theirs, mine = (1e3 * s for s in seconds[::-1])
    yield Row('targets, host', size, PEER, theirs, mine, 'ms', 10, equal)
    theirs, mine = (count_kilobytes(side, people) for side in (peer, ours))
    yield Row(
        'targets, moved to the device', size, PEER, theirs, mine, 'kB', 1000
    )
    with use_one_core():
        seconds = take_turns(draw, stack, options)
    theirs, mine = (1e3 * s for s in seconds[::-1])
    what = f'targets, host and drawing on the {options.device}'
    yield Row(what, size, PEER, theirs, mine, 'ms', None, equal)


def make_people() -> list[dict]:
    """Return samples as they are after the crop, with tiny images."""
    rng = np.random.default_rng(0)
    people = []
    for _ in range(BATCH):
        # 11 of 17 keypoints are labelled, as in COCO (1.7 million for 150,000
        # people), and 1 of 20 lies outside of the crop.
        labelled = rng.random((1, KEYPOINTS)) < 11 / 17
        visible = labelled & (rng.random((1, KEYPOINTS)) < 0.8)
        keypoints = rng.random((1, KEYPOINTS, 2)) * SIZES['input_size']
        keypoints[rng.random((1, KEYPOINTS)) < 0.05] -= 400
        people.append(
            dict(
                # one pixel, so that packing the image costs nothing
                img=np.zeros((1, 1, 3), np.uint8),
                transformed_keypoints=keypoints.astype(np.float32),
                keypoints_visible=np.stack([labelled, visible], -1).astype(
                    np.float32
                ),
            )
        )
    return people


def make_steps(encoder: dict | list[dict]) -> list[dict]:
    """Return the transforms after the crop."""
    multilevel = isinstance(encoder, list)
    if multilevel:
        encoder = [dict(**one, **SIZES) for one in encoder]
    else:
        encoder = dict(**encoder, **SIZES)
    return [
        dict(type='GenerateTarget', encoder=encoder, multilevel=multilevel),
        dict(type='PackPoseInputs'),
    ]


def move_to_device(
    pipeline: Callable, people: list[dict], device: str = 'cpu'
) -> list:
    """Encode, pack, collate and move samples, as training does."""
    batch = pseudo_collate([pipeline(dict(person)) for person in people])
    return [sample.to(device) for sample in batch['data_samples']]


def gather_labels(samples: list) -> list[torch.Tensor]:
    """Concatenate the labels, as MLPEHead does before it draws maps."""
    names = (
        'keypoint_labels',
        'keypoint_weights',
        'keypoints_visible_weights',
    )
    labels = [sample.gt_instance_labels for sample in samples]
    return [torch.cat([label[name] for label in labels]) for name in names]


def stack_maps(samples: list) -> tuple[torch.Tensor, torch.Tensor]:
    """Stack weights (B, L, K) and maps (L, B, K, H, W), as MSPNHead does."""
    weights = torch.cat(
        [sample.gt_instance_labels.keypoint_weights for sample in samples],
        dim=1,
    ).transpose(0, 1)
    maps = [
        torch.stack([sample.gt_fields[level].heatmaps for sample in samples])
        for level in range(len(WINDOWS))
    ]
    return weights, maps


def compare_targets(
    drawn: torch.Tensor,
    weights: torch.Tensor,
    peer_weights: torch.Tensor,
    maps: list[torch.Tensor],
) -> str:
    """Check that both sides hold the same targets."""
    assert all(
        torch.equal(peer_weights[:, level], weights)
        for level in range(len(WINDOWS))
    ), 'The weights of the two sides differ.'
    difference = max(
        (ours - theirs).abs().max().item() / 255
        for ours, theirs in zip(drawn, maps, strict=True)
    )
    equal = check_difference('heatmaps / 255', difference, 1e-3)
    return f'{equal}; weights are equal'


def count_kilobytes(pipeline: Callable, people: list[dict]) -> float:
    """Return the kilobytes of the labels and heatmaps of a batch."""
    count = 0
    for sample in move_to_device(pipeline, people):
        owners = [sample.gt_instance_labels]
        if 'gt_fields' in sample:
            owners += list(sample.gt_fields)
        count += sum(v.nbytes for owner in owners for v in owner.values())
    return count / 1000
