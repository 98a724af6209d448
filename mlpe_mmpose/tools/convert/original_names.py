"""Names of modules in the original networks.

Names and order of the layers are facts about the release of MLPE and about
pytorch-cpn. Inside a convolution, a norm or a bottleneck the names of the
original parameters and of ours are equal.
"""

from collections.abc import Iterable, Iterator, Mapping

SOURCES = ('mlpe', 'cpn')
NUM_LEVELS = 4

# Each row: our module, and the original one. The row is repeated for all
# levels if it has {i} or {j}: i counts from 0 to 3, and j from 3 to 0, because
# we count most layers from the finest level and the originals from the
# coarsest.
_SHARED = """
backbone                             resnet
head.level_predictors.convs.{i}.0.conv  {levels}.predict.{i}.0
head.level_predictors.convs.{i}.0.bn    {levels}.predict.{i}.1
head.level_predictors.convs.{i}.1    {levels}.predict.{i}.3
head.level_predictors.norms.{i}      {levels}.predict.{i}.5
head.refine_network.bottlenecks.{i}  {refine}.cascade.{j}
head.refine_network.fuse             {refine}.final_predict.0
head.refine_network.predict.0        {refine}.final_predict.1
head.refine_network.predict.1        {refine}.final_predict.2
"""
# ResNeSt; its downsampling has an average pool in the original
_MLPE = """
backbone.stem.0.conv            resnet.conv1.0
backbone.stem.0.bn              resnet.conv1.1
backbone.stem.1.conv            resnet.conv1.3
backbone.stem.1.bn              resnet.conv1.4
backbone.stem.2.conv            resnet.conv1.6
backbone.stem.2.bn              resnet.bn1
backbone.layer1.0.downsample.0  resnet.layer1.0.downsample.1
backbone.layer1.0.downsample.1  resnet.layer1.0.downsample.2
neck.laterals.0.conv            {levels}.laterals.0.0
neck.laterals.0.bn              {levels}.laterals.0.1
neck.enhancement.reduces        {levels}.high_lateral_conv
neck.enhancement.weigh.0.conv   {levels}.high_lateral_conv_attention.0
neck.enhancement.weigh.1        {levels}.high_lateral_conv_attention.2
neck.upsamples.{i}.deconv       {levels}.upsamples.{i}.0
neck.upsamples.{i}.bn           {levels}.upsamples.{i}.1
"""
_CPN = """
neck.laterals.{i}.conv   {levels}.laterals.{j}.0
neck.laterals.{i}.bn     {levels}.laterals.{j}.1
neck.upsamples.{i}.conv  {levels}.upsamples.{i}.1
neck.upsamples.{i}.bn    {levels}.upsamples.{i}.2
"""
# What the release builds and never uses: the ImageNet classifier, and the
# laterals of all levels but the coarsest
_UNUSED = ('resnet.fc.', *(f'{{levels}}.laterals.{i}.' for i in (1, 2, 3)))
# Names of the two parts after `resnet`. The release has the first names, but
# its forward calls the first part by the name of pytorch-cpn.
_LEVELS = ('multilevel_net', 'global_net')
_REFINE = ('HRfine_net', 'refine_net')


def find_parts(source: str, names: Iterable[str]) -> dict[str, str]:
    """Find out how a checkpoint names the two parts after the backbone.

    Args:
        source (str): ``'mlpe'`` or ``'cpn'``
        names (Iterable[str]): Names of all parameters, without ``module.``

    Returns:
        dict[str, str]: The names of the parts ``levels`` and ``refine``.

    Raises:
        ValueError: If the source is unknown, or the names are not those of
            its network.
    """
    if source not in SOURCES:
        raise ValueError(
            f'convert_state_dict needs source to be one of {SOURCES}, got '
            f'source={source!r}.'
        )
    names = list(names)
    parts = sorted({name.partition('.')[0] for name in names})
    levels = [part for part in _LEVELS if part in parts]
    refine = [part for part in _REFINE if part in parts]
    if not (levels and refine and 'resnet' in parts):
        raise ValueError(
            'the parameters are not those of MLPE or CPN: names begin with '
            f'{", ".join(parts) or "nothing"}, where resnet, '
            f'{" or ".join(_LEVELS)}, and {" or ".join(_REFINE)} are needed.'
        )
    # only MLPE has feature enhancement
    actual = SOURCES[not any('.high_lateral_conv' in name for name in names)]
    if source != actual:
        raise ValueError(
            f'the parameters are those of source={actual!r}, got '
            f'source={source!r}.'
        )
    return dict(levels=levels[0], refine=refine[0])


def map_modules(source: str, parts: Mapping[str, str]) -> dict[str, str]:
    """Map our modules to the original ones.

    Args:
        source (str): ``'mlpe'`` or ``'cpn'``
        parts (Mapping[str, str]): As from :func:`find_parts`

    Returns:
        dict[str, str]: Names of modules. A module that is not in the dict
        has the original name of its parent, and its own name below it.
    """
    rows = dict(_rows(_SHARED + (_MLPE if source == 'mlpe' else _CPN), parts))
    for level in range(1, NUM_LEVELS if source == 'mlpe' else 0):
        original = f'{parts["refine"]}.cascade.{NUM_LEVELS - 1 - level}'
        for step in range(level):
            ours = f'head.refine_network.upsamples.{level}.{step}'
            # after `level` bottlenecks: deconvolution, norm and ReLU in turn
            number = level + 3 * step
            rows[f'{ours}.deconv'] = f'{original}.{number}'
            rows[f'{ours}.bn'] = f'{original}.{number + 1}'
    return rows


def _rows(table: str, parts: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the rows of a table, with the names of the parts inserted."""
    for row in table.split('\n'):
        for i in range(NUM_LEVELS if '{i}' in row else bool(row)):
            yield row.format(i=i, j=NUM_LEVELS - 1 - i, **parts).split()


def rename(name: str, modules: Mapping[str, str]) -> str:
    """Return the original name of our parameter or buffer ``name``."""
    module, rest = name, ''
    while module and module not in modules:
        module, dot, last = module.rpartition('.')
        rest = dot + last + rest
    return modules[module] + rest


def is_unused(name: str, source: str, parts: Mapping[str, str]) -> bool:
    """Tell whether the original network never computes with ``name``."""
    unused = tuple(prefix.format(**parts) for prefix in _UNUSED)
    return source == 'mlpe' and name.startswith(unused)
