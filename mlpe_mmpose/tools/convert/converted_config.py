"""The config that goes with a converted checkpoint."""

from mlpe_mmpose.shipped import inherit_shipped
from mlpe_mmpose.version import __version__

# height x width of a crop, as in the names of the shipped configs
INPUT_SIZES = ('256x192', '384x288')
# The shipped config of each source, whose backbone has 50 layers.
_BASES = {
    'mlpe': 'mlpe_resnest50_{}.py',
    'cpn': 'cpn/cpn_resnet50_{}.py',
}
# The lines that change the backbone to 101 layers.
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
# Both originals normalise images in the same way.
_TEXT = """\
# For the weights beside this file, converted by mlpe_mmpose {version}.
# The expression imports mlpe_mmpose, which has the config that it names.
_base_ = {base}

model = dict(
    # the original normalises an image by (RGB - mean) / 255
    data_preprocessor=dict(
        mean=[122.7717, 115.9465, 102.9801], std=[255.0, 255.0, 255.0]
    ),
{backbone})
"""


def write_converted_config(source: str, depth: int, input_size: str) -> str:
    """Write the text of the config of a converted checkpoint.

    The config inherits the shipped one of this network and input size, and
    changes the normalisation of images to that of the original.

    Args:
        source (str): ``'mlpe'`` or ``'cpn'``
        depth (int): Layers of the backbone, 50 or 101
        input_size (str): One of ``INPUT_SIZES``

    Returns:
        str: The text, which MMPose's scripts can read from any folder.

    Raises:
        ValueError: If the input size is none of ``INPUT_SIZES``.
    """
    if input_size not in INPUT_SIZES:
        raise ValueError(
            'a converted checkpoint needs input_size to be one of '
            f'{INPUT_SIZES}, got input_size={input_size!r}.'
        )
    return _TEXT.format(
        version=__version__,
        base=inherit_shipped(_BASES[source].format(input_size)),
        backbone=_DEEPER[source] if depth == 101 else '',
    )
