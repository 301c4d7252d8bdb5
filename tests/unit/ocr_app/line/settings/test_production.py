"""Sections of a live line."""

import pytest

from ocr_app.line.settings.production import JournalSettings, SourceSettings


def test_a_line_is_one_with_a_source():
    assert not SourceSettings().enabled and SourceSettings(kind="http").enabled


@pytest.mark.parametrize("name,fits", [("line-3_b", True), ("", True), ("a b", False), ("é", False), ("x" * 41, False)])
def test_the_name_of_a_board_fits_into_ids_and_topics(name, fits):
    if fits:
        assert JournalSettings(board=name).board == name
        return
    with pytest.raises(ValueError, match="a name of letters"):
        JournalSettings(board=name)
