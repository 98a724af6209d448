"""What makes training faster or smaller leaves its outcome as it was."""

import copy
import math
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmengine.utils import digit_version
from mmpose.registry import HOOKS
from torch import nn
from torch._dynamo.backends.registry import lookup_backend, register_backend

from mlpe_mmpose.engine.hooks import ActivationCheckpointHook
from mlpe_mmpose.tools.synth.generator import generate_dataset

CONFIGS = Path(__file__).parents[3] / 'configs'
CHECKPOINTED = [
    'backbone.layer1',
    'backbone.layer2',
    'neck',
    'head.level_predictors',
    'head.refine_network',
]


@pytest.fixture(scope='module')
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight generated images."""
    root = tmp_path_factory.mktemp('people')
    generate_dataset(root, 8, 2, seed=0, image_size=(160, 120))
    return root


@pytest.fixture
def train(people: Path, tmp_path: Path):
    """Train a narrow model for two steps: ``train(**options)``.

    With ``verb='test'`` it tests, and does not train.
    """

    def run(verb: str = 'train', **options: object) -> Runner:
        config = Config.fromfile(CONFIGS / 'mlpe_tiny_synthetic.py')
        config.merge_from_dict(
            {
                'model.backbone.base_channels': 8,
                'model.neck.in_channels': (8, 16, 32, 64),
                'model.neck.out_channels': 8,
                'model.head.in_channels': 8,
                'train_cfg.max_epochs': 1,
                'train_cfg.val_interval': 2,
                'train_dataloader.batch_size': 4,
                'train_dataloader.drop_last': True,
                'train_dataloader.dataset.data_root': f'{people}/',
                'train_dataloader.dataset.indices': 8,
                'val_dataloader.dataset.data_root': f'{people}/',
                'test_dataloader.dataset.data_root': f'{people}/',
                'val_evaluator.ann_file': str(
                    people / 'annotations/person_keypoints_val2017.json'
                ),
                'test_evaluator.ann_file': str(
                    people / 'annotations/person_keypoints_val2017.json'
                ),
                'default_hooks.logger.interval': 1,
                'randomness.seed': 0,
                'default_hooks.keep.type': 'KeepWeights',
                'work_dir': str(tmp_path / f'run{len(options)}'),
                'experiment_name': f'{tmp_path.name}{len(options)}',
            }
        )
        config.merge_from_dict(options)
        # plain steps, as long as the gradient says
        config.optim_wrapper = dict(
            config.optim_wrapper,
            optimizer=dict(type='SGD', lr=1e-4),
            paramwise_cfg=None,
        )
        config.param_scheduler = None
        runner = Runner.from_cfg(config)
        getattr(runner, verb)()
        return runner

    return run


GRAPHS = []


@register_backend
def recorded_aot_eager(graph, inputs):
    """PyTorch's backend that needs no C++ compiler; records the graphs."""
    GRAPHS.append(graph)
    return lookup_backend('aot_eager')(graph, inputs)


@HOOKS.register_module()
class KeepWeights(Hook):
    """Keeps the weights of the start and of the end of each iteration."""

    def before_train(self, runner: Runner) -> None:
        runner.kept = []
        self.after_train_iter(runner)

    def after_train_iter(self, runner: Runner, **kwargs: object) -> None:
        state = runner.model.state_dict()
        runner.kept.append({name: v.clone() for name, v in state.items()})


def assert_same_way(runner: Runner, plain: Runner) -> None:
    """Both trainings led from the same weights to the same weights."""
    for name, start in plain.kept[0].items():
        assert torch.equal(runner.kept[0][name], start)
        end = plain.kept[-1][name].double()
        way = (end - start).norm().item()
        apart = (end - runner.kept[-1][name]).norm().item()
        # rounding, which shows where gradients nearly cancel
        assert apart <= 0.1 * way + 1e-6, name


COMPILE = {
    'default_hooks.compile.type': 'CompileHook',
    'default_hooks.compile.backend': 'recorded_aot_eager',
}
RECOMPUTE = {
    'default_hooks.recompute.type': 'ActivationCheckpointHook',
    'default_hooks.recompute.modules': CHECKPOINTED,
}


@pytest.mark.parametrize(
    'options',
    [
        {'default_hooks.channels_last.type': 'ChannelsLastHook'},
        COMPILE,
        RECOMPUTE,
        {**COMPILE, **RECOMPUTE},
    ],
    ids=['channels_last', 'compile', 'recompute', 'compile, recompute'],
)
def test_a_training_ends_where_the_plain_one_does(train, options):
    plain = train()
    GRAPHS.clear()
    torch._dynamo.reset()
    faster = train(**options)
    compiled = 'default_hooks.compile.type' in options
    old = digit_version(torch.__version__) < digit_version('2.6.0')
    if old or RECOMPUTE.items() <= options.items():
        # an old PyTorch compiles in pieces, and each recomputed module
        # interrupts the graph
        assert bool(GRAPHS) == compiled
    else:
        # network, targets and losses, for both batches
        assert len(GRAPHS) == compiled
    assert_same_way(faster, plain)
    losses = faster.message_hub.get_scalar('train/loss')._log_history
    assert len(losses) == 2
    assert all(math.isfinite(loss) for loss in losses)


@pytest.mark.parametrize('options', [COMPILE, RECOMPUTE])
def test_a_copy_of_the_trained_model_computes_with_its_own_weights(
    train, options
):
    runner = train(**options)
    copied = copy.deepcopy(runner.model)
    for parameter in copied.parameters():
        nn.init.zeros_(parameter)
    data = next(iter(runner.train_dataloader))
    data = copied.data_preprocessor(data, True)
    losses = copied(**data, mode='loss')
    losses['loss_refine'].backward()
    assert copied.head.refine_network.predict[0].weight.grad is not None
    zeros = copied.head(copied.extract_feat(data['inputs']))
    assert torch.count_nonzero(zeros) == 0


def test_channels_last_reaches_the_weights_and_the_maps(train):
    hook = {'default_hooks.channels_last.type': 'ChannelsLastHook'}
    model = train(**hook).model
    image = torch.zeros(2, 3, 128, 96)
    heatmaps = model.head(model.extract_feat(image))
    # a 1x1 kernel would lie alike in both formats
    for tensor in (heatmaps, model.backbone.layer1[0].conv1.weight):
        assert tensor.is_contiguous(memory_format=torch.channels_last)


def test_channels_last_reaches_testing(train):
    hook = {'default_hooks.channels_last.type': 'ChannelsLastHook'}
    weight = train('test', **hook).model.backbone.layer1[0].conv1.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    ('modules', 'words'),
    [
        (
            ['backbone.layer9'],
            r"no module 'backbone.layer9' .*head.refine_net",
        ),
        ('backbone.layer1', r"a list of names .* modules='backbone.layer1'"),
        ([], r'a list of names .* modules=\[\]'),
        # of a head, `loss` is called, and of a list its members
        (['head'], r"saves nothing in 'head', .* head\.refine_network"),
        (['neck.upsamples'], r"saves nothing in 'neck\.upsamples'"),
    ],
)
def test_recomputation_refuses_what_names_no_module(train, modules, words):
    hook = {
        'default_hooks.recompute.type': 'ActivationCheckpointHook',
        'default_hooks.recompute.modules': modules,
    }
    with pytest.raises(
        ValueError, match=f'ActivationCheckpointHook .*{words}'
    ):
        train(**hook)


def test_recomputation_keeps_fewer_activations(train):
    def kept(runner: Runner) -> int:
        """Values that a step keeps for its backward pass."""
        sizes = {}

        def keep(tensor: torch.Tensor) -> torch.Tensor:
            sizes[tensor.data_ptr()] = tensor.numel()
            return tensor

        runner.model.train()
        data = next(iter(runner.train_dataloader))
        data = runner.model.data_preprocessor(data, True)
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t):
            losses = runner.model(**data, mode='loss')
        del losses
        return sum(sizes.values())

    runner = train()
    plain = kept(runner)
    ActivationCheckpointHook(CHECKPOINTED).before_train(runner)
    assert kept(runner) < 0.8 * plain


def test_accumulation_steps_once_in_two_iterations(train):
    options = {'optim_wrapper.accumulative_counts': 2}
    at_start, after_first, after_second = (
        weights['neck.laterals.0.conv.weight']
        for weights in train(**options).kept
    )
    assert torch.equal(after_first, at_start)
    assert not torch.equal(after_second, at_start)


def test_the_average_of_the_weights_is_saved_and_goes_on(train):
    # a momentum that shows after two steps
    ema = {
        'default_hooks.ema.type': 'EMAHook',
        'default_hooks.ema.momentum': 0.5,
    }
    runner = train(**ema)
    path = Path(runner.work_dir) / 'epoch_1.pth'
    state = torch.load(path, weights_only=True)
    name = 'neck.laterals.0.conv.weight'
    average = state['state_dict'][name]
    trained = state['ema_state_dict'][f'module.{name}']
    assert torch.equal(trained, runner.model.state_dict()[name])
    assert not torch.equal(average, trained)

    resumed = train(**ema, resume=True, load_from=str(path))
    assert torch.equal(resumed.model.state_dict()[name], trained)


@pytest.mark.parametrize('kind', [nn.BatchNorm2d, nn.SyncBatchNorm])
@pytest.mark.parametrize('track', [True, False])
def test_a_recomputed_norm_counts_each_batch_once(kind, track):
    torch.manual_seed(0)
    plain = nn.Sequential(
        nn.Conv2d(3, 4, 1), kind(4, track_running_stats=track)
    )
    model = copy.deepcopy(plain)
    runner = SimpleNamespace(model=nn.Sequential(model))
    ActivationCheckpointHook(['0']).before_train(runner)
    for batch in torch.randn(3, 2, 3, 5, 5):
        for network in (plain, model):
            network(batch).square().sum().backward()
    for wanted, found in zip(
        plain.parameters(), model.parameters(), strict=True
    ):
        assert torch.equal(wanted.grad, found.grad)
    for name, wanted in plain.state_dict().items():
        assert torch.equal(model.state_dict()[name], wanted), name


def test_a_module_that_is_named_twice_is_itself_again_after_training():
    runner = SimpleNamespace(model=nn.Sequential(nn.Linear(2, 2)))
    hook = ActivationCheckpointHook(['0', '0'])
    hook.before_train(runner)
    hook.after_train(runner)
    assert 'forward' not in vars(runner.model[0])
