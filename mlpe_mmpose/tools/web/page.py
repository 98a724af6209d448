"""The page: which answer belongs to which click.

Import this module only where Gradio is installed.
"""

import functools
import html
from collections.abc import Callable

import gradio as gr

from .layout import Layout
from .pose_service import PoseService
from .uploads import add_corner

# seconds between two clean-ups of uploads and pictures, and their age then
CLEAN_EVERY, CLEAN_AFTER = 60, 900


def build_page(service: PoseService, levels: list[str]) -> gr.Blocks:
    """Build the page.

    Args:
        service (PoseService): Gives the answers
        levels (list[str]): Names of the heatmaps, coarse to refined; none
            if the network predicts no heatmaps

    Returns:
        gradio.Blocks: The page, not yet open.
    """
    with gr.Blocks(
        title='MLPE',
        analytics_enabled=False,
        delete_cache=(CLEAN_EVERY, CLEAN_AFTER),
    ) as page:
        gr.Markdown('## Poses in an image')
        layout = Layout(levels, service.detector is not None)
        _refuse_addresses(layout.file)
        _connect_boxes(layout, service)
        _connect_poses(layout, service)
    return page


def _refuse_addresses(file: gr.File) -> None:
    """Take uploaded files only.

    Gradio would fetch an address that is sent in place of a file, however
    large it is.
    """
    move = file.async_move_resource_to_block_cache

    async def move_upload(path: str | None) -> str | None:
        if path is not None and '://' in str(path):
            raise gr.Error('Upload the image: addresses are not fetched.')
        return await move(path)

    file.async_move_resource_to_block_cache = move_upload


def _show_errors(answer: Callable) -> Callable:
    """Show the errors of wrong input to the visitor, as text.

    The page shows messages as HTML, and file names come from the visitor.
    """

    @functools.wraps(answer)
    def wrapped(*args: object) -> object:
        try:
            return answer(*args)
        except ValueError as error:
            text = html.escape(str(error))
            raise gr.Error(text, print_exception=False) from error

    return wrapped


def _connect_boxes(layout: Layout, service: PoseService) -> None:
    """Show an upload, and let the visitor draw, type and detect boxes."""

    @_show_errors
    def click(path: str | None, text: str, event: gr.SelectData) -> str:
        scale = service.find_scale(path)
        x, y = event.index
        return add_corner(text, round(x * scale, 1), round(y * scale, 1))

    show, detect = _show_errors(service.show), _show_errors(service.detect)
    file, boxes, view = layout.file, layout.boxes, layout.view
    private = dict(api_visibility='private')
    # what shows progress would hide the picture from the next click
    no_progress = dict(private, show_progress='hidden')
    file.change(show, [file, boxes], view, api_name='show')
    boxes.change(
        show, [file, boxes], view, trigger_mode='always_last', **no_progress
    )
    # another image has no boxes yet
    file.clear(lambda: '', None, boxes, **private)
    view.select(click, [file, boxes], boxes, **no_progress)
    layout.clear.click(lambda: '', None, boxes, **private)
    layout.detect.click(detect, file, boxes, api_name='detect')


def _connect_poses(layout: Layout, service: PoseService) -> None:
    """Show the poses in the boxes, and the heatmaps of a level."""

    @_show_errors
    def find_poses(path: str | None, text: str) -> tuple:
        answer = service.answer(path, text)
        people = len(answer.scores[0]) - 1
        headers = ['', *(f'person {i + 1}' for i in range(people))]
        refined = len(answer.levels) - 1 if answer.levels else None
        cache = layout.download.GRADIO_CACHE
        saved = gr.processing_utils.save_bytes_to_cache(
            answer.json_text.encode(), 'poses.json', cache
        )
        return (
            answer.skeletons,
            gr.Gallery(answer.levels, selected_index=refined),
            refined or 0,
            dict(headers=headers, data=answer.scores),
            saved,
        )

    layout.find.click(
        find_poses,
        [layout.file, layout.boxes],
        [
            layout.skeletons,
            layout.heatmaps,
            layout.level,
            layout.scores,
            layout.download,
        ],
        api_name='poses',
    )
    layout.level.change(
        lambda index: gr.Gallery(selected_index=int(index)),
        layout.level,
        layout.heatmaps,
        api_visibility='private',
    )
