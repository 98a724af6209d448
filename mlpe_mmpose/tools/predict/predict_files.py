"""Predicts the poses in files, and writes pictures and results."""

import contextlib
import dataclasses
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from mlpe_mmpose.prefetch import prefetch

from ..mim_runs import STOPS
from .frames import Frame, Unreadable
from .inputs import Input, open_input
from .json_list import JsonList
from .people import People, set_boxes
from .pictures import Pictures, is_picture_folder
from .pose_model import PoseModel
from .tracks import track

# our choice: images that wait between two threads. A detector's or a network's
# batch may be late by some; more would only cost memory.
AHEAD = 8
RESULTS, IMAGES = 'results.json', 'images.json'


@dataclasses.dataclass
class Summary:
    """What has been predicted.

    Args:
        total (int, optional): Number of images; ``None`` if unknown
        images (int): Images that are done
        people (int): People in them
        seconds (float): Since the first image was asked for
        unreadable (list): Images, or the video, that could not be read, or
            not to their ends
        stopped (bool): Whether Ctrl-C ended the prediction early
    """

    total: int | None
    images: int = 0
    people: int = 0
    seconds: float = 0.0
    unreadable: list[Unreadable] = dataclasses.field(default_factory=list)
    stopped: bool = False


def predict_files(
    source: str,
    out_dir: str | Path,
    model: PoseModel,
    people: People,
    ann_file: str | None = None,
    pictures: bool = True,
    track_people: bool = False,
    smooth: bool = False,
    report: Callable[[Summary], None] | None = None,
) -> Summary:
    """Predict the poses in images or a video, and write what was found.

    Reading, detecting, cropping, the network, and writing run in threads of
    their own. A file that cannot be read is left out, and a video that ends
    too early is named after its last frame. Ctrl-C ends the prediction: all
    that was done is in the files, and they are complete.

    The folder gets ``results.json``, a list in COCO's result format, and with
    pictures the images with skeletons in ``skeletons/``, or a video. For
    images, ``images.json`` has the ``id``, ``file_name``, ``width`` and
    ``height`` of each. A person whom nobody found has no pose.

    Args:
        source (str): An image, a folder, a pattern, a video, a camera's
            number, the address of a stream, or a ``.txt`` file with one path
            a line
        out_dir (str | Path): Folder for the results, made if necessary
        model (PoseModel): The network
        people (People): Where the boxes of people come from
        ann_file (str, optional): Annotations in COCO's format that give the
            images their ids. Defaults to the numbers in the file names, or
            1, 2, 3...
        pictures (bool): Whether to write pictures or a video. Defaults to
            ``True``
        track_people (bool): Whether to number people over a video. Defaults
            to ``False``
        smooth (bool): Whether to smooth the keypoints of tracks. Defaults to
            ``False``
        report (callable, optional): Takes the summary after each image

    Returns:
        Summary: What has been predicted.

    Raises:
        FileExistsError: If the folder has results already, or a file with
            their names.
        FileNotFoundError: If a file is missing, or there is no image.
        ValueError: If an argument or a file does not fit. Nothing has been
            written then.
    """
    out_dir = Path(out_dir)
    model.check()
    people.check()
    if model.heatmaps and not pictures:
        raise ValueError(
            '--heatmaps draws, and --no-pictures writes no pictures. Leave '
            'one of them out.'
        )
    images = open_input(source, ann_file)
    _check_out(out_dir, images, pictures)
    _check_tracks(source, images, track_people, smooth)
    find = people.load(images)
    network = model.load()
    summary = Summary(images.count)
    frames = _drop_unreadable(images.read(), summary)
    frames = prefetch(set_boxes(prefetch(frames, AHEAD), find), AHEAD)
    frames = prefetch(network.predict(frames), AHEAD)
    found = frames
    if track_people:
        found = track(frames, images.fps, smooth)
    out_dir.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(frames), contextlib.ExitStack() as files:
        writers = _open_files(out_dir, images, files)
        if pictures:
            painted = Pictures(out_dir, images, network.painter())
            writers.append(files.enter_context(painted).write)
        _write(found, writers, summary, report)
    return summary


def _check_out(out_dir: Path, images: Input, pictures: bool) -> None:
    """Check that neither results nor images of the user are overwritten."""
    names = (RESULTS, IMAGES) if images.fps is None else (RESULTS,)
    if found := [name for name in names if (out_dir / name).exists()]:
        raise FileExistsError(
            f'{out_dir} has {" and ".join(found)} already. Choose another '
            '--out, or remove the files.'
        )
    place = out_dir.resolve()
    for folder in {path.parent for path in images.paths.values()}:
        below, *_ = os.path.relpath(folder.resolve(), place).split('/')
        if pictures and is_picture_folder(below):
            raise ValueError(
                f'INPUT has images in {folder}, into which --out={out_dir} '
                'writes pictures. Choose another --out.'
            )


def _check_tracks(
    source: str, images: Input, track_people: bool, smooth: bool
) -> None:
    """Check that what is to be tracked is a video."""
    if smooth and not track_people:
        raise ValueError('--smooth filters tracks: add --track.')
    if track_people and images.fps is None:
        raise ValueError(
            f'--track numbers people over a video, got INPUT={source}, '
            'which is no video.'
        )


def _drop_unreadable(
    items: Iterable[Frame | Unreadable], summary: Summary
) -> Iterator[Frame]:
    """Yield the frames, and note what could not be read."""
    for item in items:
        if isinstance(item, Unreadable):
            summary.unreadable.append(item)
        else:
            yield item


def _open_files(
    out_dir: Path, images: Input, files: contextlib.ExitStack
) -> list[Callable[[Frame], None]]:
    """Open the JSON files, and return what writes a frame to them."""
    results = files.enter_context(JsonList(out_dir / RESULTS))
    writers = [lambda frame: results.append(frame.to_results())]
    if images.fps is None:
        listed = files.enter_context(JsonList(out_dir / IMAGES))
        writers.append(
            lambda frame: listed.append(
                [
                    dict(
                        id=frame.image_id,
                        file_name=frame.name,
                        width=frame.image.shape[1],
                        height=frame.image.shape[0],
                    )
                ]
            )
        )
    return writers


def _write(
    frames: Iterable[Frame],
    writers: list[Callable[[Frame], None]],
    summary: Summary,
    report: Callable[[Summary], None] | None,
) -> None:
    """Write every frame, until the end or Ctrl-C."""
    start = time.perf_counter()
    try:
        for frame in frames:
            with _delay_stops():
                for write in writers:
                    write(frame)
                summary.images += 1
                summary.people += len(frame.boxes)
                summary.seconds = time.perf_counter() - start
            if report is not None:
                report(summary)
    except KeyboardInterrupt:
        summary.stopped = True


@contextlib.contextmanager
def _delay_stops() -> Iterator[None]:
    """Let a signal that ends the program wait until a frame is in all files.

    Ctrl-C is one. A signal that is ignored, as by ``nohup``, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = []
    handlers = {
        number: signal.signal(number, lambda number, _: came.append(number))
        for number in STOPS
        # None: the handler was not set by Python
        if signal.getsignal(number) not in (signal.SIG_IGN, None)
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for number in came:
        signal.raise_signal(number)
