"""The config that goes with a converted checkpoint."""

from pathlib import Path

from mlpe_mmpose.shipped import find_shipped
from mlpe_mmpose.version import __version__

# height x width of a crop, as in the names of the shipped configs
INPUT_SIZES = ('256x192', '384x288')
# names of the shipped configs, by source and depth of the backbone
_NAMES = {
    ('mlpe', 50): 'mlpe_resnest50_{}.py',
    ('mlpe', 101): 'mlpe_resnest101_{}.py',
    ('cpn', 50): 'cpn/cpn_resnet50_{}.py',
    ('cpn', 101): 'cpn/cpn_resnet101_{}.py',
}
# what differs from the config of 50 layers, where none of 101 is shipped
_DEEPER = {
    'mlpe': """\
    backbone=dict(
        depth=101,
        stem_channels=128,
        init_cfg=dict(checkpoint='mmcls://resnest101'),
    ),
""",
    'cpn': """\
    backbone=dict(
        depth=101, init_cfg=dict(checkpoint='torchvision://resnet101')
    ),
""",
}
# the normalisation is that of both originals
_TEXT = """\
# For the weights beside it, converted by mlpe_mmpose {version}.
{base}
model = dict(
    # the original normalises an image by (RGB - mean) / 255
    data_preprocessor=dict(
        mean=[122.7717, 115.9465, 102.9801], std=[255.0, 255.0, 255.0]
    ),
{backbone})
"""


def converted_config(source: str, depth: int, input_size: str) -> str:
    """Write the text of the config of a converted checkpoint.

    The config inherits the shipped one of this network and input size, and
    changes the normalisation of images to that of the original.

    Args:
        source (str): ``'mlpe'`` or ``'cpn'``
        depth (int): 50 or 101
        input_size (str): One of ``INPUT_SIZES``

    Returns:
        str: The text, which MMPose's scripts can read from any folder.

    Raises:
        ValueError: If the input size is another.
    """
    if input_size not in INPUT_SIZES:
        raise ValueError(
            'a converted checkpoint needs input_size to be one of '
            f'{INPUT_SIZES}, got input_size={input_size!r}.'
        )
    backbone = ''
    base = _NAMES[source, depth].format(input_size)
    if not _is_shipped(base):
        base = _NAMES[source, 50].format(input_size)
        backbone = _DEEPER[source]
    return _TEXT.format(
        version=__version__, base=_base_lines(base), backbone=backbone
    )


def _base_lines(name: str) -> str:
    """The lines that name a shipped config as the `_base_`.

    MMEngine evaluates the expression when it reads the file, so that the file
    can go to another machine, and MMPose's own scripts can read it.
    """
    return (
        f'# configs/{name} of the installed mlpe_mmpose\n'
        '_base_ = str(\n'
        "    __import__('mlpe_mmpose.shipped')\n"
        f"    .shipped.find_shipped('configs/{name}')\n"
        '    .resolve()\n'
        ')\n'
    )


def _is_shipped(name: str) -> bool:
    """Whether there is a config of this name."""
    return Path(find_shipped('configs'), name).is_file()
