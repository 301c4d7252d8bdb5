"""The page of the registers names each of them once."""

from ocr_app.line.outputs import reference, registers


def test_every_register_and_bit_is_on_the_page():
    text = reference.page()
    for field in registers.INPUT_REGISTERS + registers.HOLDING_REGISTERS:
        assert text.count("| `{}` |".format(field.name)) == 1, field.name
    for name, _ in registers.DISCRETE_INPUTS + registers.COILS:
        assert text.count("| `{}` |".format(name)) == 1, name
    assert "| 3 to 4 | 2 | `sequence` |" in text and "all 66 input registers" in text
