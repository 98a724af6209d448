"""The head of MLPE: level predictions and the fine-tuning network."""

import warnings

import torch
from mmpose.models.heads.heatmap_heads.heatmap_head import HeatmapHead
from mmpose.registry import KEYPOINT_CODECS, MODELS
from mmpose.utils.typing import (
    ConfigType,
    Features,
    OptConfigType,
    OptSampleList,
    Predictions,
)
from torch import Tensor

from ..accuracy import pose_pck_accuracy
from ..upsample import RELEASE_INIT, check_stage_options
from . import head_checks
from .level_predictors import LevelPredictors
from .refine_network import RefineNetwork


@MODELS.register_module()
class MLPEHead(HeatmapHead):
    """Head of the multi-level pose network (MLPE, Shao et al.; CPN, 2018).

    Predicts coarse heatmaps at every level, and the refined heatmaps, the
    output, from all levels together. Differs from :class:`HeatmapHead` in
    the network and in the loss, one term a level and one for the refined
    maps; prediction is inherited. The flip test needs
    ``shift_heatmap=False`` in the model's ``test_cfg``.

    Note:
        - level number: L. Features go fine to coarse; levels are counted
          from the coarsest, which is level 0

    Args:
        in_channels (int): Even number of channels of each input map.
            Defaults to 256
        out_channels (int): Number of keypoints, K
        num_levels (int): Number of input maps, 3 to 5. Defaults to 4
        predict_kernel_size (int): Odd kernel of the level predictions'
            last convolution: 3, or 1 in the paper's Table I, row d.
            Defaults to 3
        upsample (str): How the fine-tuning network upsamples, ``'deconv'``
            or ``'bilinear'`` (CPN). Defaults to ``'deconv'``
        level_loss (Config): Loss of a level's heatmaps. Defaults to half the
            mean squared error
        refine_loss (Config): Loss of the refined heatmaps. Defaults to
            :class:`MLPEOHKMLoss` of the hardest 8 of 17 keypoints
        level_occluded (str): What levels learn where v < 2, occluded (v = 1)
            or not labelled (v = 0). ``'suppress'`` (the release): an empty
            target, every map counts; ``'ignore'``: only maps with v = 2
            count; ``'supervise'``: real targets where v >= 1, those count.
            Defaults to ``'suppress'``
        norm_cfg (Config): Normalisation. That of the heatmaps stays a batch
            norm if this is of another kind, such as GN, since the height of
            a heatmap is a score, see :func:`build_heatmap_norm`. Defaults to
            batch normalisation
        act_cfg (Config, optional): Activation. Defaults to ReLU
        decoder (Config): The codec, an :class:`MLPEHeatmap` with a kernel
            size for each level. Needed to train and to predict
        init_cfg (Config, optional): Initialisation. Defaults to the
            release's: PyTorch's own, but for the level predictions, whose
            convolutions are normal with std sqrt(2 / (k * k * channels))

    Raises:
        ValueError: If a number or an option is not as above, ``norm_cfg``
            is ``None``, or a loss or the codec does not fit.
    """

    def __init__(
        self,
        in_channels: int = 256,
        out_channels: int = 17,
        num_levels: int = 4,
        predict_kernel_size: int = 3,
        upsample: str = 'deconv',
        level_loss: ConfigType = dict(
            type='KeypointMSELoss', use_target_weight=True, loss_weight=0.5
        ),
        refine_loss: ConfigType = dict(type='MLPEOHKMLoss'),
        level_occluded: str = 'suppress',
        norm_cfg: ConfigType = dict(type='BN'),
        act_cfg: OptConfigType = dict(type='ReLU', inplace=True),
        decoder: OptConfigType = None,
        init_cfg: OptConfigType = None,
    ) -> None:
        # skip the constructor of HeatmapHead, which builds another network
        super(HeatmapHead, self).__init__(init_cfg)
        check_stage_options(self, upsample, norm_cfg)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.num_levels = num_levels
        self.level_occluded = level_occluded
        head_checks.check_arguments(self, predict_kernel_size)

        self.level_loss = MODELS.build(level_loss)
        self.refine_loss = MODELS.build(refine_loss)
        head_checks.check_topk(self)
        self.decoder = None
        if decoder is not None:
            self.decoder = KEYPOINT_CODECS.build(decoder)
            head_checks.check_decoder(self, self.decoder)
            head_checks.check_losses(self, self.decoder)

        cfgs = dict(norm_cfg=norm_cfg, act_cfg=act_cfg)
        widths = (num_levels, in_channels, out_channels)
        self.level_predictors = LevelPredictors(
            *widths,
            predict_kernel_size,
            **cfgs,
            # MMEngine initialises a child module after the head.
            init_cfg=RELEASE_INIT if init_cfg is None else None,
        )
        self.refine_network = RefineNetwork(*widths, upsample, **cfgs)

    def forward(self, feats: tuple[Tensor, ...]) -> Tensor:
        """Predict the refined heatmaps.

        Args:
            feats (tuple[Tensor]): ``num_levels`` maps, fine to coarse, each
                of ``in_channels`` channels

        Returns:
            Tensor: (B, K, H, W), the size of the finest map, the peak of a
            found keypoint about 255.
        """
        head_checks.check_feats(self, feats)
        return self.refine_network(feats)

    def loss(
        self,
        feats: tuple[Tensor, ...],
        batch_data_samples: OptSampleList,
        train_cfg: ConfigType = {},
    ) -> dict[str, Tensor]:
        """Compute the loss of every level and of the refined heatmaps.

        Args:
            feats (tuple[Tensor]): As in :meth:`forward`
            batch_data_samples (list[:obj:`PoseDataSample`]): Samples whose
                labels :class:`MLPEHeatmap` has encoded
            train_cfg (dict): ``compute_acc=False`` leaves ``acc_pose`` out.
                Defaults to {}

        Returns:
            dict: ``loss_level0`` (coarsest) ..., ``loss_refine``, and
            ``acc_pose``, the share of refined maxima near the target.
        """
        head_checks.check_feats(self, feats)
        level_heatmaps = self.level_predictors(feats)
        # Losses and targets are float32, also under mixed precision.
        heatmaps = self.refine_network(feats).float()
        labels, weights, visible = self._gather_labels(
            batch_data_samples, heatmaps
        )
        targets = self.decoder.render(labels, weights)

        losses = {}
        level_targets, level_weights = self._level_supervision(
            targets, weights, visible
        )
        for level, output in enumerate(level_heatmaps):
            losses[f'loss_level{level}'] = self.level_loss(
                output.float(), level_targets[level], level_weights
            )
        losses['loss_refine'] = self.refine_loss(
            heatmaps, targets[-1], weights
        )
        if train_cfg.get('compute_acc', True):
            losses['acc_pose'] = pose_pck_accuracy(
                heatmaps, targets[-1], weights > 0
            )
        return losses

    def predict(
        self,
        feats: Features,
        batch_data_samples: OptSampleList,
        test_cfg: ConfigType = {},
    ) -> Predictions:
        """Predict as :class:`HeatmapHead`, and warn of a wrong flip test.

        ``shift_heatmap=True`` of ``test_cfg`` belongs to MMPose's codecs. A
        mirrored heatmap of :class:`MLPEHeatmap` lies on the other without
        it; with it all keypoints move by about half a cell.
        """
        if test_cfg.get('flip_test') and test_cfg.get('shift_heatmap'):
            warnings.warn(
                f'{type(self).__name__} gets shift_heatmap=True in the '
                'test_cfg of the model. With MLPEHeatmap this moves every '
                'keypoint to the right by about half a cell of the heatmaps: '
                'set shift_heatmap=False.',
                stacklevel=2,
            )
        return super().predict(feats, batch_data_samples, test_cfg)

    def _gather_labels(
        self, batch_data_samples: OptSampleList, heatmaps: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Concatenate coordinates (B, K, 2), weights and visibility (B, K)."""
        name = self.__class__.__name__
        if self.decoder is None:
            raise RuntimeError(
                f'{name} needs decoder, an MLPEHeatmap config, to train.'
            )
        size = (heatmaps.shape[-1], heatmaps.shape[-2])
        assert size == self.decoder.heatmap_size, (
            f'{name} predicts heatmaps of {size} (width, height), the size '
            'of the finest feature map, but its decoder has heatmap_size='
            f"{self.decoder.heatmap_size}. Set the codec's heatmap_size to "
            f'{size}.'
        )
        labels = [sample.gt_instance_labels for sample in batch_data_samples]
        head_checks.check_labels(self, labels)
        weights = torch.cat([label.keypoint_weights for label in labels])
        # Of data sets that are trained together, some may have no flags.
        flags = [
            label.get(
                'keypoints_visible_weights',
                torch.ones_like(label.keypoint_weights),
            )
            for label in labels
        ]
        visible = weights * torch.cat(flags)
        keypoints = torch.cat([label.keypoint_labels for label in labels])
        assert len(keypoints) == len(heatmaps), (
            f'{name} got {len(keypoints)} labelled persons for '
            f'{len(heatmaps)} heatmaps; top-down samples hold one each.'
        )
        return keypoints, weights, visible

    def _level_supervision(
        self, targets: Tensor, weights: Tensor, visible: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        """Choose the levels' targets (L, B, K, H, W) and weights (B, K)."""
        if self.level_occluded == 'suppress':
            # The release zeroes the target and still counts the heatmap.
            shown = (visible > 0).to(targets)
            return targets * shown[None, :, :, None, None], None
        if self.level_occluded == 'ignore':
            return targets, visible
        return targets, weights
