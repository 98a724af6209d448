"""A training that Weights & Biases records, without a network."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from trainings import CONFIGS, as_arguments, data_options

pytest.importorskip('wandb')

from wandb.proto.wandb_internal_pb2 import Record
from wandb.sdk.internal.datastore import DataStore


def read_history(path: Path) -> Iterator[dict]:
    """Yield the rows of figures in the file of a run."""
    store = DataStore()
    store.open_for_scan(str(path))
    while data := store.scan_data():
        record = Record()
        record.ParseFromString(data)
        if record.WhichOneof('record_type') == 'history':
            yield {
                item.key or '/'.join(item.nested_key): json.loads(
                    item.value_json
                )
                for item in record.history.item
            }


@pytest.mark.long
def test_a_run_offline_has_the_figures_of_the_log(
    mim, people, tmp_path, monkeypatch
):
    monkeypatch.setenv('WANDB_ERROR_REPORTING', 'false')
    monkeypatch.setenv('WANDB_SILENT', 'true')
    # the lines that docs/train.md shows
    page = (CONFIGS.parent / 'docs/train.md').read_text()
    blocks = re.findall(r'```python\n(visualizer = .*?)```', page, re.DOTALL)
    (lines,) = (block for block in blocks if 'Wandb' in block)
    base = str(CONFIGS / 'mlpe_tiny_synthetic.py')
    config = tmp_path / 'watched.py'
    config.write_text(f'_base_ = {base!r}\n{lines}')
    options = {
        **data_options(people),
        'train_cfg.max_epochs': 1,
        'train_dataloader.batch_size': 8,
        'default_hooks.logger.interval': 1,
    }
    mim(
        'train', config, *as_arguments(options), '--work-dir', tmp_path / 'run'
    )

    (log,) = tmp_path.rglob('scalars.json')
    logged = [json.loads(line) for line in log.read_text().splitlines()]
    (run,) = tmp_path.rglob('vis_data/wandb/offline-run-*/*.wandb')
    recorded = list(read_history(run))
    for name in 'loss', 'loss_refine', 'lr', 'coco/AP':
        curve = [row[name] for row in recorded if name in row]
        assert curve == pytest.approx([x[name] for x in logged if name in x])
        assert curve
