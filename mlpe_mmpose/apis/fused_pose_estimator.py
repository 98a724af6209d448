"""A top-down model that only infers."""

from typing import NoReturn

from mmpose.models.pose_estimators import TopdownPoseEstimator


class FusedPoseEstimator(TopdownPoseEstimator):
    """What :func:`fuse` returns: for inference only, training is refused.

    Differs from :class:`TopdownPoseEstimator` in the layers, which
    :func:`fuse` has replaced. Prediction, flip test included, is inherited.
    Not registered, since no config builds one.
    """

    def train(self, mode: bool = True) -> 'FusedPoseEstimator':
        """Stay in evaluation mode.

        Raises:
            RuntimeError: If ``mode`` is true.
        """
        if mode:
            self._refuse('train')
        return super().train(False)

    def loss(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse.

        Raises:
            RuntimeError: Always.
        """
        self._refuse('loss')

    def _refuse(self, method: str) -> NoReturn:
        raise RuntimeError(
            f'{self.__class__.__name__}.{method} was called, but its '
            'normalisations are part of its convolutions, and it is for '
            'inference only. Train the model that was given to fuse, and '
            'fuse it again.'
        )
