"""Of several samples the lines are kept that they have in common."""

import pytest

from ocr_app.recipes.teaching.alignment import find_layouts, likeness, shape_of
from ocr_app.recipes.teaching.tokens import normalise, split_line


def layouts(*samples):
    found = find_layouts([[split_line(normalise(line)) for line in sample] for sample in samples])
    return [
        [{number: " ".join(t.text for t in tokens) for number, tokens in line.tokens.items()} for line in layout]
        for layout in found
    ]


def test_packaging_and_stray_lines_are_left_out():
    (layout,) = layouts(
        ["PREMIUM FLOUR", "EXP 01.02.2024", "L1234", "0800 123 456"],
        ["EXP 03.04.2025", "L5678", "MADE IN ITALY"],
        ["TEL 12", "EXP 05.06.2026", "L9012"],
    )
    assert layout == [
        {0: "EXP 01.02.2024", 1: "EXP 03.04.2025", 2: "EXP 05.06.2026"}, {0: "L1234", 1: "L5678", 2: "L9012"},
    ]  # fmt: skip


def test_two_lines_of_one_form_keep_their_order():
    (layout,) = layouts(["03 11 2020", "03 11 2021"], ["04 12 2020", "04 12 2021"])
    assert layout == [{0: "03 11 2020", 1: "04 12 2020"}, {0: "03 11 2021", 1: "04 12 2021"}]


def test_a_sample_that_was_misread_in_one_line_supports_the_others():
    (layout,) = layouts(["EXP 01.02.2024", "L1234"], ["EXP 03.04.2025", "L5678"], ["EXP 0!.?6.20", "L9012"])
    assert layout[0] == {0: "EXP 01.02.2024", 1: "EXP 03.04.2025"} and len(layout[1]) == 3


def test_a_misread_word_is_the_same_word():
    (layout,) = layouts(["BEST BEFORE 01.02.2024"], ["BEST BFECRE 03.04.2025"])
    assert len(layout) == 1 and len(layout[0]) == 2


def test_other_forms_become_layouts_and_single_ones_only_with_a_date():
    assert len(layouts(["EXP 01.02.2024"], ["EXP 03.04.2025"], ["2021/05/06 12:30"])) == 2
    assert len(layouts(["EXP 01.02.2024"], ["EXP 03.04.2025"], ["XK-12345-99"])) == 1


def test_samples_without_a_code_have_no_layout():
    assert layouts(["SUGAR", "SALT"], []) == []


def test_likeness_is_none_where_the_fields_differ():
    def of(one, two):
        return likeness(split_line(one), split_line(two))

    assert of("L1234", "L5678") == 1.0 and of("L1234", "L56789") == pytest.approx(0.6)
    assert of("L1234", "01.02.2024") is None and of("L1234 A", "L1234") is None
    assert of("01.02.2024", "2024.02.01") is None and of("12:30", "13:59") == 1.0 and of("A/", "A-") is None


def test_the_shape_of_a_text():
    assert shape_of("L12-3") == "A99-9"
