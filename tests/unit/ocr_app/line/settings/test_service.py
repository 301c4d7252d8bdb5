"""Every key of the settings says what it is, in which unit, and within which bounds."""

import attr
import pytest

from ocr_app.imaging.load import Limits
from ocr_app.line.settings import ServiceSettings
from ocr_app.line.settings.fields import value_type
from ocr_app.line.settings.service import keys

KEYS = list(keys())
NAMES = ["{}.{}".format(section, field.name) for section, field in KEYS]


@pytest.mark.parametrize("section,field", KEYS, ids=NAMES)
def test_a_key_has_a_description_of_one_sentence(section, field):
    about = field.metadata["about"]
    assert about.endswith(".") and about[0].isupper() and ". " not in about


@pytest.mark.parametrize("section,field", KEYS, ids=NAMES)
def test_a_number_has_bounds_and_a_unit(section, field):
    metadata = field.metadata
    if value_type(field) in (int, float):
        assert metadata["least"] is not None and metadata["most"] is not None
        assert metadata["unit"] or field.name in ("threads", "restarts")
        assert not field.name.endswith("_s") or metadata["unit"] == "s"
        assert not field.name.endswith("_ms") or metadata["unit"] == "ms"


def test_flags_are_not_shared():
    flags = [field.metadata["flag"] for _, field in KEYS if field.metadata["flag"]]
    assert len(flags) == len(set(flags))


def test_sections_are_described():
    for section in attr.fields(ServiceSettings):
        assert section.metadata["about"].endswith(".") and attr.has(section.type)


def test_limits_of_images_are_those_of_the_other_verbs():
    image = ServiceSettings().image
    assert Limits(image.max_pixels, image.max_bytes, image.min_side) == Limits()
