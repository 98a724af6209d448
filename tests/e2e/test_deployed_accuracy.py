"""The AP of a trained model in every backend and precision."""

from pathlib import Path

import numpy as np
import pytest
from exported import CODEC, SIZE, Trained, small_mlpe
from mlpe_benchmarks.deployment import People
from mmengine.config import Config
from mmengine.runner import Runner
from trainings import data_options

from mlpe_mmpose.runtime import OnnxPose
from mlpe_mmpose.tools.synth.generator import generate_dataset

pytestmark = pytest.mark.long
openvino = pytest.importorskip('openvino')
BFLOAT16 = 'BF16' in openvino.Core().get_property(
    'CPU', 'OPTIMIZATION_CAPABILITIES'
)
DATA = Path('data/synthetic')


@pytest.fixture(scope='module')
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A small network, trained on generated people below its folder."""
    folder = tmp_path_factory.mktemp('trained')
    generate_dataset(folder / DATA, 300, 300, seed=0)
    model = small_mlpe(folder)
    config = Config.fromfile(model.config)
    config.merge_from_dict(data_options(folder / DATA))
    config.model.neck.lateral_fusion = True
    config.codec = CODEC
    for split in ('train', 'val'):
        for step in config[f'{split}_dataloader'].dataset.pipeline:
            if step['type'] == 'TopdownAffine':
                step['input_size'] = SIZE['input_size']
            elif step['type'] == 'GenerateTarget':
                step['encoder'] = CODEC
    # 12 epochs of 32 steps, with the largest learning rate that trains
    config.train_cfg.update(max_epochs=12, val_interval=100)
    config.optim_wrapper.optimizer = dict(type='Adam', lr=4e-3)
    config.param_scheduler = [
        dict(type='OneCycleLR', eta_max=4e-3, total_steps=384, by_epoch=False)
    ]
    config.work_dir = str(folder / 'work')
    config.dump(model.config)
    Runner.from_cfg(config).train()
    return Trained(model.config, folder / 'work/epoch_12.pth')


@pytest.fixture(scope='module')
def files(trained: Trained) -> dict[str, Path]:
    """The exported model, in float32 and in int8."""
    data = trained.config.parent / DATA
    boxes = data / 'annotations/person_keypoints_train2017.json'
    return dict(
        float32=trained.export('float32.onnx'),
        int8=trained.export(
            'int8.onnx', int8_images=data / 'train2017', int8_boxes=boxes
        ),
    )


@pytest.mark.parametrize(
    ('backend', 'precision', 'bound'),
    [
        ('openvino', 'float32', 1e-6),
        ('openvino', 'bfloat16', 0.001),
        ('onnxruntime', 'int8', 0.01),
        ('openvino', 'int8', 0.01),
    ],
)
def test_the_ap_is_that_of_float32(trained, files, backend, precision, bound):
    if precision == 'bfloat16' and not BFLOAT16:
        pytest.skip('the processor has no bfloat16')
    dataset = Config.fromfile(trained.config).val_dataloader.dataset
    sigmas = trained.model().dataset_meta['sigmas']
    people = People(dataset, None, np.array(sigmas))

    def compute_ap(pose: OnnxPose) -> float:
        return people.compute_ap(pose.predict(people.images, people.boxes))

    expected = compute_ap(OnnxPose(files['float32'], threads=1))
    assert expected > 0.15  # the training has taught something
    path = files['int8' if precision == 'int8' else 'float32']
    pose = OnnxPose(path, threads=1, backend=backend, precision=precision)
    found = compute_ap(pose)
    assert abs(found - expected) <= bound
