"""The choice of a network that predicts poses."""

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .exported_pose import ExportedPose
    from .torch_pose import TorchPose


@dataclasses.dataclass(frozen=True)
class PoseModel:
    """Which network to use, and how; the fields can be sent to a process.

    Args:
        config (str, optional): Config of a top-down model
        checkpoint (str, optional): Its weights
        model (str, optional): A file of ``export``, instead of the config
        device (str): Where the network of ``config`` runs; ``backend`` says
            it of ``model``. Defaults to ``'cpu'``
        batch_size (int, optional): Largest number of people in a batch, and
            of images that wait for it. Defaults to 8 on the CPU, where more
            is not faster, and elsewhere to 32, as in the configs
        flip_test (bool, optional): Whether to average over the mirrored
            image. Defaults to what the config says
        cfg_options (dict, optional): Settings that replace the config's
        heatmaps (bool): Whether to draw the heatmaps of every level
        backend (str, optional): What runs ``model``, see :class:`OnnxPose`.
            Defaults to ``'onnxruntime'``
        precision (str, optional): What ``model`` computes in, see
            :class:`OnnxPose`. Defaults to the precision of the file
    """

    config: str | None = None
    checkpoint: str | None = None
    model: str | None = None
    device: str = 'cpu'
    batch_size: int | None = None
    flip_test: bool | None = None
    cfg_options: dict[str, Any] | None = None
    heatmaps: bool = False
    backend: str | None = None
    precision: str | None = None

    @property
    def on_gpu(self) -> bool:
        """Whether the network runs on a GPU."""
        if self.model is None:
            return self.device != 'cpu'
        return self.backend in ('cuda', 'tensorrt')

    @property
    def largest_batch(self) -> int:
        """``batch_size``, or its default."""
        if self.batch_size is None:
            return 32 if self.on_gpu else 8
        return self.batch_size

    def check(self) -> None:
        """Check that the fields fit together, before anything is loaded.

        Raises:
            OSError: If ``model`` cannot be read.
            ValueError: If the fields do not fit each other or ``model``.
        """
        if (self.model is None) == (self.config is None):
            raise ValueError(
                'predict needs --config and --checkpoint, or --model, got '
                f'config={self.config!r} and model={self.model!r}.'
            )
        if self.model is None:
            self._check_config()
        else:
            self._check_model()

    def _check_config(self) -> None:
        """Check for weights, and for what only a file of export can do."""
        if self.checkpoint is None:
            raise ValueError(
                f'--config={self.config} needs --checkpoint, without which '
                'the weights are random.'
            )
        for name in ('backend', 'precision'):
            if getattr(self, name) is not None:
                raise ValueError(
                    f'--{name} says how to run a file of --model, got '
                    f'--config={self.config}, which PyTorch runs. Export the '
                    'model.'
                )

    def _check_model(self) -> None:
        """Check that the file can be run as the other fields say."""
        for name in ('checkpoint', 'flip_test', 'cfg_options'):
            if getattr(self, name) is not None:
                raise ValueError(
                    f'--{name.replace("_", "-")} changes a network of '
                    f'--config, got --model={self.model}, whose network is '
                    'fixed. Export the model again.'
                )
        if self.heatmaps:
            raise ValueError(
                '--heatmaps needs the levels of the network, got '
                f'--model={self.model}, which has keypoints only. Use '
                '--config and --checkpoint.'
            )
        # here, because a network of a config needs no onnxruntime
        from mlpe_mmpose.runtime import OnnxPose

        OnnxPose.read_card(self.model, **self.backend_options())

    def backend_options(self) -> dict[str, str]:
        """Return those arguments of :class:`OnnxPose` that are given."""
        given = dict(backend=self.backend, precision=self.precision)
        return {k: value for k, value in given.items() if value is not None}

    def load(self) -> 'TorchPose | ExportedPose':
        """Load the network.

        Raises:
            FileNotFoundError: If a file is missing.
            ValueError: If a file does not fit, see :class:`Predictor` and
                :class:`OnnxPose`.
        """
        self.check()
        # only one is imported: TorchPose needs torch, ExportedPose does not
        if self.model is None:
            from .torch_pose import TorchPose

            return TorchPose(self)
        from .exported_pose import ExportedPose

        return ExportedPose(self)
