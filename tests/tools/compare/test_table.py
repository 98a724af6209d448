"""Tables say what was measured, and no more."""

import csv

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from mlpe_mmpose.tools.compare import plots
from mlpe_mmpose.tools.compare.costs import Costs
from mlpe_mmpose.tools.compare.plots import (
    draw_costs,
    draw_curves,
    draw_figures,
    find_front,
    write_names,
)
from mlpe_mmpose.tools.compare.suite import Experiment
from mlpe_mmpose.tools.compare.table import (
    Row,
    format_legend,
    format_markdown,
    write_csv,
)
from mlpe_mmpose.tools.training_progress import METRICS


def result(name: str, seed: int, ap: float, **more: object) -> dict:
    metrics = {**dict.fromkeys(METRICS, 0.5), 'AP': ap, 'AP (L)': -1.0}
    return dict(
        experiment=name,
        seed=seed,
        metrics=metrics,
        boxes='ground truth',
        peak_memory_mib=100.0,
        train_seconds=60.0,
        command='mim train',
        machine='of mine',
        **more,
    )


@pytest.fixture
def rows() -> list[Row]:
    base = Row(
        Experiment('base', 'x.py', paper={'AP': 70.4}, source='authors'),
        [result('base', seed, ap) for seed, ap in enumerate((0.5, 0.52))],
        Costs(1.5, 2.5, 3.5, 'a machine, 2 threads'),
    )
    better = Row(
        Experiment('better', 'x.py', against='base'),
        [result('better', seed, ap) for seed, ap in enumerate((0.7, 0.72))],
    )
    waiting = Row(Experiment('waiting', 'x.py', against='base'))
    return [base, better, waiting]


def cells(rows: list[Row]) -> dict[str, dict[str, str]]:
    """Cells of the Markdown table by row and column."""
    head, _, *body = (
        line.strip().removeprefix('|').removesuffix('|').split('|')
        for line in format_markdown(rows).splitlines()
    )
    head = [cell.strip() for cell in head]
    return {
        line[0].strip(): dict(
            zip(head, (c.strip() for c in line), strict=True)
        )
        for line in body
    }


def test_means_and_sample_deviations_are_in_percent(rows):
    # 50 and 52: mean 51, deviation sqrt(2)
    assert cells(rows)['base']['AP'] == '51.0 ± 1.4'


def test_a_bar_in_a_name_begins_no_cell():
    row = Row(Experiment('a | b', 'x.py'))
    line = format_markdown([row]).splitlines()[2]
    assert line.startswith(r'| a \| b |')


def test_what_was_not_measured_is_empty(rows):
    table = cells(rows)
    assert set(table['waiting'].values()) == {'waiting', 'base', ''}
    # COCO says -1 where there is nobody of a size
    assert table['base']['AP(L)'] == ''
    assert table['better']['ms'] == ''
    assert table['better']['paper'] == ''
    assert table['base']['paper'] == 'AP 70.4 (authors)'


def test_the_legend_says_where_the_times_were_measured(rows):
    *_, last = format_legend(rows).splitlines()
    assert last == 'ms are of the last call, on: a machine, 2 threads.'
    # without times there is no such line
    assert 'last call' not in format_legend(rows[1:])


def test_a_difference_is_clear_only_if_chance_hardly_makes_it(rows):
    # 20 points with a deviation of 1.4: p = 0.005
    assert cells(rows)['better']['difference'] == '+20.0, clear (p 0.005)'
    # 2 points with the same deviation: p = 0.29
    for found, ap in zip(rows[1].results, (0.52, 0.54), strict=True):
        found['metrics']['AP'] = ap
    text = cells(rows)['better']['difference']
    assert text == '+2.0, not clear (p 0.29)'
    # 9 points, far beyond either deviation: two seeds are not enough
    for found, ap in zip(rows[1].results, (0.6, 0.601), strict=True):
        found['metrics']['AP'] = ap
    text = cells(rows)['better']['difference']
    assert text == '+9.0, not clear (p 0.069)'


def test_one_seed_makes_no_difference(rows):
    del rows[1].results[1]
    assert cells(rows)['better']['AP'] == '70.0'
    assert cells(rows)['better']['difference'] == ''


def test_every_run_has_a_line_with_its_command(rows, tmp_path):
    write_csv(rows, tmp_path / 'runs.csv')
    with (tmp_path / 'runs.csv').open() as file:
        lines = list(csv.DictReader(file))
    assert [(x['experiment'], x['seed']) for x in lines] == [
        (name, seed) for name in ('base', 'better') for seed in '01'
    ]
    assert lines[2]['AP'] == '0.7'
    assert {line['command'] for line in lines} == {'mim train'}
    assert {line['machine'] for line in lines} == {'of mine'}


def test_a_row_that_was_renamed_has_its_new_name(rows, tmp_path):
    rows[0].results[0]['experiment'] = 'of before'
    write_csv(rows, tmp_path / 'runs.csv')
    with (tmp_path / 'runs.csv').open() as file:
        first, *_ = csv.DictReader(file)
    assert first['experiment'] == 'base'


def test_pck_is_shown_where_it_was_measured(rows, tmp_path):
    for found in rows[1].results:
        found['metrics']['PCK'] = 0.25
    assert cells(rows)['better']['PCK@0.1'] == '25.0 ± 0.0'
    # results of an earlier version have none
    assert cells(rows)['base']['PCK@0.1'] == ''
    write_csv(rows, tmp_path / 'runs.csv')
    with (tmp_path / 'runs.csv').open() as file:
        values = [line['PCK@0.1'] for line in csv.DictReader(file)]
    assert values == ['', '', '0.25', '0.25']


def test_memory_of_a_gpu_has_a_column_where_it_was_measured(rows, tmp_path):
    assert cells(rows)['better']['MiB'] == '100'
    assert 'GPU MiB' not in cells(rows)['better']
    on_gpu, other = rows[1].results
    on_gpu['peak_gpu_memory_mib'] = 5188.0
    # of a run that was only tested here, nothing is known
    del on_gpu['peak_memory_mib'], other['peak_memory_mib']
    assert cells(rows)['better']['GPU MiB'] == '5188'
    assert cells(rows)['better']['MiB'] == ''
    assert cells(rows)['base']['GPU MiB'] == ''
    write_csv(rows, tmp_path / 'runs.csv')
    with (tmp_path / 'runs.csv').open() as file:
        values = [line['peak_gpu_memory_mib'] for line in csv.DictReader(file)]
    assert values == ['', '', '5188.0', '']


@pytest.mark.parametrize('ap', [0.7, -1.0])
@pytest.mark.parametrize('draw', [draw_figures, draw_curves, draw_costs])
def test_a_plot_is_a_picture_with_or_without_an_ap(rows, tmp_path, draw, ap):
    for row in rows:
        for found in row.results:
            found['metrics']['AP'] = ap
            found['curve'] = [[1, ap], [2, ap]]
    draw(rows, tmp_path / 'plot.png')
    assert cv2.imread(str(tmp_path / 'plot.png')).std() > 0


def test_the_bold_line_of_the_curves_is_the_mean_over_the_seeds(
    rows, tmp_path, monkeypatch
):
    row, drawn = rows[0], []
    assert len(row.results) == 2
    row.results[0]['curve'] = [[1, 0.2], [2, 0.4]]
    row.results[1]['curve'] = [[1, 0.3], [2, 0.7], [3, 0.8]]
    monkeypatch.setattr(plots, '_save', lambda figure, _: drawn.append(figure))
    draw_curves([row], tmp_path / 'plot.png')
    (axis,) = drawn[0].axes
    *seeds, mean = [line.get_xydata().tolist() for line in axis.lines]
    assert seeds == [[[1, 20], [2, 40]], [[1, 30], [2, 70], [3, 80]]]
    np.testing.assert_allclose(mean, [[1, 25], [2, 55], [3, 80]])
    plt.close(drawn[0])


@pytest.mark.parametrize(
    'places',
    [
        [(0.2, 50), (0.2, 50.2), (0.21, 50.1), (0.5, 60), (1, 40)],
        [(0.5 + n / 500, 50 + n / 50) for n in range(8)] + [(1, 60)],
    ],
    ids=['a few', 'a crowd'],
)
def test_names_in_the_plot_of_costs_cover_no_name_and_no_point(places):
    points = {f'a_long_name_{i}': place for i, place in enumerate(places)}
    figure, axis = plt.subplots(figsize=(6, 5))
    for x, y in places:
        axis.plot(x, y, 'o')
    axis.margins(x=0.2)
    figure.canvas.draw()
    write_names(axis, points)
    boxes = [Text.get_window_extent(text) for text in axis.texts]
    for number, box in enumerate(boxes):
        assert not box.count_overlaps(boxes[:number])
        for place in places:
            assert not box.contains(*axis.transData.transform(place))
    assert len(boxes) == len(places)
    plt.close(figure)


def test_a_name_without_room_is_written_all_the_same():
    points = {f'a_long_name_{i}': (0.2, 50) for i in range(60)}
    figure, axis = plt.subplots()
    axis.plot(0.2, 50, 'o')
    figure.canvas.draw()
    write_names(axis, points)
    assert len(axis.texts) == len(points)
    plt.close(figure)


def test_every_metric_has_a_panel_and_a_metric_of_no_row_has_none(
    rows, tmp_path
):
    draw_figures(rows, tmp_path / 'four.png')
    rows[1].results[0]['metrics']['PCK'] = 0.25
    draw_figures(rows, tmp_path / 'five.png')
    four, five = (
        cv2.imread(str(tmp_path / name)) for name in ('four.png', 'five.png')
    )
    # 2 inches, and 3 a panel
    assert four.shape[1] / five.shape[1] == pytest.approx(14 / 17, abs=0.01)


def test_the_front_has_the_rows_that_none_beats():
    points = [(3, 60.0), (1, 50.0), (2, 49.0), (3, 61.0), (4, 61.0)]
    assert find_front(points) == [(1, 50.0), (3, 61.0)]
    assert find_front([]) == []
