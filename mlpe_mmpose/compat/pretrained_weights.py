"""Explain why published weights cannot be downloaded.

Most configs start from published weights of the backbone. Without a network,
MMEngine raises "URLError: <urlopen error ...>". This message names neither
the weights nor the option to train without them.
"""

import functools
from urllib.error import URLError

from mmengine.model.weight_init import PretrainedInit
from torch import nn


def install() -> None:
    """Let MMEngine name the weights that it cannot download.

    A second call does nothing.
    """
    original = PretrainedInit.__call__
    if hasattr(original, '__wrapped__'):
        return

    @functools.wraps(original)
    def load_weights(self: PretrainedInit, module: nn.Module) -> None:
        try:
            original(self, module)
        except (URLError, ConnectionError, TimeoutError) as error:
            raise ConnectionError(
                f'The published weights of {type(module).__name__}, '
                f'{self.checkpoint}, cannot be downloaded: {error}. If they '
                'are those of the backbone, train from random weights with '
                '--cfg-options model.backbone.init_cfg=None, or give a copy '
                'on this machine with '
                '--cfg-options model.backbone.init_cfg.checkpoint=FILE'
            ) from error

    PretrainedInit.__call__ = load_weights
