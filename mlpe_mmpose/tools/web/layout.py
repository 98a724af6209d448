"""The components of the page: what a visitor sees.

Import this module only where Gradio is installed.
"""

import functools

import gradio as gr

# without a button that sends a picture to a public site
BUTTONS = ['download', 'fullscreen']
HELP = (
    'Click two corners in the picture to draw a box, or type boxes: left, '
    'top, right, bottom. Without a box, the image is one.'
)


class Layout:
    """An image and its boxes on the left, its poses on the right.

    Build it inside ``gradio.Blocks``.

    Args:
        levels (list[str]): Names of the heatmaps, coarse to refined; none
            if the network predicts no heatmaps
        has_detector (bool): Whether the boxes of people can be detected
    """

    def __init__(self, levels: list[str], has_detector: bool) -> None:
        picture = functools.partial(gr.Image, interactive=False, format='jpeg')
        with gr.Row():
            with gr.Column():
                self.file = gr.File(
                    label='Image', file_types=['image'], height=110
                )
                self.view = picture(label='Picture', buttons=['fullscreen'])
                self.boxes = gr.Textbox(
                    label='Boxes', info=HELP, lines=2, max_length=4000
                )
                with gr.Row():
                    self.clear = gr.Button('Clear boxes')
                    self.detect = gr.Button(
                        'Detect people', visible=has_detector
                    )
                    self.find = gr.Button('Find poses', variant='primary')
            with gr.Column():
                self.skeletons = picture(label='Skeletons', buttons=BUTTONS)
                self.level = gr.Slider(
                    0,
                    max(len(levels) - 1, 1),
                    value=max(len(levels) - 1, 0),
                    step=1,
                    label='Heatmaps, from coarse to refined',
                    visible=len(levels) > 1,
                )
                self.heatmaps = gr.Gallery(
                    label='Heatmaps',
                    preview=True,
                    visible=bool(levels),
                    format='jpeg',
                    columns=5,
                    buttons=BUTTONS,
                )
                self.scores = gr.Dataframe(label='Scores', interactive=False)
                self.download = gr.DownloadButton('Download JSON')
