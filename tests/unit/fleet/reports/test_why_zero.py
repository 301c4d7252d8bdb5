"""The causes of a lost code, counted on runs written by hand."""

from fleet.reports import why_zero


def run(images, crop="box", reader="easyocr"):
    return {
        "dataset": {"name": "nano-codes-100"},
        "reader": {"asked": reader, "precision": "fp32"},
        "settings": {"crop": crop, "preprocess": "raw"},
        "scores": {"nospace": {"cer": 0.25}},
        "images": [
            {"truth": truth, "lines": [{"text": text} for text in texts], "line_count": [0, printed]}
            for truth, texts, printed in images
        ],
    }


IMAGES = [
    ("EXP 1 L2", ("EXP 1", "L2"), 2),  # glued: verbatim wrong, notebook right
    ("PRO: 1", ("PRO: 1",), 1),  # perfect, and lost by the notebook
    ("PRO: 3", ("PRO 3",), 1),  # the colon is missed, and the notebook counts it
    ("PRO: 4", ("PR0:4",), 1),  # a space and an O
    ("5 6", ("5", "", "6 x"), 1),  # split, and wrong
]


def test_each_step_takes_one_cause_away():
    found = why_zero.anatomy(run(IMAGES))
    names = [name for name, _ in why_zero.STEPS]
    assert dict(zip(names, found.steps, strict=True)) == {
        "as computed for the thesis": 2 / 5,
        "compared verbatim": 1 / 5,
        "lines joined by a space": 2 / 5,
        "spaces ignored": 2 / 5,
        "O also counted as 0": 3 / 5,
    }


def test_a_colon_that_was_read_is_never_counted():
    found = why_zero.anatomy(run(IMAGES))
    assert (found.colon_read, found.colon_counted) == (1, 0)


def test_codes_with_another_number_of_lines():
    found = why_zero.anatomy(run(IMAGES))
    assert (found.split, found.split_right) == (1, 0)


def test_other_sets_and_images_without_texts_are_left_out():
    other = run(IMAGES)
    other["dataset"]["name"] = "real-dates"
    hidden = run([])
    hidden["images"] = [{"truth": None, "lines": None, "line_count": None}]
    assert [entry.codes for entry in why_zero.of_runs([other, hidden])] == [0]


def test_tables():
    found = why_zero.of_runs([run(IMAGES), run(IMAGES[:2], crop="squeezed")])
    assert why_zero.chain_table(found).splitlines()[2] == "| easyocr | 40 % | 20 % | 40 % | 40 % | 60 % | 25.0 % |"
    assert why_zero.colon_table(found).splitlines()[2:] == ["| easyocr | 1 | 0 |"]
    assert why_zero.resize_table(found).splitlines()[2:] == ["| easyocr | 40 % | 100 % | 25.0 % | 25.0 % |"]
    assert why_zero.split_table(found).splitlines()[2:] == ["| easyocr | 1 | 0 (0 %) | 2 (50 %) |"]
