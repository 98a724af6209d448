"""The data set that a comparison trains and tests on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from mmengine.config import Config
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.registry import DATASETS

from mlpe_mmpose.annotations.faults import refuse_mark
from mlpe_mmpose.annotations.fields import Use
from mlpe_mmpose.annotations.read import read_annotations
from mlpe_mmpose.apis.pipeline_steps import name_type

from .config_parts import sees_whole_images
from .fit_head import fit_head

TRAIN, VAL = (
    dict(
        ann_file=f'annotations/person_keypoints_{split}2017.json',
        img=f'{split}2017/',
    )
    for split in ('train', 'val')
)
DETECTIONS = (
    'person_detection_results/COCO_val2017_detections_AP_H_56_person.json'
)
HELP = (
    '`python -m mlpe_mmpose synth FOLDER` makes data in the layout of COCO; '
    'docs/compare.md says how other data are described.'
)


@dataclass(frozen=True)
class DataSet:
    """Annotation files, image folders, and what the keypoints are.

    Args:
        root (str): Folder that the other paths are relative to
        train (dict): ``ann_file``, a file in COCO's format, and ``img``, the
            folder of its images. Defaults to COCO's names
        val (dict): The same, to validate and to test with
        boxes (str, optional): File of detections to test with; with ``None``,
            the boxes of the annotations are used. Defaults to COCO's file,
            which may be missing: the boxes of the annotations are used then
        type (str, optional): MMPose's class of the data set. Defaults to the
            class in the configs
        metainfo (str, optional): A file of MMPose's kind that describes the
            keypoints. Defaults to the keypoints of the class
        prefix (str): Name of the metrics in logs. Defaults to ``'coco'``
    """

    root: str
    train: Mapping = field(default_factory=TRAIN.copy)
    val: Mapping = field(default_factory=VAL.copy)
    boxes: str | None = DETECTIONS
    type: str | None = None
    metainfo: str | None = None
    prefix: str = 'coco'

    def options(self) -> dict:
        """Return the options that make any config use the data set.

        Where the data set has COCO's names, the config's names stay. What
        depends on the config is left to :meth:`fit`.
        """
        root, options = Path(self.root), {}
        for loader, part, of_config in (
            ('train', self.train, TRAIN),
            ('val', self.val, VAL),
            ('test', self.val, VAL),
        ):
            changes = dict(data_root=f'{root}/')
            if part != of_config:
                changes['ann_file'] = part['ann_file']
                changes['data_prefix'] = dict(img=part['img'])
            if self.type:
                changes['type'] = self.type
            if self.metainfo:
                changes['metainfo'] = dict(from_file=self.metainfo)
            for key, value in changes.items():
                options[f'{loader}_dataloader.dataset.{key}'] = value
        for evaluator in ('val_evaluator', 'test_evaluator'):
            options[f'{evaluator}.ann_file'] = str(root / self.val['ann_file'])
            if self.prefix != 'coco':
                options[f'{evaluator}.prefix'] = self.prefix
                best = f'{self.prefix}/AP'
                options['default_hooks.checkpoint.save_best'] = best
        boxes = root / self.boxes if self.boxes else None
        options['test_dataloader.dataset.bbox_file'] = (
            str(boxes) if boxes and boxes.is_file() else None
        )
        return options

    def fit(self, config: Config) -> None:
        """Fit a config, which has got the options, to the data set.

        The metrics get the annotation file that the data loader reads. With
        a class or a file of keypoints, the network predicts as many
        keypoints. A network that sees whole images is tested without boxes.

        Args:
            config (Config): The config, which is changed in place

        Raises:
            ValueError: If it combines data sets, or its head cannot have the
                number of keypoints.
        """
        _refuse_combined(config)
        for split in ('val', 'test'):
            dataset = config[f'{split}_dataloader'].dataset
            if 'ann_file' in dataset:
                file = Path(dataset.data_root, dataset.ann_file)
                config[f'{split}_evaluator'].ann_file = str(file)
        if sees_whole_images(config):
            config.test_dataloader.dataset.bbox_file = None
        if not (self.type or self.metainfo):
            return
        fit_head(config, self.describe_keypoints()['num_keypoints'])

    def describe_keypoints(self) -> dict:
        """Return MMPose's description of the keypoints."""
        metainfo = self.metainfo and dict(from_file=self.metainfo)
        return _describe(self.type or 'CocoDataset', metainfo)

    def check(self, configs: Iterable[Config] = ()) -> None:
        """Refuse files that are missing or do not fit.

        Args:
            configs (Iterable[Config]): Configs that have been fitted; the
                annotation files that only they name are checked as well

        Raises:
            FileNotFoundError: If an annotation file, an image, the file of
                keypoints, or a file of boxes that is not COCO's does not
                exist; the message has its path.
            ValueError: If MMPose has no such class of data sets, or an
                annotation file is not in COCO's format, or has another number
                of keypoints than the data set or the config.
        """
        self._check_boxes()
        number = self.describe_keypoints()['num_keypoints']
        root = Path(self.root)
        files = {
            (root / part['ann_file'], root / part['img']): number
            for part in (self.train, self.val)
        }
        for config in configs:
            for pair, known in _list_files(config):
                files.setdefault(pair, known)
        for (path, images), number in files.items():
            if not path.is_file():
                raise FileNotFoundError(f'{path} is missing: {HELP}')
            use = Use.TRAIN | Use.EVALUATE
            refuse_mark(path)
            read_annotations(path, use, range(number), images)

    def _check_boxes(self) -> None:
        """Refuse a missing file of boxes, unless it is COCO's."""
        boxes = self.boxes and Path(self.root, self.boxes)
        if boxes and self.boxes != DETECTIONS and not boxes.is_file():
            raise FileNotFoundError(
                f'{boxes} is missing, the file of detections that '
                f'boxes={self.boxes!r} names. With boxes=None, the boxes of '
                'the annotations are used.'
            )


def _describe(kind: str, metainfo: Mapping | None) -> dict:
    """Return MMPose's description of the keypoints of a class or a file."""
    if metainfo:
        return parse_pose_metainfo(metainfo)
    found = DATASETS.get(kind)
    if not found:
        raise ValueError(
            f'the data set has type={kind!r}, which is no class that MMPose '
            "knows. COCO's is 'CocoDataset'; for other keypoints, leave out "
            'type and name a file of keypoints with metainfo.'
        )
    return parse_pose_metainfo(found.METAINFO)


def _refuse_combined(config: Config) -> None:
    """Refuse data sets whose parts read files of their own."""
    for split in ('train', 'val', 'test'):
        dataset = config[f'{split}_dataloader'].dataset
        # the parts of CombinedDataset, or what RepeatDataset repeats
        if 'datasets' in dataset or 'dataset' in dataset:
            raise ValueError(
                f'{split}_dataloader reads a {name_type(dataset)}, whose '
                'parts would have files of their own, and not those that all '
                'experiments share. Give the config one data set, as '
                "type='CocoDataset'."
            )


def _list_files(config: Config) -> Iterator[tuple[tuple[Path, Path], int]]:
    """Yield annotation file and folder of images, and number of keypoints."""
    for split in ('train', 'val', 'test'):
        dataset = config[f'{split}_dataloader'].dataset
        # a class of the user's may have no such file
        if 'ann_file' in dataset:
            root = Path(dataset.data_root)
            images = root / dataset.get('data_prefix', {}).get('img', '')
            known = _describe(dataset.type, dataset.get('metainfo'))
            yield (root / dataset.ann_file, images), known['num_keypoints']


def read_dataset(data: str | Path, described: Mapping) -> DataSet:
    """Combine ``--data`` and the ``data`` of a suite.

    Args:
        data (str): Folder of the data, or a Python file with ``data``, a dict
            with the arguments of :class:`DataSet`, that is used in place of
            the suite's
        described (Mapping): The suite's ``data``, without ``root``

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a key is unknown or missing.
    """
    values, source = {**described, 'root': str(data)}, 'the suite'
    if Path(data).suffix == '.py':
        values = Config.fromfile(data).to_dict().get('data')
        source = str(data)
    try:
        found = DataSet(**values)
        for part in (found.train, found.val):
            _ = part['ann_file'], part['img']
        _ = Path(found.root)
    except (KeyError, TypeError) as error:
        known = ', '.join(f.name for f in fields(DataSet))
        raise ValueError(
            f'{source}: data = {values!r:.80} describes no data set '
            f'({error!r}). It is a dict of {known}; train and val are dicts '
            'of ann_file and img.'
        ) from error
    return found
