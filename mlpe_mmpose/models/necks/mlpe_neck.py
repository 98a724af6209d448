"""The neck of MLPE: feature enhancement and the coarse-to-fine path."""

from collections.abc import Sequence

from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from mmpose.registry import MODELS
from mmpose.utils.typing import ConfigType, OptConfigType, OptMultiConfig
from torch import Tensor, nn

from ..upsample import (
    RELEASE_INIT,
    BilinearStage,
    DeconvStage,
    check_stage_options,
)
from .feature_enhancement import FeatureEnhancement


@MODELS.register_module()
class MLPENeck(BaseModule):
    """Coarse-to-fine features of MLPE (Shao et al.), or of CPN (2018).

    The coarsest map is reduced, enhanced by pooled context, and upsampled
    level by level. Without ``lateral_fusion`` (MLPE) only the coarsest map
    carries content, and the finer ones only give their sizes; with it (CPN)
    their 1x1 laterals are added on the way.

    Args:
        in_channels (Sequence[int]): Channels of the backbone's feature maps,
            fine to coarse; 3 to 5 levels, each half the size of the last
        out_channels (int): Channels of all output maps. Defaults to 256
        feature_enhancement (bool): Whether the coarsest level gets the
            pooled context of AugFPN. Defaults to ``True``
        pool_ratios (Sequence[float]): Sizes of the pooled context relative
            to the coarsest map, each in (0, 1]. Defaults to (0.1, 0.2, 0.3)
        upsample (str): ``'deconv'`` (transposed convolution and BN) or
            ``'bilinear'`` (resizing, 1x1 convolution and BN, as in CPN).
            Defaults to ``'deconv'``
        lateral_fusion (bool): Whether laterals of the finer maps are added.
            The release of MLPE builds them and never uses them. Defaults to
            ``False``
        upsample_act_cfg (Config, optional): Activation after each
            upsampling. Defaults to none, as in the paper
        reduce_coarsest (bool): Whether the first upsampling reads the
            coarsest map reduced to ``out_channels`` and enhanced. If
            ``False``, it reads the backbone's map with all its channels, and
            the reduced map is an output only. Defaults to ``True``, as in
            the paper
        num_outs (int, optional): Number of output maps, from the finest on.
            A head that reads one map, such as MMPose's HeatmapHead, gets the
            finest with 1. Defaults to all
        norm_cfg (Config): Normalisation of the laterals and after each
            upsampling. Defaults to batch normalisation
        act_cfg (Config, optional): Activation of the laterals and of the
            pooled context. Defaults to ReLU
        init_cfg (Config, optional): Initialisation. Defaults to the
            release's: normal with std sqrt(2 / (k * k * out_channels)) for
            convolutions, PyTorch's own for transposed ones

    Raises:
        ValueError: If there are not 3 to 5 levels, a pooling ratio is out of
            range, ``upsample`` is unknown, ``norm_cfg`` is ``None``, or
            ``num_outs`` does not fit.
    """

    def __init__(
        self,
        in_channels: Sequence[int],
        out_channels: int = 256,
        feature_enhancement: bool = True,
        pool_ratios: Sequence[float] = (0.1, 0.2, 0.3),
        upsample: str = 'deconv',
        lateral_fusion: bool = False,
        upsample_act_cfg: OptConfigType = None,
        reduce_coarsest: bool = True,
        num_outs: int | None = None,
        norm_cfg: ConfigType = dict(type='BN'),
        act_cfg: OptConfigType = dict(type='ReLU', inplace=True),
        init_cfg: OptMultiConfig = None,
    ) -> None:
        super().__init__(RELEASE_INIT if init_cfg is None else init_cfg)
        check_stage_options(self, upsample, norm_cfg)
        self.in_channels = tuple(in_channels)
        self.out_channels = out_channels
        self.lateral_fusion = lateral_fusion
        self.reduce_coarsest = reduce_coarsest
        self.num_outs = len(in_channels) if num_outs is None else num_outs
        self._check_levels()

        lateral_channels = in_channels if lateral_fusion else in_channels[-1:]
        # fine to coarse; without fusion, the coarsest only
        self.laterals = nn.ModuleList(
            ConvModule(c, out_channels, 1, norm_cfg=norm_cfg, act_cfg=act_cfg)
            for c in lateral_channels
        )
        self.enhancement = None
        if feature_enhancement:
            self.enhancement = FeatureEnhancement(
                in_channels[-1], out_channels, pool_ratios, act_cfg
            )
        stage = DeconvStage if upsample == 'deconv' else BilinearStage
        first = out_channels if reduce_coarsest else in_channels[-1]
        # coarse to fine, the order in which they run
        self.upsamples = nn.ModuleList(
            stage(channels, out_channels, norm_cfg, upsample_act_cfg)
            for channels in (first, *[out_channels] * (len(in_channels) - 2))
        )

    def _check_levels(self) -> None:
        levels = len(self.in_channels)
        if not 3 <= levels <= 5:
            raise ValueError(
                f'{self.__class__.__name__} needs 3 to 5 levels in '
                f'in_channels, got {levels}: {self.in_channels}.'
            )
        # without the reduction, nothing but the last output reads that map
        at_least = 1 if self.reduce_coarsest else levels
        if not at_least <= self.num_outs <= levels:
            raise ValueError(
                f'{self.__class__.__name__} with in_channels='
                f'{self.in_channels} and reduce_coarsest='
                f'{self.reduce_coarsest} needs num_outs from {at_least} to '
                f'{levels}, got num_outs={self.num_outs}.'
            )

    def forward(self, feats: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Run the coarse-to-fine path.

        Args:
            feats (tuple[Tensor]): Feature maps fine to coarse, for four
                levels of strides 4, 8, 16, 32; channels as ``in_channels``

        Returns:
            tuple[Tensor]: ``num_outs`` maps, fine to coarse, each of
            ``out_channels`` channels and its input's size.
        """
        channels = tuple(feat.shape[1] for feat in feats)
        assert channels == self.in_channels, (
            f'{self.__class__.__name__} was built with in_channels='
            f'{self.in_channels}, but the backbone gives {channels}. Set '
            "in_channels to the backbone's, and its out_indices to all of "
            'these stages.'
        )
        x = self.laterals[-1](feats[-1])
        if self.enhancement is not None:
            x = x + self.enhancement(feats[-1])

        outs = [x]
        if not self.reduce_coarsest:
            x = feats[-1]
        finer = range(len(feats) - 2, -1, -1)
        for level, upsample in zip(finer, self.upsamples, strict=True):
            x = upsample(x, feats[level].shape[-2:])
            if self.lateral_fusion:
                x = x + self.laterals[level](feats[level])
            outs.append(x)
        return tuple(reversed(outs))[: self.num_outs]
