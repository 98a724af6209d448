"""What the original networks compute, by the originals' names.

Written anew from a description, with plain functions and nothing of the
package: the release of MLPE on ResNeSt, and pytorch-cpn on ResNet.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}  # a stage
SIZE = (96, 64)  # height, width; stride 32 divides it
D, K = 256, 17


class OriginalNetwork:
    """A network whose layers are made, with random weights, as they run.

    ``parameters`` maps the originals' names to tensors. The statistics of
    the norms are those of the noise that makes them. An ``empty`` network is
    made of views of one zero, quick to make and small in a file.
    """

    def __init__(self, source: str, depth: int, empty: bool = False) -> None:
        self.source = source
        self.blocks = BLOCKS[depth]
        self.stem_width = {50: 32, 101: 64}[depth]
        self.empty = empty
        self.parameters = {}
        self.levels, self.refine = {
            'mlpe': ('multilevel_net', 'HRfine_net'),
            'cpn': ('global_net', 'refine_net'),
        }[source]
        # a cell for C5 is enough for the shapes
        self(torch.randn(2, 3, *((32, 32) if empty else SIZE)))

    @torch.no_grad()
    def __call__(self, images: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Refined heatmaps, and those of the levels from the coarsest."""
        size = tuple(length // 4 for length in images.shape[-2:])
        feats = self._resnest(images) if self._mlpe else self._resnet(images)
        levels = self._levels(feats)
        level_heatmaps = []
        for i, level in enumerate(levels):
            name = f'{self.levels}.predict.{i}'
            x = self._conv_norm(level, D, f'{name}.0', f'{name}.1').relu()
            x = resize(self._conv(x, K, f'{name}.3', kernel=3), size)
            level_heatmaps.append(self._norm(x, f'{name}.5'))
        return self._refined(levels, size), level_heatmaps

    @property
    def _mlpe(self) -> bool:
        return self.source == 'mlpe'

    def _resnest(self, x: Tensor) -> list[Tensor]:
        width, stem = self.stem_width, 'resnet.conv1'
        x = self._conv(x, width, f'{stem}.0', kernel=3, stride=2)
        x = self._norm(x, f'{stem}.1').relu()
        x = self._conv(x, width, f'{stem}.3', kernel=3)
        x = self._norm(x, f'{stem}.4').relu()
        x = self._conv(x, 2 * width, f'{stem}.6', kernel=3)
        x = self._norm(x, 'resnet.bn1').relu()
        feats = self._stages(F.max_pool2d(x, 3, 2, 1), self._split_block)
        # the classifier, which nobody asks
        self._parameter('resnet.fc.weight', (1000, 2048))
        self._parameter('resnet.fc.bias', (1000,))
        return feats

    def _resnet(self, x: Tensor) -> list[Tensor]:
        x = self._conv(x, 64, 'resnet.conv1', kernel=7, stride=2)
        x = self._norm(x, 'resnet.bn1').relu()
        return self._stages(F.max_pool2d(x, 3, 2, 1), self._plain_block)

    def _stages(self, x: Tensor, block) -> list[Tensor]:
        feats = []
        for stage, blocks in enumerate(self.blocks):
            for i in range(blocks):
                stride = 2 if stage and not i else 1
                name = f'resnet.layer{stage + 1}.{i}'
                x = block(x, 64 << stage, stride, name, project=not i)
            feats.append(x)
        return feats

    def _plain_block(
        self, x: Tensor, width: int, stride: int, name: str, project: bool
    ) -> Tensor:
        y = self._conv_norm(x, width, f'{name}.conv1', f'{name}.bn1').relu()
        y = self._conv(y, width, f'{name}.conv2', kernel=3, stride=stride)
        y = self._norm(y, f'{name}.bn2').relu()
        y = self._conv_norm(y, 4 * width, f'{name}.conv3', f'{name}.bn3')
        if project:
            x = self._conv(x, 4 * width, f'{name}.downsample.0', stride=stride)
            x = self._norm(x, f'{name}.downsample.1')
        return (x + y).relu()

    def _split_block(
        self, x: Tensor, width: int, stride: int, name: str, project: bool
    ) -> Tensor:
        y = self._conv_norm(x, width, f'{name}.conv1', f'{name}.bn1').relu()
        y = self._split_attention(y, width, f'{name}.conv2')
        if stride > 1:
            y = F.avg_pool2d(y, 3, stride, 1)
        y = self._conv_norm(y, 4 * width, f'{name}.conv3', f'{name}.bn3')
        if project:
            down = f'{name}.downsample'
            x = F.avg_pool2d(x, stride, stride)
            x = self._conv_norm(x, 4 * width, f'{down}.1', f'{down}.2')
        return (x + y).relu()

    def _split_attention(self, x: Tensor, width: int, name: str) -> Tensor:
        x = self._conv(x, 2 * width, f'{name}.conv', kernel=3, groups=2)
        splits = self._norm(x, f'{name}.bn0').relu().chunk(2, dim=1)
        gap = sum(splits).mean((2, 3), keepdim=True)
        inner = max(width // 2, 32)
        gap = self._conv(gap, inner, f'{name}.fc1', bias=True)
        gap = self._norm(gap, f'{name}.bn1').relu()
        attention = self._conv(gap, 2 * width, f'{name}.fc2', bias=True)
        attention = attention.unflatten(1, (2, width)).softmax(1)
        return sum(
            s * a for s, a in zip(splits, attention.unbind(1), strict=True)
        )

    def _levels(self, feats: list[Tensor]) -> list[Tensor]:
        feats = feats[::-1]
        laterals = []
        for i, feat in enumerate(feats):
            name = f'{self.levels}.laterals.{i}'
            x = self._conv_norm(feat, D, f'{name}.0', f'{name}.1').relu()
            laterals.append(x)
        levels = [laterals[0]]
        if self._mlpe:
            levels = [laterals[0] + self._enhancement(feats[0])]
        for i in range(3):
            name = f'{self.levels}.upsamples.{i}'
            if self._mlpe:
                x = self._deconv(levels[-1], f'{name}.0')
                levels.append(self._norm(x, f'{name}.1'))
            else:
                x = resize(levels[-1], tuple(feats[i + 1].shape[-2:]))
                x = self._conv_norm(x, D, f'{name}.1', f'{name}.2')
                levels.append(x + laterals[i + 1])
        return levels

    def _enhancement(self, c5: Tensor) -> Tensor:
        size = tuple(c5.shape[-2:])
        maps = []
        for j, ratio in enumerate((0.1, 0.2, 0.3)):
            pooled = F.adaptive_avg_pool2d(
                c5, [max(1, int(ratio * length)) for length in size]
            )
            name = f'{self.levels}.high_lateral_conv.{j}'
            maps.append(resize(self._conv(pooled, D, name, bias=True), size))
        name = f'{self.levels}.high_lateral_conv_attention'
        x = self._conv(torch.cat(maps, 1), D, f'{name}.0', bias=True).relu()
        weights = self._conv(x, 3, f'{name}.2', kernel=3, bias=True).sigmoid()
        return sum(
            w * m for w, m in zip(weights.split(1, 1), maps, strict=True)
        )

    def _refined(self, levels: list[Tensor], size: tuple) -> Tensor:
        branches = []
        for i, x in enumerate(levels):
            name, times = f'{self.refine}.cascade.{i}', 3 - i
            for j in range(times):
                x = self._bottleneck(x, f'{name}.{j}')
            if self._mlpe:
                # each is three layers: deconvolution, norm, ReLU
                for j in range(times, 4 * times, 3):
                    x = self._deconv(x, f'{name}.{j}')
                    x = self._norm(x, f'{name}.{j + 1}').relu()
            else:
                x = resize(x, size)
            branches.append(x)
        name = f'{self.refine}.final_predict'
        x = self._bottleneck(torch.cat(branches, 1), f'{name}.0')
        return self._norm(self._conv(x, K, f'{name}.1', kernel=3), f'{name}.2')

    def _bottleneck(self, x: Tensor, name: str) -> Tensor:
        y = self._conv_norm(x, 128, f'{name}.conv1', f'{name}.bn1').relu()
        y = self._conv(y, 128, f'{name}.conv2', kernel=3)
        y = self._norm(y, f'{name}.bn2').relu()
        y = self._conv_norm(y, D, f'{name}.conv3', f'{name}.bn3')
        down = f'{name}.downsample'
        x = self._conv_norm(x, D, f'{down}.0', f'{down}.1')
        return (x + y).relu()

    def _conv_norm(self, x: Tensor, out: int, conv: str, norm: str) -> Tensor:
        return self._norm(self._conv(x, out, conv), norm)

    def _conv(
        self,
        x: Tensor,
        out: int,
        name: str,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        bias: bool = False,
    ) -> Tensor:
        shape = (out, x.shape[1] // groups, kernel, kernel)
        weight = self._parameter(f'{name}.weight', shape)
        offset = self._parameter(f'{name}.bias', (out,)) if bias else None
        return F.conv2d(x, weight, offset, stride, kernel // 2, groups=groups)

    def _deconv(self, x: Tensor, name: str) -> Tensor:
        weight = self._parameter(f'{name}.weight', (D, D, 4, 4))
        return F.conv_transpose2d(x, weight, stride=2, padding=1)

    def _norm(self, x: Tensor, name: str) -> Tensor:
        tensors = self.parameters
        if f'{name}.weight' not in tensors:
            noise = self._noise(4, x.shape[1])
            if not self.empty:
                noise[:2] = noise[:2] * 0.2 + torch.tensor([[1.0], [0.0]])
                noise[2] = x.mean((0, 2, 3))
                # two values can be next to equal
                noise[3] = x.var((0, 2, 3)).clamp(min=0.1)
            parts = ('weight', 'bias', 'running_mean', 'running_var')
            for part, values in zip(parts, noise, strict=True):
                tensors[f'{name}.{part}'] = values
            tensors[f'{name}.num_batches_tracked'] = torch.tensor(1)
        return F.batch_norm(
            x,
            tensors[f'{name}.running_mean'],
            tensors[f'{name}.running_var'],
            tensors[f'{name}.weight'],
            tensors[f'{name}.bias'],
        )

    def _parameter(self, name: str, shape: tuple[int, ...]) -> Tensor:
        if name not in self.parameters:
            fan_in = torch.Size(shape[1:]).numel()
            noise = self._noise(*shape)
            self.parameters[name] = (
                noise if self.empty else noise / fan_in**0.5
            )
        return self.parameters[name]

    def _noise(self, *shape: int) -> Tensor:
        if self.empty:
            return torch.zeros(()).expand(shape)
        return torch.randn(shape)


def resize(x: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(x, size=size, mode='bilinear', align_corners=True)
