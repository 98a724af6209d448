import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mlpe_mmpose.datasets.shared_storage_collate import (
    shared_storage_collate,
)

CODEC = dict(
    type='MLPEHeatmap',
    input_size=(48, 64),
    heatmap_size=(12, 16),
    kernel_sizes=(7, 5, 3),
)
PIPELINE = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='MarkOccludedKeypoints'),
    dict(type='TopdownAffine', input_size=CODEC['input_size']),
    dict(type='GenerateTarget', encoder=CODEC),
    dict(type='PackPoseInputs'),
]
LABELS = {'keypoint_labels', 'keypoint_weights', 'keypoints_visible_weights'}
FLAGS = np.random.default_rng(0).integers(0, 3, (6, 17))


def _same(batch: dict, expected: dict) -> bool:
    """Whether two batches hold the same images, labels and metainfo."""
    assert batch.keys() == expected.keys()
    assert isinstance(batch['inputs'], list)
    pairs = list(zip(batch['inputs'], expected['inputs'], strict=True))
    for a, b in zip(
        batch['data_samples'], expected['data_samples'], strict=True
    ):
        assert a.get('id') == b.get('id')
        assert set(a.metainfo_keys()) == set(b.metainfo_keys())
        labels = a.gt_instance_labels, b.gt_instance_labels
        assert set(labels[0].keys()) == set(labels[1].keys())
        pairs += [(labels[0][n], v) for n, v in labels[1].items()]
    return all(torch.equal(a, b) and a.dtype == b.dtype for a, b in pairs)


def _storages(tensors) -> int:
    return len({t.untyped_storage().data_ptr() for t in tensors})


def _check_storages(batch: dict) -> None:
    """One storage for the images, one for each kind of label."""
    assert _storages(batch['inputs']) == 1
    labels = [s.gt_instance_labels for s in batch['data_samples']]
    assert set(labels[0].keys()) == LABELS
    for name in LABELS:
        assert _storages([label[name] for label in labels]) == 1


def test_a_batch_is_that_of_mmengine_s_collate_in_four_storages(coco_dataset):
    dataset = coco_dataset(FLAGS, PIPELINE)
    expected = pseudo_collate([dataset[i] for i in range(6)])
    batch = shared_storage_collate([dataset[i] for i in range(6)])
    assert _same(batch, expected)
    _check_storages(batch)
    assert _storages(expected['inputs']) == 6


def test_it_stays_in_four_storages_on_its_way_out_of_a_loader_s_process(
    coco_dataset,
):
    dataset = coco_dataset(FLAGS, PIPELINE)
    # as a config names it
    loader = Runner.build_dataloader(
        dict(
            dataset=dataset,
            batch_size=6,
            num_workers=1,
            sampler=dict(type='DefaultSampler', shuffle=False),
            collate_fn=dict(type='shared_storage_collate'),
        )
    )
    (batch,) = loader
    assert _same(batch, pseudo_collate([dataset[i] for i in range(6)]))
    _check_storages(batch)


def _with_its_place(samples: list[dict]) -> dict:
    """A batch, and whether its images lie in shared memory already."""
    batch = shared_storage_collate(samples)
    return dict(batch, shared=batch['inputs'][0].is_shared())


def test_only_a_loader_s_process_writes_into_shared_memory(coco_dataset):
    # what it does not write there is copied there when it is sent
    dataset = coco_dataset(FLAGS, PIPELINE)
    for workers in (0, 1):
        (batch,) = DataLoader(
            dataset, 6, num_workers=workers, collate_fn=_with_its_place
        )
        assert batch['shared'] == bool(workers)


def test_samples_without_labels_are_collated_as_well(coco_dataset):
    # validation's: no GenerateTarget
    dataset = coco_dataset(FLAGS, PIPELINE[:-2] + PIPELINE[-1:])
    expected = pseudo_collate([dataset[i] for i in range(6)])
    batch = shared_storage_collate([dataset[i] for i in range(6)])
    assert not set(batch['data_samples'][0].gt_instance_labels.keys())
    assert _same(batch, expected)
    assert _storages(batch['inputs']) == 1


def test_images_of_unequal_sizes_keep_their_storages(coco_dataset):
    dataset = coco_dataset(FLAGS, PIPELINE)
    samples = [dataset[i] for i in range(3)]
    samples[1]['inputs'] = samples[1]['inputs'][:, :-2]
    expected = [sample['inputs'] for sample in samples]
    batch = shared_storage_collate(samples)
    for image, same in zip(batch['inputs'], expected, strict=True):
        assert image is same
