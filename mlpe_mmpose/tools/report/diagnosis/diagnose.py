"""The diagnosis of a results file."""

import dataclasses
from pathlib import Path

import numpy as np
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from xtcocotools.coco import COCO

from mlpe_mmpose.optional import require

from .detections import Detections
from .findings import Diagnosis, ErrorKind, ExamplePerson, KeypointError
from .ground_truth import GroundTruth, read_truth
from .matching import KINDS, Matches, compute_similarity, match
from .slices import slice_people

# our choice: numbers of the worst and best predictions that a diagnosis keeps
WORST, BEST = 24, 8
# the optional package, and what needs it
NEEDED = ('faster_coco_eval', 'The diagnosis of predictions')


def diagnose(
    ann_file: str | Path, results: str | Path, metainfo: dict
) -> Diagnosis:
    """Find out what is wrong with predictions.

    The kinds of error are those of Ronchi and Perona (ICCV 2017);
    docs/report.md defines them. faster-coco-eval computes the metrics.

    Args:
        ann_file (str | Path): Annotations in COCO's format
        results (str | Path): ``*.keypoints.json``, written by FastCocoMetric
            or CocoMetric
        metainfo (dict): The metainfo of the data set, as in the ``METAINFO``
            of its class, or as MMPose has parsed it

    Returns:
        Diagnosis: The metrics, the errors, and the worst and best people.

    Raises:
        MissingPackageError: If faster-coco-eval is not installed.
        OSError: If a file cannot be read.
        ValueError: If the annotations are not in COCO's format, or the
            results do not belong to these annotations.
    """
    require(*NEEDED)
    if 'flip_indices' not in metainfo:
        metainfo = parse_pose_metainfo(metainfo)
    sigmas = np.asarray(metainfo['sigmas'], dtype=float)
    coco, truth = read_truth(ann_file, len(sigmas))
    detections = Detections.from_file(Path(results), len(sigmas), truth)
    return _Case(coco, truth, detections, sigmas, metainfo).diagnose()


@dataclasses.dataclass
class _Case:
    """A results file and the annotations that it belongs to."""

    coco: COCO
    truth: GroundTruth
    detections: Detections
    sigmas: np.ndarray
    metainfo: dict

    def compute_metrics(
        self,
        truth: GroundTruth | None = None,
        detections: Detections | None = None,
    ) -> dict[str, float]:
        """Compute COCO's metrics by name, for changed data if it is given."""
        # this module imports an optional package
        from mlpe_mmpose.evaluation.metrics import cpp_evaluation

        return cpp_evaluation.evaluate_in_cpp(
            self.coco,
            (truth or self.truth).as_rows(),
            (detections or self.detections).as_rows(self.truth.image_ids),
            self.sigmas,
            'keypoints',
            lambda line: None,
        )

    def diagnose(self) -> Diagnosis:
        """Compute all parts of the diagnosis."""
        truth = self.truth
        flip_indices = self.metainfo['flip_indices']
        matches = match(truth, self.detections, self.sigmas, flip_indices)
        metrics = self.compute_metrics()
        names = self.metainfo['keypoint_id2name']
        best = np.argsort(-matches.oks, kind='stable')
        return Diagnosis(
            num_images=len(truth.image_ids),
            num_people=int(truth.evaluated.sum()),
            num_found=len(matches.truth),
            num_detections=len(self.detections.scores),
            metrics=metrics,
            slices=slice_people(
                truth, metrics, lambda part: self.compute_metrics(part)['AP']
            ),
            keypoints=tuple(
                _summarize(names[i], matches.distances[:, i])
                for i in range(len(names))
            ),
            num_good=int((matches.kinds == 0).sum()),
            errors=tuple(
                self.correct(kind, matches, metrics['AP'])
                for kind in range(1, len(KINDS))
            ),
            worst=self.describe(matches, self.sort_people(matches)[:WORST]),
            best=self.describe(matches, matches.truth[best][:BEST]),
        )

    def correct(self, kind: int, matches: Matches, ap: float) -> ErrorKind:
        """Count the errors of a kind, and compute the AP without them."""
        pairs, columns = np.nonzero(matches.kinds == kind)
        rows = matches.truth[pairs]
        keypoints = self.detections.keypoints.copy()
        keypoints[matches.detections[pairs], columns, :2] = (
            self.truth.keypoints[rows, columns, :2]
        )
        corrected = dataclasses.replace(self.detections, keypoints=keypoints)
        if len(pairs):
            fixed = self.compute_metrics(detections=corrected)['AP']
        else:
            fixed = ap
        share = len(pairs) / max(int((matches.kinds >= 0).sum()), 1)
        return ErrorKind(KINDS[kind], len(pairs), share, fixed, fixed - ap)

    def sort_people(self, matches: Matches) -> np.ndarray:
        """Return the rows of the annotated people, smallest OKS first.

        People without a matched detection have an OKS of 0. People of the
        same OKS are sorted by the number of their keypoints, most first.
        """
        oks = np.zeros(len(self.truth.ids))
        oks[matches.truth] = matches.oks
        order = np.lexsort((-self.truth.num_keypoints, oks))
        return order[self.truth.evaluated[order]]

    def describe(
        self, matches: Matches, rows: np.ndarray
    ) -> tuple[ExamplePerson, ...]:
        """Describe annotated people, and the detections that match them."""
        pairs = {row: pair for pair, row in enumerate(matches.truth)}
        people = []
        for row in rows:
            predicted, names, oks = None, ('',) * len(self.sigmas), 0.0
            if row in pairs:
                pair = pairs[row]
                predicted = self.detections.keypoints[matches.detections[pair]]
                # keypoints that are not labelled have kind -1
                names = tuple(KINDS[max(k, 0)] for k in matches.kinds[pair])
                oks = float(matches.oks[pair])
            image_id = self.truth.image_ids[self.truth.images[row]].item()
            person = ExamplePerson(
                file_name=self.coco.imgs[image_id].get('file_name', ''),
                annotation_id=self.truth.ids[row].item(),
                box=tuple(self.truth.boxes[row].tolist()),
                truth=self.truth.keypoints[row],
                predicted=predicted,
                oks=oks,
                kinds=names,
            )
            people.append(person)
        return tuple(people)


def _summarize(name: str, distances: np.ndarray) -> KeypointError:
    """Summarize the distances (M,) of a keypoint; NaN is not labelled."""
    labelled = distances[~np.isnan(distances)]
    if not len(labelled):
        return KeypointError(name, 0, np.nan, np.nan, np.nan)
    return KeypointError(
        name,
        len(labelled),
        float(np.median(labelled)),
        float(np.quantile(labelled, 0.9)),
        float(compute_similarity(labelled).mean()),
    )
