"""The map of the registers, and the handshake by sequence."""

from ocr_app.line.outputs import registers
from ocr_app.line.outputs.registers import DISCRETE_INPUTS, INPUT_REGISTERS, LineRegisters, words_of

CONDITIONS = {"live": True, "ready": True, "busy": False, "degraded": False}


def made(acknowledge=False, most=2):
    lost = []
    return LineRegisters(acknowledge, most, lambda: CONDITIONS, lambda: lost.append(1)), lost


def value(line, name):
    words = line.registers()
    field = next(field for field in INPUT_REGISTERS if field.name == name)
    own = words[field.address : field.address + field.size]
    if name in ("text", "reason"):
        return b"".join(bytes([word >> 8, word & 0xFF]) for word in own).rstrip(b"\0").decode()
    return sum(word << 16 * place for place, word in enumerate(reversed(own)))


def bits(line):
    return {name for (name, _), bit in zip(DISCRETE_INPUTS, line.inputs()) if bit}


def test_before_the_first_part_there_is_no_verdict():
    line, _ = made()
    assert (value(line, "sequence"), value(line, "verdict"), value(line, "layout")) == (0, 0, 1)
    assert bits(line) == {"live", "ready"} and value(line, "status") == 0b11


def test_a_part_is_there_as_a_whole(make_row):
    line, _ = made()
    line.put(make_row(70000, text="08/2024 é"))
    assert (value(line, "sequence"), value(line, "sequence_again"), value(line, "verdict")) == (70000, 70000, 1)
    assert (value(line, "text"), value(line, "reason"), value(line, "passes")) == ("08/2024 é", "", 1)
    assert bits(line) == {"live", "ready", "valid", "passed"} and value(line, "status") == 0b11011
    line.put(make_row(70001, "no-read", reasons=("no-code", "x")))
    assert (value(line, "verdict"), value(line, "reason"), value(line, "no_reads")) == (3, "no-code", 1)
    assert "passed" not in bits(line)


def test_an_acknowledged_verdict_is_gone_and_a_wrong_sequence_changes_nothing(make_row):
    line, _ = made()
    line.put(make_row(5))
    assert not line.acknowledge(4) and value(line, "verdict") == 1
    assert line.acknowledge(5) and not line.acknowledge(5)
    assert (value(line, "verdict"), value(line, "sequence")) == (0, 5) and "valid" not in bits(line)


def test_verdicts_wait_for_their_acknowledgement_in_order(make_row):
    line, lost = made(acknowledge=True)
    for number in (1, 2, 3):
        line.put(make_row(number, "pass" if number != 2 else "fail"))
    found = []
    while value(line, "verdict"):
        found.append((value(line, "sequence"), value(line, "verdict"), value(line, "waiting")))
        line.acknowledge(found[-1][0])
    assert found == [(1, 1, 2), (2, 2, 1), (3, 1, 0)] and not lost


def test_a_plc_that_is_silent_loses_the_oldest_that_wait_and_it_is_counted(make_row):
    line, lost = made(acknowledge=True, most=2)
    for number in range(1, 6):
        line.put(make_row(number))
    assert value(line, "lost") == 2 and len(lost) == 2 and value(line, "sequence") == 1
    line.acknowledge(1)
    assert value(line, "sequence") == 4


def test_without_acknowledgement_the_newest_stands(make_row):
    line, lost = made()
    for number in (1, 2, 3):
        line.put(make_row(number))
    assert (value(line, "sequence"), value(line, "waiting"), lost) == (3, 0, [])


def test_the_heartbeat_turns_over():
    line, _ = made()
    line._heartbeat = 0xFFFE
    found = []
    for _ in range(3):
        line.beat()
        found.append(value(line, "heartbeat"))
    assert found == [0xFFFF, 0, 1]


def test_words():
    assert words_of(0x12345678, 2) == [0x1234, 0x5678] and words_of("AB\u00e9", 2) == [0x4142, 0xC3A9]
    assert words_of("AB\u00e9", 1) == [0x4142] and words_of("A\u00e9", 1) == [0x4100]


def test_the_map_fits_one_request():
    assert registers.SIZE == len(made()[0].registers()) <= 125  # Modbus application protocol 1.1b3, section 6.4
    ends = [field.address + field.size for field in INPUT_REGISTERS]
    assert ends[:-1] == [field.address for field in INPUT_REGISTERS[1:]]
