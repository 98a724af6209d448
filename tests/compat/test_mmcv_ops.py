import subprocess
import sys

INSTALL = """
import importlib, sys
from mlpe_mmpose.compat import mmcv_ops
mmcv_ops.install()
"""


def test_a_missing_op_can_be_imported_and_raises_an_error_when_called(
    package, run
):
    package('mmcv-lite', '2.1.0', 'mmcv')
    out = run(f"""{INSTALL}
from mmcv import _ext
try:
    _ext.softnms(1, iou=2)
except RuntimeError as error:
    print(error)
""")
    assert "mmcv op 'softnms' is not compiled here" in out
    assert 'mmcv-lite 2.1.0 is installed' in out
    assert 'make setup MMCV=full' in out
    assert '--no-build-isolation --no-cache-dir --no-deps mmcv==' in out


def test_compiled_ops_stay_in_use(package, run):
    folder = package('mmcv', '2.1.0')
    (folder / '_ext.py').write_text('def nms():\n    return "compiled"\n')
    out = run(f"""{INSTALL}
from mmcv import _ext
print(_ext.nms(), mmcv_ops.is_stand_in(_ext))
""")
    assert out.split() == ['compiled', 'False']


def test_compiled_ops_that_do_not_load_raise_their_own_error(package, run):
    folder = package('mmcv', '2.1.0')
    (folder / '_ext.py').write_text('raise ImportError("undefined symbol: x")')
    out = run(f"""{INSTALL}
try:
    from mmcv import _ext
except ImportError as error:
    print(error)
""")
    assert out.strip() == 'undefined symbol: x'


def test_without_mmcv_the_import_of_its_ops_fails(run):
    out = run(f"""{INSTALL}
for name in ('mmcv._ext', 'mmcv', '_ext'):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(error.name)
""")
    assert out.split() == ['mmcv', 'mmcv', '_ext']


def test_installing_twice_adds_one_finder_and_imports_nothing(package, run):
    package('mmcv-lite', '2.1.0', 'mmcv')
    out = run(f"""{INSTALL}
before = len(sys.meta_path)
mmcv_ops.install()
print(len(sys.meta_path) - before, 'mmcv' in sys.modules)
""")
    assert out.split() == ['0', 'False']


def test_python_3_14_finds_the_ops_although_pkgutil_has_no_find_loader(
    package, run
):
    package('mmcv-lite', '2.1.0', 'mmcv')
    out = run("""
import pkgutil
vars(pkgutil).pop('find_loader', None)
from mlpe_mmpose.compat import mmcv_ops
mmcv_ops.install()
for name in ('mmcv._ext', 'mmcv.none'):
    print(pkgutil.find_loader(name) is not None)
""")
    assert out.split() == ['True', 'False']


def test_the_environment_banner_and_the_real_mmdet_work():
    code = """
import mlpe_mmpose
import mmcv.ops, mmdet.models
from mmcv.utils.env import collect_env
from mmengine.utils.dl_utils import mmcv_full_available
print(collect_env()['MMCV Compiler'] != '', mmcv_full_available())
"""
    out = subprocess.check_output([sys.executable, '-c', code], text=True)
    assert out.split()[-2:] == ['True', 'True']
