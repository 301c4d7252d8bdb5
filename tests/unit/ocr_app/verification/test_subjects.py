"""Which file is which network of which reader."""

import pytest
from gate_networks import TAME

from ocr_app.core.errors import ModelError, UsageError
from ocr_app.export import network_specs, program
from ocr_app.readers.registry import parse_name
from ocr_app.verification import subjects
from ocr_app.verification.subjects import DETECTOR, RECOGNISER


def test_a_file_of_no_reader_needs_one_named(saved):
    with pytest.raises(UsageError, match="belongs to no reader"):
        subjects.subject_of("nobody.onnx")
    with pytest.raises(UsageError, match="has no corrector"):
        subjects.subject_of(saved(TAME), parse_name("codes:v2"), "corrector")
    with pytest.raises(UsageError, match="has no recogniser") as caught:
        subjects.subject_of(saved(TAME), parse_name("codes:fast"), RECOGNISER)
    assert caught.value.expected == "codes-detector, codes-recogniser"
    with pytest.raises(ModelError, match="does not exist"):
        subjects.subject_of("nowhere/made.onnx", parse_name("codes:v2"), RECOGNISER)
    with pytest.raises(UsageError, match="does not open networks"):
        subjects.subject_of(saved(TAME), parse_name("tesseract"), RECOGNISER)


def test_our_own_networks_are_subjects_by_their_names(code_models):
    subject = subjects.subject_of(code_models["recogniser"]["file"])
    assert (str(subject.reader), subject.role) == ("codes:v2", RECOGNISER)
    assert subject.path == subject.replaces and subject.spec is None
    assert {each.role for each in subjects.subjects()} == {DETECTOR, RECOGNISER}


def test_an_export_replaces_the_network_of_its_reader(tmp_path, code_models):
    program.export(network_specs.select(["codes-recogniser"])[0], str(tmp_path))
    subject = subjects.exported("codes-recogniser", str(tmp_path))
    assert subject.name == "codes-recogniser.onnx" and subject.replaces != subject.path
    with pytest.raises(ModelError, match=r"\./inv export"):
        subjects.exported("codes-detector", str(tmp_path))
    with pytest.raises(UsageError, match="unknown network"):
        subjects.exported("nothing", str(tmp_path))
