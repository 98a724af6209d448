"""Writes the report of a model."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.evaluation import CocoMetric
from mmpose.registry import DATASETS, METRICS

from mlpe_mmpose.annotations.faults import read_json
from mlpe_mmpose.apis.device import check_device
from mlpe_mmpose.apis.pipeline_steps import name_classes
from mlpe_mmpose.apis.trained_model import explain_config_errors
from mlpe_mmpose.engine.hooks.ohkm_pick_hook import FILE_NAME
from mlpe_mmpose.optional import require

from ..mim_runs import run_mim
from ..output_file import check_output, write_then_check
from .diagnosis.diagnose import NEEDED, diagnose
from .diagnosis.findings import Diagnosis
from .diagnosis.ground_truth import read_truth
from .drawing import COLORS, draw_person
from .levels import draw_levels
from .page import format_percent, render_page


def write_report(
    config: str | Path,
    source: str | Path,
    out_file: str | Path,
    options: dict | None = None,
    device: str = 'cpu',
    say: Callable[[str], None] = print,
) -> Diagnosis:
    """Write a diagnosis as one HTML file that needs no other file.

    Args:
        config (str | Path): Config of the model; its test data set is used
        source (str | Path): Checkpoint of the model, which is tested first,
            or a results file, ``*.json``, of an earlier test
        out_file (str | Path): The HTML file
        options (dict, optional): Changes of the config
        device (str): Device that computes the heatmaps of a checkpoint.
            Defaults to ``'cpu'``
        say (callable): Takes each line of progress. Defaults to ``print``

    Returns:
        Diagnosis: The diagnosis that the page shows.

    Raises:
        MissingPackageError: If faster-coco-eval is not installed.
        OSError: If a file is missing, or the page cannot be written.
        ValueError: If the device cannot be used, the results do not fit the
            config's data set, or its annotations are not in COCO's format.
        RuntimeError: If the test fails; the message ends with its output.
    """
    require(*NEEDED)
    source, out_file = Path(source), Path(out_file)
    check_output(out_file, config, source)
    tested = source.suffix != '.json'
    if tested:
        check_device(device)
    if not source.is_file():
        raise FileNotFoundError(f'{source} is no file.')
    cfg = name_classes(Config.fromfile(config))
    with explain_config_errors(cfg.filename, options):
        cfg.merge_from_dict(options or {})
    dataset = _dataset(cfg)
    # wrong files are refused before the test, which may take long
    read_truth(dataset.ann_file, dataset.metainfo['num_keypoints'])
    picks = _read_picks(source.with_name(FILE_NAME))
    with tempfile.TemporaryDirectory() as folder:
        results = source
        if tested:
            results = _test(cfg, dataset, source, Path(folder), say)
        say('diagnosing')
        found = diagnose(dataset.ann_file, results, dataset.metainfo)
    images = Path(dataset.data_prefix.get('img', ''))
    links = dataset.metainfo['skeleton_links']
    say(f'drawing {len(found.worst) + len(found.best)} people')
    ap = format_percent(found.metrics['AP'])
    levels = []
    if tested:
        levels = draw_levels(cfg, source, found.worst, images, device)
    text = render_page(
        title=f'{Path(config).stem}: AP {ap}',
        subtitle=f'{source} on {dataset.ann_file}',
        found=found,
        metrics={'AP': 'AP', 'AP .5': 'AP50', 'AP .75': 'AP75', 'AR': 'AR'},
        picks=picks,
        tested=tested,
        levels=levels,
        worst=[(p, draw_person(p, images, links)) for p in found.worst],
        best=[(p, draw_person(p, images, links)) for p in found.best],
        colors=COLORS,
    )
    with write_then_check(out_file) as unproven:
        unproven.write_text(text, encoding='utf-8')
    return found


def _dataset(config: Config) -> object:
    """Build the test data set without reading its annotations."""
    init_default_scope('mmpose')
    if config.get('test_dataloader') is None:
        raise ValueError(
            f'report needs the data set of a test, and {config.filename} has '
            'no test_dataloader.'
        )
    described = dict(config.test_dataloader.dataset, lazy_init=True)
    dataset = DATASETS.build(described)
    if not getattr(dataset, 'ann_file', ''):
        raise ValueError(
            f'report diagnoses one data set, and test_dataloader.dataset of '
            f'{config.filename} is a {type(dataset).__name__} without an '
            'ann_file. Write a config for each data set that it joins, with '
            'that data set in test_dataloader and its metric in '
            'test_evaluator.'
        )
    if not Path(dataset.ann_file).is_file():
        raise FileNotFoundError(
            f'{dataset.ann_file} is missing: set '
            'test_dataloader.dataset.data_root by --cfg-options.'
        )
    return dataset


def _test(
    config: Config,
    dataset: object,
    checkpoint: Path,
    folder: Path,
    say: Callable[[str], None],
) -> Path:
    """Test the checkpoint, and return the results file.

    The metric reads the data set's annotations, wherever those lie.
    """
    if dataset.bbox_file and not Path(dataset.bbox_file).is_file():
        raise FileNotFoundError(
            f'{dataset.bbox_file} is missing: set '
            'test_dataloader.dataset.bbox_file by --cfg-options, to None for '
            'the boxes of the annotations.'
        )
    prefix = folder / 'results'
    changed = folder / 'config.py'
    metric = dict(_coco_metric(config), outfile_prefix=str(prefix))
    metric['ann_file'] = dataset.ann_file
    Config(dict(config, test_evaluator=metric)).dump(changed)
    args = ['-C', str(checkpoint), '--work-dir', str(folder / 'test')]
    say('testing')
    run_mim('test', changed, args, folder / 'test.log', say, _progress)
    return Path(f'{prefix}.keypoints.json')


def _coco_metric(config: Config) -> dict:
    """Return the metric of the test that can write a results file."""
    metrics = config.get('test_evaluator') or []
    metrics = metrics if isinstance(metrics, list) else [metrics]
    for metric in metrics:
        kind = METRICS.get(metric['type'])
        # an evaluator, as MultiDatasetEvaluator, is no metric
        if kind is not None and issubclass(kind, CocoMetric):
            return metric
    raise ValueError(
        f'test_evaluator of {config.filename} needs a CocoMetric, whose '
        f'results are diagnosed; it has {[m["type"] for m in metrics]}.'
    )


def _progress(line: str) -> str | None:
    """Return a line as `Epoch(test) [50/157] eta: ...` without its date."""
    if 'Epoch(test)' not in line:
        return None
    return line[line.index('Epoch(test)') :].split('data_time')[0].strip()


def _read_picks(path: Path) -> dict[int, dict[str, float]]:
    """Read the file of OHKMPickHook beside the checkpoint, if any.

    Returns:
        dict: Number of the first and of the last epoch -> name of a keypoint
        -> how often it was picked where it was labelled, 0 to 1.
    """
    content = read_json(path) if path.is_file() else None
    if not content or not content['epochs']:
        return {}
    return {
        epoch['epoch']: {
            name: picked / max(labelled, 1)
            for name, picked, labelled in zip(
                content['keypoints'],
                epoch['picked'],
                epoch['labelled'],
                strict=True,
            )
        }
        for epoch in (content['epochs'][0], content['epochs'][-1])
    }
