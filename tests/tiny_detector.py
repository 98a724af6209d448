"""A small FCOS of torchvision that learns to find generated people."""

import json
import random
from pathlib import Path

import cv2
import torch
from torch import Tensor, nn
from torchvision.models.detection import FCOS
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.fcos import FCOSHead

WIDTH, HEIGHT = 160, 120  # half of a generated image
STRIDE = 16
BATCH, RATE = 8, 4e-3


class Backbone(nn.Sequential):
    """Seven convolutions, to a sixteenth of the size."""

    out_channels = 64

    def __init__(self) -> None:
        channels = (3, 16, 32, 32, 64, 64, 64, 64)
        strides = (2, 2, 1, 2, 1, 2, 1)
        super().__init__()
        for number, stride in enumerate(strides):
            before, after = channels[number : number + 2]
            self.append(nn.Conv2d(before, after, 3, stride, 1, bias=False))
            self.append(nn.BatchNorm2d(after))
            self.append(nn.ReLU())


class Exported(nn.Module):
    """The detector with the input and the outputs of MMDeploy's files."""

    def __init__(self, model: FCOS) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        (found,) = self.model([images[0].flip(0) / 255])
        boxes = torch.cat([found['boxes'], found['scores'][:, None]], 1)
        return boxes[None], found['labels'][None] - 1


def train(data: Path, images: int, steps: int) -> FCOS:
    """Train on the first images of a generated data set."""
    model = FCOS(
        Backbone(),
        num_classes=2,
        min_size=HEIGHT,
        max_size=WIDTH,
        anchor_generator=AnchorGenerator(((STRIDE,),), ((1.0,),)),
    )
    model.head = FCOSHead(64, 1, num_classes=2, num_convs=2)
    model.train()
    samples = read_samples(data, images)
    optimizer = torch.optim.AdamW(model.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps)
    dice = random.Random(0)
    for _ in range(steps):
        batch = [mirror(*s, dice) for s in dice.sample(samples, BATCH)]
        pictures, boxes = zip(*batch, strict=True)
        targets = [
            dict(boxes=b, labels=torch.ones(len(b), dtype=torch.long))
            for b in boxes
        ]
        loss = sum(model(list(pictures), targets).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return model.eval()


def mirror(
    picture: Tensor, boxes: Tensor, dice: random.Random
) -> tuple[Tensor, Tensor]:
    """Mirror every second image."""
    if dice.random() < 0.5:
        return picture, boxes
    left, top, right, bottom = boxes.unbind(1)
    boxes = torch.stack([WIDTH - right, top, WIDTH - left, bottom], 1)
    return picture.flip(-1), boxes


def read_samples(data: Path, number: int) -> list[tuple[Tensor, Tensor]]:
    """Read images and their boxes, left, top, right, bottom."""
    name = 'annotations/person_keypoints_train2017.json'
    dataset = json.loads((data / name).read_text())
    samples = []
    for record in dataset['images'][:number]:
        picture = cv2.imread(str(data / 'train2017' / record['file_name']))
        scale = HEIGHT / len(picture)
        picture = cv2.resize(
            picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA
        )
        boxes = torch.tensor(
            [
                a['bbox']
                for a in dataset['annotations']
                if a['image_id'] == record['id']
            ],
            dtype=torch.float,
        ).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        rgb = torch.from_numpy(picture[..., ::-1].copy()).permute(2, 0, 1)
        samples.append((rgb / 255, boxes * scale))
    return samples


def export(model: FCOS, path: Path) -> Path:
    """Write the detector as a file that `--detector` takes."""
    torch.onnx.export(
        Exported(model).eval(),
        (torch.rand(1, 3, HEIGHT, WIDTH) * 255,),
        str(path),
        input_names=['input'],
        output_names=['dets', 'labels'],
        dynamic_axes={'dets': {1: 'n'}, 'labels': {1: 'n'}},
        opset_version=17,
        # the other exporter cannot trace torchvision's detectors
        dynamo=False,
    )
    return path
