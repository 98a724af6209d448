"""Files that the runtime cannot run."""

import onnx
import pytest

from mlpe_mmpose.runtime import OnnxPose


def test_files_that_the_runtime_cannot_run_are_refused(
    small_heatmaps, tmp_path
):
    path = small_heatmaps.config.with_name('pose.onnx')
    words = 'got heatmaps of MLPEHeatmap.*again without --heatmaps'
    with pytest.raises(ValueError, match=words):
        OnnxPose(path)
    with pytest.raises(ValueError, match='batch_size to be at least 1, got 0'):
        OnnxPose(path, batch_size=0)
    udp = onnx.load(path)
    properties = {entry.key: entry for entry in udp.metadata_props}
    properties['output'].value = '"keypoints"'
    properties['use_udp'].value = 'true'
    onnx.save(udp, tmp_path / 'udp.onnx')
    with pytest.raises(ValueError, match=r'not crop as in UDP.*udp\.onnx'):
        OnnxPose(tmp_path / 'udp.onnx')
