"""The page: what a visitor sees, and which answer belongs to which click."""

import functools
import html
from collections.abc import Callable

from mlpe_mmpose.optional import require

from .pose_service import PoseService
from .uploads import add_corner, format_boxes

# seconds between two clean-ups of uploads and pictures, and their age then
CLEAN_EVERY, CLEAN_AFTER = 60, 900
# without a button that sends a picture to a public site
BUTTONS = ['download', 'fullscreen']
HELP = (
    'Click two corners in the picture to draw a box, or type boxes: left, '
    'top, right, bottom. Without a box, the image is one.'
)


def build_page(service: PoseService, levels: list[str]) -> object:
    """Build the page.

    Args:
        service (PoseService): Gives the answers
        levels (list[str]): Names of the heatmaps, coarse to refined; none
            if the network predicts no heatmaps

    Returns:
        gradio.Blocks: The page, not yet open.
    """
    gr = require('gradio', 'web')
    fail = functools.partial(_turn_errors, gr.Error)
    last = max(len(levels) - 1, 0)
    with gr.Blocks(
        title='MLPE',
        analytics_enabled=False,
        delete_cache=(CLEAN_EVERY, CLEAN_AFTER),
    ) as page:
        gr.Markdown('## Poses in an image')
        with gr.Row():
            with gr.Column():
                file = gr.File(label='Image', file_types=['image'], height=110)
                view = gr.Image(
                    label='Picture',
                    interactive=False,
                    format='jpeg',
                    buttons=['fullscreen'],
                )
                boxes = gr.Textbox(
                    label='Boxes', info=HELP, lines=2, max_length=4000
                )
                with gr.Row():
                    clear = gr.Button('Clear boxes')
                    detect = gr.Button(
                        'Detect people', visible=service.detector is not None
                    )
                    find = gr.Button('Find poses', variant='primary')
            with gr.Column():
                skeletons = gr.Image(
                    label='Skeletons',
                    interactive=False,
                    format='jpeg',
                    buttons=BUTTONS,
                )
                level = gr.Slider(
                    0,
                    max(len(levels) - 1, 1),
                    value=last,
                    step=1,
                    label='Heatmaps, from coarse to refined',
                    visible=len(levels) > 1,
                )
                heatmaps = gr.Gallery(
                    label='Heatmaps',
                    preview=True,
                    visible=bool(levels),
                    format='jpeg',
                    columns=5,
                    buttons=BUTTONS,
                )
                scores = gr.Dataframe(label='Scores', interactive=False)
                download = gr.DownloadButton('Download JSON')

        _refuse_addresses(file, gr.Error)

        @fail
        def show(path: str | None, text: str) -> object:
            return service.show(path, text) if path else None

        @fail
        def click(path: str | None, text: str, event: gr.SelectData) -> str:
            scale = service.find_scale(path)
            x, y = event.index
            return add_corner(text, round(x * scale, 1), round(y * scale, 1))

        @fail
        def find_boxes(path: str | None) -> str:
            return format_boxes(service.detect(path))

        @fail
        def find_poses(path: str | None, text: str) -> tuple:
            answer = service.answer(path, text)
            people = len(answer.scores[0]) - 1
            headers = ['', *(f'person {i + 1}' for i in range(people))]
            saved = gr.processing_utils.save_bytes_to_cache(
                answer.json_text.encode(), 'poses.json', download.GRADIO_CACHE
            )
            return (
                answer.skeletons,
                gr.Gallery(
                    answer.levels, selected_index=last if levels else None
                ),
                last,
                dict(headers=headers, data=answer.scores),
                saved,
            )

        file.change(show, [file, boxes], view, api_name='show')
        boxes.change(
            show,
            [file, boxes],
            view,
            trigger_mode='always_last',
            # what shows progress would hide the picture from the next click
            show_progress='hidden',
            api_visibility='private',
        )
        # another image has no boxes yet
        file.clear(lambda: '', None, boxes, api_visibility='private')
        view.select(
            click,
            [file, boxes],
            boxes,
            show_progress='hidden',
            api_visibility='private',
        )
        clear.click(lambda: '', None, boxes, api_visibility='private')
        detect.click(find_boxes, file, boxes, api_name='detect')
        find.click(
            find_poses,
            [file, boxes],
            [skeletons, heatmaps, level, scores, download],
            api_name='poses',
        )
        level.change(
            lambda index: gr.Gallery(selected_index=int(index)),
            level,
            heatmaps,
            api_visibility='private',
        )
    return page


def _refuse_addresses(file: object, kind: type[Exception]) -> None:
    """Take uploaded files only.

    Gradio would fetch an address that is sent in place of a file, however
    large it is.
    """
    move = file.async_move_resource_to_block_cache

    async def move_upload(path: str | None) -> str | None:
        if path is not None and '://' in str(path):
            raise kind('Upload the image: addresses are not fetched.')
        return await move(path)

    file.async_move_resource_to_block_cache = move_upload


def _turn_errors(kind: type[Exception], answer: Callable) -> Callable:
    """Show the errors of wrong input to the visitor, as text.

    The page shows messages as HTML, and file names come from the visitor.
    """

    @functools.wraps(answer)
    def wrapped(*args: object) -> object:
        try:
            return answer(*args)
        except ValueError as error:
            text = html.escape(str(error))
            raise kind(text, print_exception=False) from error

    return wrapped
