"""Mask R-CNN with keypoints is torchvision's, between MMPose's samples."""

import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from torch import nn
from torchvision.models import resnet18
from torchvision.models.detection import keypointrcnn_resnet50_fpn

from mlpe_mmpose import FastCocoMetric, TorchvisionKeypointRCNN
from mlpe_mmpose.models.pose_estimators.torchvision_keypoint_rcnn import (
    read_people,
)

SMALL = dict(
    backbone=dict(depth=18),
    keypoint_layers=(16, 8),
    min_size=64,
    max_size=96,
    box_batch_size_per_image=16,
)
PIPELINE = [dict(type='LoadImage'), dict(type='PackPoseInputs')]
FLAGS = np.full((3, 17), 2)


def size_of(model: nn.Module) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in model.state_dict().items()}


@pytest.fixture
def people(coco_dataset):
    """One image with three people, the second one without labels."""
    flags = FLAGS.copy()
    flags[1] = 0
    return coco_dataset(flags, PIPELINE, data_mode='bottomup')


def test_the_weights_have_torchvisions_names_and_shapes():
    with torch.device('meta'):
        stock = keypointrcnn_resnet50_fpn(weights_backbone=None)
        found = TorchvisionKeypointRCNN().detector
    assert size_of(found) == size_of(stock)


def test_the_losses_are_torchvisions_of_rgb_images_and_people(people):
    model = TorchvisionKeypointRCNN(**SMALL)
    batch = model.data_preprocessor(pseudo_collate([people[0]] * 2), True)
    torch.manual_seed(1)  # of the boxes that count
    found = model(**batch, mode='loss')
    sample = people[0]
    image = sample['inputs'][[2, 1, 0]] / 255
    instances = sample['data_samples'].gt_instances
    points = np.concatenate([instances.keypoints, FLAGS[..., None] > 0], -1)
    points[1, :, 2] = 0
    target = dict(
        boxes=torch.tensor(instances.bboxes),
        labels=torch.ones(3, dtype=torch.int64),
        keypoints=torch.tensor(points).float(),
    )
    torch.manual_seed(1)
    expected = model.detector([image] * 2, [target] * 2)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert torch.isfinite(value)
        assert found[name].item() == pytest.approx(value.item(), rel=1e-5)


def test_crowds_and_boxes_without_an_area_are_left_out(people):
    sample = people[0]['data_samples']
    cpu = torch.device('cpu')
    found = read_people(sample, cpu)
    assert len(found['boxes']) == 3  # one of them without labels
    assert found['keypoints'][:, :, 2].sum(1).tolist() == [17, 0, 17]
    sample.raw_ann_info[0]['iscrowd'] = 1
    sample.gt_instances.bboxes[2, 2] = sample.gt_instances.bboxes[2, 0]
    left = read_people(sample, cpu)
    assert torch.equal(left['keypoints'], found['keypoints'][1:2])


def test_an_image_without_people_has_losses(people):
    sample = people[0]
    for annotation in sample['data_samples'].raw_ann_info:
        annotation['iscrowd'] = 1
    model = TorchvisionKeypointRCNN(**SMALL)
    losses = model(**pseudo_collate([sample]), mode='loss')
    assert losses['loss_keypoint'] == losses['loss_box_reg'] == 0
    assert all(torch.isfinite(value) for value in losses.values())


def test_an_image_without_annotations_has_no_people(people):
    sample = people[0]['data_samples']
    sample.gt_instances = sample.gt_instances[np.zeros(3, bool)]
    sample.set_metainfo(dict(raw_ann_info=[]))
    found = read_people(sample, torch.device('cpu'))
    assert found['boxes'].shape == (0, 4)
    assert found['labels'].shape == (0,)
    assert found['keypoints'].shape == (0, 17, 3)


def test_detections_at_the_annotated_people_reach_an_ap_of_1(people):
    people.test_mode = True
    sample = people[0]['data_samples']
    truth = read_people(sample, torch.device('cpu'))
    truth['keypoints_scores'] = torch.zeros(3, 17)
    truth['scores'] = torch.tensor([0.9, 0.1, 0.8])
    model = TorchvisionKeypointRCNN(**SMALL)
    del sample.category_id  # of three people, as the configs do
    (found,) = model.add_predictions([truth], [sample])
    assert found.pred_instances.keypoint_scores == pytest.approx(0.5)
    metric = FastCocoMetric(
        people.ann_file, nms_mode='none', score_mode='bbox'
    )
    metric.dataset_meta = people.metainfo
    metric.process({}, [found.to_dict()])
    assert metric.evaluate(1)['coco/AP'] == pytest.approx(1)


def test_boxes_and_keypoints_of_any_image_are_inside_of_it(people):
    model = TorchvisionKeypointRCNN(**SMALL).eval()
    with torch.no_grad():
        (found,) = model.test_step(pseudo_collate([people[0]]))
    instances = found.pred_instances
    number = len(instances)
    assert number > 0
    assert instances.keypoints.shape == (number, 17, 2)
    height, width = found.ori_shape
    assert (instances.bboxes >= 0).all()
    assert (instances.bboxes <= [width, height] * 2).all()
    assert (instances.keypoint_scores >= 0).all()
    assert (instances.keypoint_scores <= 1).all()


def test_published_weights_are_loaded_and_keep_norms_and_the_stem(
    people, tmp_path
):
    published = resnet18().state_dict()
    torch.save(published, tmp_path / 'resnet18.pth')
    init_cfg = dict(
        type='Pretrained', checkpoint=str(tmp_path / 'resnet18.pth')
    )
    backbone = dict(depth=18, init_cfg=init_cfg)
    model = TorchvisionKeypointRCNN(**SMALL | dict(backbone=backbone))
    model.init_weights()
    body = model.detector.backbone.body
    for name, value in body.state_dict().items():
        assert torch.equal(value, published[name]), name
    trained = {n for n, p in body.named_parameters() if p.requires_grad}
    assert {name.split('.')[0] for name in trained} == {
        'layer2',
        'layer3',
        'layer4',
    }
    assert not any('bn' in name for name in trained)
