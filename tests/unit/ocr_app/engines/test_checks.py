"""Whether an engine is the one that its manifest describes, and the one that is asked for."""

import pytest
from engine_files import DATA, IDENTITY, PLATFORM, PROFILE, manifest_of

from ocr_app.core.errors import EngineError
from ocr_app.engines.checks import check_bytes, mismatch


@pytest.mark.parametrize(
    ("data", "code"), [(DATA[:-1], "truncated"), (DATA[:-1] + b"?", "tampered"), (DATA + b"x", "tampered")]
)
def test_other_bytes_are_refused(data, code):
    check_bytes(DATA, manifest_of(), "name")
    with pytest.raises(EngineError, match="the engine name has") as caught:
        check_bytes(data, manifest_of(), "name")
    assert caught.value.code == code and caught.value.next_step == "ocr-app engine build --rebuild"


def test_other_hardware_is_foreign_and_everything_else_is_stale():
    error = mismatch(manifest_of(), IDENTITY._replace(platform=PLATFORM._replace(capability="7.2", version="8.5")))
    assert error.code == "foreign" and error.expected == "version 8.5, capability 7.2"
    assert "it was made for version 8.2.1.8, capability 5.3" in error.found
    assert mismatch(manifest_of(), IDENTITY._replace(plan="ab")).code == "stale"
    assert mismatch(manifest_of(), IDENTITY._replace(plan="ab")).expected == "plan ab"


def test_shapes_are_written_out():
    error = mismatch(manifest_of(), IDENTITY._replace(profile=PROFILE._replace(most=(1, 1, 32, 64))))
    assert error.expected == "profile 1x1x32x40 .. 3x1x32x352 .. 1x1x32x64"
