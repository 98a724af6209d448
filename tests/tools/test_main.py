"""The command line as a whole."""

import pytest

from mlpe_mmpose.tools import VERBS, main


def test_without_a_verb_all_verbs_are_listed(capsys):
    assert main([]) == 2
    text = capsys.readouterr().out
    assert all(verb in text and help in text for verb, help in VERBS.items())


@pytest.mark.parametrize('verb', VERBS)
def test_every_verb_explains_itself(verb, capsys):
    with pytest.raises(SystemExit) as stop:
        main([verb, '--help'])
    assert stop.value.code == 0
    assert f'mlpe_mmpose {verb}' in capsys.readouterr().out


def test_an_unknown_verb_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        main(['trian'])
    assert stop.value.code == 2
    assert "'trian'" in capsys.readouterr().err
