"""A top-down model for inference only."""

from typing import NoReturn

from mmpose.models.pose_estimators import TopdownPoseEstimator


class FusedPoseEstimator(TopdownPoseEstimator):
    """The result of :func:`fuse`: for inference only, training is refused.

    It differs from :class:`TopdownPoseEstimator` in the layers that
    :func:`fuse` has replaced. Prediction, flip test included, is inherited.
    The class is not registered, because no config builds it.
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
        """Refuse to compute a loss.

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
