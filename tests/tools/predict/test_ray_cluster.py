"""A prediction on a Ray cluster, of images that Ray lists by an address."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from processes import free_port

from mlpe_mmpose.apis import People, PoseModel, predict_files

pytest.importorskip('ray')
parquet = pytest.importorskip('pyarrow.parquet')

NUMBER = 6
MINUTES_3, MINUTES_10 = 180, 600


@pytest.fixture(scope='module')
def token() -> dict[str, str]:
    """Variables with which cluster and program talk to each other."""
    words = dict(RAY_AUTH_MODE='token', RAY_AUTH_TOKEN=secrets.token_hex(32))
    return dict(os.environ, **words)


@pytest.fixture(scope='module')
def short_folder() -> Iterator[str]:
    """A folder with a name that leaves room for the paths of sockets."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield folder


@pytest.fixture(scope='module')
def address(token, short_folder) -> Iterator[str]:
    """The address of a cluster of one machine, started as a user starts it."""
    port = free_port()
    words = ['start', '--head', '--block', '--num-cpus=6']
    words += ['--include-dashboard=false', '--disable-usage-stats']
    # in the default one, other programs look for a cluster to join
    words += [f'--temp-dir={short_folder}']
    words += [f'--port={port}', f'--ray-client-server-port={free_port()}']
    cluster = subprocess.Popen(
        [Path(sys.executable).with_name('ray'), *words],
        env=token,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said = []
        while 'Ray runtime started' not in ''.join(said):
            said.append(cluster.stdout.readline())
            assert said[-1], ''.join(said)
        yield f'127.0.0.1:{port}'
    finally:
        # `ray stop` would end the clusters of others as well
        cluster.terminate()
        try:
            cluster.communicate(timeout=MINUTES_3)
        finally:
            if cluster.poll() is None:
                os.killpg(cluster.pid, signal.SIGKILL)


@pytest.fixture(scope='module')
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of noise; the last is broken."""
    folder = tmp_path_factory.mktemp('cluster') / 'images'
    folder.mkdir()
    random = np.random.default_rng(0)
    for image_id in range(1, NUMBER + 1):
        noise = random.integers(0, 256, (120, 160, 3), np.uint8)
        cv2.imwrite(str(folder / f'{image_id:06d}.png'), noise)
    (folder / f'{NUMBER:06d}.png').write_bytes(b'\x89PNG no more')
    return folder


def predict(*words: object, env: dict[str, str]) -> tuple[int, str, str]:
    """Run the verb as a user does: exit status, output and errors."""
    done = subprocess.run(
        [sys.executable, '-m', 'mlpe_mmpose', 'predict', *map(str, words)],
        env=env,
        capture_output=True,
        text=True,
        timeout=MINUTES_10,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_token_that_is_missing_is_named(
    small_mlpe, images, address, token, tmp_path
):
    model = small_mlpe.config.with_name('pose.onnx')
    call = [images, '--model', model, '--whole-image', '--out', tmp_path]
    call += ['--engine', 'ray', '--address', address]
    without = dict(token, RAY_AUTH_MODE='disabled')
    status, _, said = predict(*call, env=without)
    assert status == 1
    assert 'set RAY_AUTH_MODE=token' in said.splitlines()[-1]


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize('scheme', ['file', 'local'])
def test_a_cluster_writes_the_local_poses_as_parquet(
    small_mlpe, images, address, token, tmp_path, scheme
):
    model = small_mlpe.config.with_name('pose.onnx')
    people = People(whole_image=True)
    local, out = tmp_path / 'local', tmp_path / 'ray'
    predict_files(
        str(images), local, PoseModel(model=str(model)), people, pictures=False
    )
    expected = {
        person['image_id']: person['keypoints']
        for person in json.loads((local / 'results.json').read_text())
    }
    call = [f'{scheme}://{images}', '--model', model, '--whole-image']
    call += ['--engine', 'ray', '--address', address, '--workers', 2]
    call += ['--format', 'parquet', '--out', out]
    status, said, errors = predict(*call, env=token)
    # the broken file is named and left out
    assert status == 1, errors[-3000:]
    assert f'cannot read {NUMBER:06d}.png: the file is empty, or no' in errors
    assert f'{NUMBER - 1} images, {NUMBER - 1} people' in said

    rows = [
        row
        for path in out.glob('shards/*.parquet')
        for row in parquet.read_table(path).to_pylist()
    ]
    assert sorted(row['image_id'] for row in rows) == [*range(1, NUMBER + 1)]
    found = {
        row['image_id']: person['keypoints']
        for row in rows
        for person in row['people']
    }
    assert found == expected
    (broken,) = (row for row in rows if row['error'])
    assert broken['file_name'] == f'{NUMBER:06d}.png'
