"""How the original networks name what ours are made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

SOURCES = ('mlpe', 'cpn')
NUM_LEVELS = 4  # the originals count them from the coarsest, C5
# the two parts after `resnet`: of the release, whose forward calls the first
# by its old name, and of pytorch-cpn
_LEVELS = ('multilevel_net', 'global_net')
_REFINE = ('HRfine_net', 'refine_net')


@dataclass(frozen=True)
class OriginalNames:
    """The original name of every parameter of ours.

    Names and order of layers are facts about the release of MLPE and about
    pytorch-cpn; below a convolution, a norm or a bottleneck ours are equal.

    Args:
        source (str): ``'mlpe'`` or ``'cpn'``
        levels (str): Name of the part that makes the levels
        refine (str): Name of the fine-tuning part
    """

    source: str
    levels: str
    refine: str

    @classmethod
    def find(cls, source: str, names: Iterable[str]) -> 'OriginalNames':
        """Choose by the parts that there are.

        Args:
            source (str): ``'mlpe'`` or ``'cpn'``
            names (Iterable[str]): All names, without ``module.``

        Raises:
            ValueError: If these are not the names of such a network.
        """
        names = list(names)
        parts = sorted({name.partition('.')[0] for name in names})
        levels = [part for part in _LEVELS if part in parts]
        refine = [part for part in _REFINE if part in parts]
        if not (levels and refine and 'resnet' in parts):
            raise ValueError(
                'the parameters are not those of MLPE or CPN: names begin '
                f'with {", ".join(parts) or "nothing"}, where resnet, '
                f'{" or ".join(_LEVELS)}, and {" or ".join(_REFINE)} are '
                'needed.'
            )
        # only MLPE has feature enhancement
        actual = SOURCES[not any('.high_lateral_conv' in n for n in names)]
        if source != actual:
            raise ValueError(
                f'the parameters are those of source={actual!r}, got '
                f'source={source!r}.'
            )
        return cls(source, levels[0], refine[0])

    def original(self, name: str) -> str:
        """The original name of our parameter or buffer ``name``."""
        parts = name.split('.')
        for end in range(len(parts), 0, -1):
            module = '.'.join(parts[:end])
            if module in self._modules:
                return '.'.join([self._modules[module], *parts[end:]])
        raise KeyError(name)

    def is_unused(self, name: str) -> bool:
        """Whether the original network never computes with ``name``."""
        if self.source == 'cpn':
            return False
        unused = ['resnet.fc.']  # the ImageNet classifier
        # MLPE builds laterals of C4 to C2 as CPN does, and adds none
        for level in range(1, NUM_LEVELS):
            unused.append(f'{self.levels}.laterals.{level}.')
        return name.startswith(tuple(unused))

    @cached_property
    def _modules(self) -> dict[str, str]:
        """Original modules by ours; the longest one that fits counts."""
        names = {'backbone': 'resnet', **self._head()}
        names |= self._mlpe() if self.source == 'mlpe' else self._cpn()
        return names

    def _head(self) -> dict[str, str]:
        """Level predictions and what both fine-tuning networks share."""
        names = {
            'head.refine_network.fuse': f'{self.refine}.final_predict.0',
            'head.refine_network.predict.0': f'{self.refine}.final_predict.1',
            'head.refine_network.predict.1': f'{self.refine}.final_predict.2',
        }
        for level in range(NUM_LEVELS):
            ours = f'head.level_predictors.convs.{level}'
            theirs = f'{self.levels}.predict.{level}'
            names[f'{ours}.0.conv'] = f'{theirs}.0'
            names[f'{ours}.0.bn'] = f'{theirs}.1'
            names[f'{ours}.1'] = f'{theirs}.3'
            # after a ReLU and a resize, which have numbers too
            names[f'head.level_predictors.norms.{level}'] = f'{theirs}.5'
            # ours are counted from the finest
            names[f'head.refine_network.bottlenecks.{level}'] = (
                f'{self.refine}.cascade.{NUM_LEVELS - 1 - level}'
            )
        return names

    def _mlpe(self) -> dict[str, str]:
        """ResNeSt's stem, one lateral, enhancement, deconvolutions."""
        enhance = 'neck.enhancement'
        attention = f'{self.levels}.high_lateral_conv_attention'
        names = {
            'backbone.stem.0.conv': 'resnet.conv1.0',
            'backbone.stem.0.bn': 'resnet.conv1.1',
            'backbone.stem.1.conv': 'resnet.conv1.3',
            'backbone.stem.1.bn': 'resnet.conv1.4',
            'backbone.stem.2.conv': 'resnet.conv1.6',
            'backbone.stem.2.bn': 'resnet.bn1',
            # theirs counts an average pool, of stride 1 here
            'backbone.layer1.0.downsample.0': 'resnet.layer1.0.downsample.1',
            'backbone.layer1.0.downsample.1': 'resnet.layer1.0.downsample.2',
            'neck.laterals.0.conv': f'{self.levels}.laterals.0.0',
            'neck.laterals.0.bn': f'{self.levels}.laterals.0.1',
            f'{enhance}.reduces': f'{self.levels}.high_lateral_conv',
            f'{enhance}.weigh.0.conv': f'{attention}.0',
            f'{enhance}.weigh.1': f'{attention}.2',
        }
        for step in range(NUM_LEVELS - 1):
            theirs = f'{self.levels}.upsamples.{step}'
            names[f'neck.upsamples.{step}.deconv'] = f'{theirs}.0'
            names[f'neck.upsamples.{step}.bn'] = f'{theirs}.1'
        for level in range(1, NUM_LEVELS):
            theirs = f'{self.refine}.cascade.{NUM_LEVELS - 1 - level}'
            for step in range(level):
                ours = f'head.refine_network.upsamples.{level}.{step}'
                # `level` bottlenecks come first, then threes with a ReLU
                place = level + 3 * step
                names[f'{ours}.deconv'] = f'{theirs}.{place}'
                names[f'{ours}.bn'] = f'{theirs}.{place + 1}'
        return names

    def _cpn(self) -> dict[str, str]:
        """Four laterals, ours from the finest, and bilinear upsampling."""
        names = {}
        for level in range(NUM_LEVELS):
            theirs = f'{self.levels}.laterals.{NUM_LEVELS - 1 - level}'
            names[f'neck.laterals.{level}.conv'] = f'{theirs}.0'
            names[f'neck.laterals.{level}.bn'] = f'{theirs}.1'
        for step in range(NUM_LEVELS - 1):
            theirs = f'{self.levels}.upsamples.{step}'
            names[f'neck.upsamples.{step}.conv'] = f'{theirs}.1'
            names[f'neck.upsamples.{step}.bn'] = f'{theirs}.2'
        return names
