"""The configs follow the rules that a reader relies on."""

import ast
import functools
import re
from collections import Counter
from pathlib import Path

import pytest
from mmengine.config import Config
from mmpose.registry import TRANSFORMS

CONFIGS = Path(__file__).parents[2] / 'configs'
FILES = sorted(path for path in CONFIGS.rglob('*.py'))
LEAVES = [path for path in FILES if path.parent.name != '_base_']
TOPDOWN = [path for path in LEAVES if path.parent.name != 'bottomup']
# transforms that an input size or a codec changes
SIZED = {'TopdownAffine', 'GenerateTarget'}
SIZED |= {'BottomupRandomAffine', 'BottomupResize'}
MAX_LINES = 20


def parametrize_files(files: list[Path]) -> pytest.MarkDecorator:
    names = [str(path.relative_to(CONFIGS)) for path in files]
    return pytest.mark.parametrize('path', files, ids=names)


load = functools.cache(Config.fromfile)


def bases(path: Path) -> list[Path]:
    """Return the config and all files that it inherits from."""
    found = [path]
    for name in Config._get_base_files(str(path)):
        found += bases((path.parent / name).resolve())
    return found


def steps(path: Path) -> list[str]:
    """Return the source of each transform that a file writes out."""
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and any(
            word.arg == 'type'
            and isinstance(word.value, ast.Constant)
            and word.value.value in TRANSFORMS
            for word in node.keywords
        )
    ]
    return [ast.unparse(call) for call in calls]


def subscripts_by_position(path: Path) -> list[str]:
    """Return subscripts that are no key, as ``steps[:-3]``, ``steps[6]``."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript)
        and not isinstance(getattr(node.slice, 'value', None), str)
    ]


@parametrize_files(FILES)
def test_a_config_imports_nothing_and_takes_nothing_by_its_position(path):
    # an import may turn the file into one of MMEngine's lazy configs
    nodes = ast.walk(ast.parse(path.read_text()))
    assert not any(isinstance(n, ast.Import | ast.ImportFrom) for n in nodes)
    assert subscripts_by_position(path) == []
    # options of MMEngine's kind, as `pipeline.6.encoder`
    assert not re.search(r'pipeline\.-?\d', path.read_text())


@parametrize_files(LEAVES)
def test_a_leaf_is_short_and_says_how_it_is_trained_and_what_to_expect(path):
    text = path.read_text()
    # comments and lines that only close brackets are easy to read
    lines = [line.strip() for line in text.splitlines()]
    code = [line for line in lines if line.strip('()[]{},') and line[0] != '#']
    assert len(code) <= MAX_LINES
    head = ' '.join(text.split('_base_')[0].split()).replace('# ', '')
    assert re.search(r'\d+ (persons|animals|images)', head)
    assert re.search(r'\d+ epochs', head)
    if 'synthetic' not in path.stem:
        assert '8 GPUs x 32' in head or path not in TOPDOWN
        assert re.search(r'reports? AP|Reported .* AP|Not yet measured', head)


@parametrize_files(TOPDOWN)
def test_a_leaf_has_the_base_of_the_input_size_in_its_name(path):
    size = re.search(r'\d+x\d+|tiny', path.stem)[0].replace('tiny', '128x96')
    sized = [
        base.stem
        for base in bases(path)
        if re.match(r'\d+x\d+', base.stem) and base.parent.name == '_base_'
    ]
    # the first one is the nearest, and overrides those below it
    assert re.match(r'\d+x\d+', sized[0])[0] == size
    height, width = map(int, size.split('x'))
    assert load(path).codec.input_size == (width, height)


def test_every_transform_of_the_pipelines_is_written_once():
    written = Counter()
    for path in FILES:
        for step in steps(path):
            (name,) = re.findall(r"type='(\w+)'", step)[:1]
            if name not in SIZED:
                assert path.parent.name == '_base_', (path.name, step)
                written[step] += 1
    twice = {step for step, count in written.items() if count > 1}
    # both recipes flip every second time
    assert twice == {"dict(type='FastRandomFlip', prob=0.5)"}


@pytest.mark.parametrize(
    ('recipe', 'names'),
    [
        (
            'coco_recipe',
            [
                'mlpe_resnest50_256x192.py',
                'mlpe_resnest101_384x288.py',
                'keypoints/mlpe_resnest50_256x256_mpii.py',
            ],
        ),
        (
            'synthetic_recipe',
            ['mlpe_tiny_synthetic.py', 'mlpe_resnest50_256x192_synthetic.py'],
        ),
        (
            'plus_recipe',
            [
                'plus/mlpe-plus_resnest50_256x192.py',
                'plus/mlpe-plus_resnest101_384x288.py',
            ],
        ),
    ],
)
def test_pipelines_of_a_recipe_differ_in_the_input_size_only(recipe, names):
    pipelines = []
    for name in names:
        assert recipe in {base.stem for base in bases(CONFIGS / name)}
        config = Config.fromfile(CONFIGS / name)
        pair = [
            config[f'{split}_dataloader'].dataset.pipeline
            for split in ('train', 'val', 'test')
        ]
        for step in [step for pipeline in pair for step in pipeline]:
            if step['type'] in SIZED:
                step.pop('input_size', None)
                step.pop('encoder', None)
        pipelines.append(pair)
    assert all(pair == pipelines[0] for pair in pipelines)


@parametrize_files(TOPDOWN)
def test_the_named_parts_are_those_of_the_pipelines(path):
    # so that a child config can build on them
    config = load(path)
    for split in ('train', 'val'):
        dataset = config[f'{split}_dataloader'].dataset
        assert dataset.pipeline == config[f'{split}_pipeline']
    train = config.train_pipeline
    before = config.before_target
    assert [*before, config.pack] == [
        step for step in train if step['type'] != 'GenerateTarget'
    ]
    marks = [s for s in before if s['type'] == 'MarkOccludedKeypoints']
    assert marks in ([], [config.mark_occluded])
    assert before == [*config.before_crop, *config.to_input]
    assert config.before_crop == [
        *config.loading,
        *marks,
        *config.augmentation,
    ]
