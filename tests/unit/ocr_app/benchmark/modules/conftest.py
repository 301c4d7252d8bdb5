"""Our recogniser, exported."""

import pytest

from ocr_app.export import network_specs, program


@pytest.fixture
def exports(tmp_path, code_models):
    folder = str(tmp_path / "exports")
    program.export(network_specs.select(["codes-recogniser"])[0], folder)
    return folder
