import pathlib
import re

import redis_web_token

PACKAGE = pathlib.Path(redis_web_token.__file__).parent


def test_the_package_has_the_scripts_that_it_runs_and_no_others():
    sources = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    run = set(re.findall(r'(?:run_script|parts\.run)\(\s*"([a-z-]+)"', sources))
    assert run == {path.stem for path in PACKAGE.glob("lua/*.lua")}


def test_what_the_package_exports_is_there():
    for name in redis_web_token.__all__:
        assert getattr(redis_web_token, name).__doc__ or name in ("StoreFailureReason",)
