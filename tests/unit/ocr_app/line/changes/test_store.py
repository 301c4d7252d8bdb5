"""What was changed is kept beside the settings that it differs from."""

import json

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.changes.store import FILE, KeptChoice, KeptSetup, SetupStore
from ocr_app.line.settings.service import load

KEPT = KeptSetup(KeptChoice("juice", {"lot": "7"}), ((1, 2, 3, 4),))


@pytest.fixture
def make_store(desk):
    (desk.folder / "j").mkdir()
    return lambda: SetupStore(load(str(desk.folder / "line.yaml")))


def test_what_is_saved_is_loaded(make_store):
    assert make_store().load() == KeptSetup()
    for kept in (KEPT, KEPT._replace(regions=()), KeptSetup()):
        make_store().save(kept)
        assert make_store().load() == kept


def test_settings_that_were_edited_since_count_again(desk, make_store):
    make_store().save(KEPT)
    desk.settings("image: {regions: [[0, 0, 9, 9]]}\n")
    assert make_store().load() == KEPT._replace(regions=None)
    desk.settings("", "file: r.yaml, folder: more, expected: {number: '1'}")
    assert make_store().load() == KEPT._replace(choice=None)
    desk.settings("", "file: more/tea.yaml, folder: more")
    assert make_store().load() == KEPT._replace(choice=None)


@pytest.mark.parametrize("text", [
    "", "{", "[]", "{}", '{"schema": "x"}', '{"schema": "nano-ocr/line-setup/1", "choice": 1, "regions": null}',
    '{"schema": "nano-ocr/line-setup/1", "choice": null, "regions": {"settings": [], "regions": [[1]]}}',
])  # fmt: skip
def test_a_file_that_is_none_is_an_error_and_never_a_guess(desk, make_store, text):
    (desk.folder / "j" / FILE).write_text(text)
    with pytest.raises(ServiceError, match=r"setup\.json cannot be read") as caught:
        make_store().load()
    assert "choose the product again" in caught.value.next_step


def test_the_file_says_what_it_is(desk, make_store):
    make_store().save(KEPT)
    record = json.loads((desk.folder / "j" / FILE).read_text())
    assert record["schema"] == "nano-ocr/line-setup/1" and record["choice"]["product"] == "juice"
