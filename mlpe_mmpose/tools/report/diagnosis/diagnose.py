"""The diagnosis of a results file."""

import dataclasses
from pathlib import Path

import numpy as np
from mmpose.datasets.datasets.utils import parse_pose_metainfo
from xtcocotools.coco import COCO

from mlpe_mmpose.evaluation.metrics.cpp_evaluation import evaluate_in_cpp
from mlpe_mmpose.evaluation.metrics.fast_coco_metric import STATS

from .findings import Diagnosis, ErrorKind, KeypointError, WorstPerson
from .ground_truth import GroundTruth
from .matching import KINDS, Matches, distances, error_kinds, match
from .people import People
from .results import read_people
from .slices import by_crowding, by_size, by_visibility, counted
from .truth import read_truth

WORST = 24


def diagnose(
    ann_file: str | Path, results: str | Path, metainfo: dict
) -> Diagnosis:
    """Find out what is wrong with predictions.

    Errors are sorted as by Ronchi and Perona (ICCV 2017); docs/report.md has
    every definition. Figures are faster-coco-eval's, which are COCO's.

    Args:
        ann_file (str | Path): Annotations in COCO's format
        results (str | Path): ``*.keypoints.json`` that FastCocoMetric or
            CocoMetric wrote
        metainfo (dict): The data set's metainfo, as of its class's
            ``METAINFO``, or as MMPose has parsed it

    Raises:
        OSError: If a file cannot be read.
        ValueError: If the annotations are not in COCO's format, or the
            results are not of these annotations.
    """
    if 'flip_indices' not in metainfo:
        metainfo = parse_pose_metainfo(metainfo)
    sigmas = np.asarray(metainfo['sigmas'], dtype=float)
    coco, truth = read_truth(ann_file, len(sigmas))
    people = read_people(Path(results), len(sigmas), truth)
    return _Case(coco, truth, people, sigmas, metainfo).findings()


@dataclasses.dataclass
class _Case:
    """One results file beside its truth, both as columns."""

    coco: COCO
    truth: GroundTruth
    people: People
    sigmas: np.ndarray
    metainfo: dict

    def evaluate(self, truth: GroundTruth, people: People) -> dict[str, float]:
        """COCO's figures by name."""
        stats = evaluate_in_cpp(
            self.coco,
            truth.as_rows(),
            people.as_rows(truth.image_ids),
            self.sigmas,
            'keypoints',
            lambda line: None,
        )
        return dict(zip(STATS['keypoints'], map(float, stats), strict=True))

    def ap(self, truth: GroundTruth) -> float:
        """AP on other annotations."""
        return self.evaluate(truth, self.people)['AP']

    def findings(self) -> Diagnosis:
        """Everything, from figures down to single people."""
        truth, people = self.truth, self.people
        matches = match(truth, people, self.sigmas)
        far = distances(truth, people, matches, self.sigmas)
        kinds = error_kinds(
            truth, people, matches, self.sigmas, self.metainfo['flip_indices']
        )
        metrics = self.evaluate(truth, people)
        names = self.metainfo['keypoint_id2name']
        return Diagnosis(
            keypoint_names=tuple(names[i] for i in range(len(names))),
            num_images=len(truth.image_ids),
            num_people=int(counted(truth).sum()),
            num_found=len(matches.truth),
            num_detections=len(people),
            metrics=metrics,
            by_size=by_size(truth, metrics),
            by_visibility=by_visibility(truth, self.ap),
            by_crowding=by_crowding(truth, self.ap),
            keypoints=tuple(
                _keypoint(names[i], far[:, i]) for i in range(len(names))
            ),
            num_good=int((kinds == 0).sum()),
            errors=tuple(
                self.error(kind, matches, kinds, metrics['AP'])
                for kind in range(1, len(KINDS))
            ),
            worst=self.worst(matches, kinds),
        )

    def error(
        self, kind: int, matches: Matches, kinds: np.ndarray, ap: float
    ) -> ErrorKind:
        """A kind of error, and the AP without it."""
        places, keypoints = np.nonzero(kinds == kind)
        fixed = self.people.keypoints.copy()
        fixed[matches.people[places], keypoints, :2] = self.truth.keypoints[
            matches.truth[places], keypoints, :2
        ]
        people = dataclasses.replace(self.people, keypoints=fixed)
        better = self.evaluate(self.truth, people)['AP'] if len(places) else ap
        share = len(places) / max(int((kinds >= 0).sum()), 1)
        return ErrorKind(KINDS[kind], len(places), share, better, better - ap)

    def worst(
        self, matches: Matches, kinds: np.ndarray
    ) -> tuple[WorstPerson, ...]:
        """Those least like their annotation; who was not found comes first."""
        place = dict(
            zip(matches.truth, range(len(matches.truth)), strict=True)
        )
        rows = np.flatnonzero(counted(self.truth))
        oks = np.array(
            [matches.oks[place[row]] if row in place else 0.0 for row in rows]
        )
        # of equals those with more keypoints, who tell more
        order = np.lexsort((-self.truth.num_keypoints[rows], oks))[:WORST]
        return tuple(
            self.person(rows[i], place.get(rows[i]), oks[i], matches, kinds)
            for i in order
        )

    def person(
        self,
        row: int,
        place: int | None,
        oks: float,
        matches: Matches,
        kinds: np.ndarray,
    ) -> WorstPerson:
        """One annotated person, found as match number ``place`` or not."""
        image_id = self.truth.image_ids[self.truth.images[row]].item()
        found = place is not None
        return WorstPerson(
            image_id=image_id,
            file_name=self.coco.imgs[image_id].get('file_name', ''),
            annotation_id=self.truth.ids[row].item(),
            box=tuple(self.truth.boxes[row].tolist()),
            truth=self.truth.keypoints[row],
            predicted=self.people.keypoints[matches.people[place]]
            if found
            else None,
            oks=float(oks),
            kinds=tuple(KINDS[max(k, 0)] for k in kinds[place])
            if found
            else ('',) * len(self.sigmas),
        )


def _keypoint(name: str, far: np.ndarray) -> KeypointError:
    """The distances (M,) of one keypoint; NaN where it is not labelled."""
    far = far[~np.isnan(far)]
    if not len(far):
        return KeypointError(name, 0, np.nan, np.nan, np.nan)
    return KeypointError(
        name,
        len(far),
        float(np.median(far)),
        float(np.quantile(far, 0.9)),
        float(np.exp(-(far**2) / 2).mean()),
    )
