"""What a reader in another process promises: one answer per image, whatever the process does."""

import time

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, ImageError, ReaderFailed
from ocr_app.readers.contract import ReaderOptions, Timer
from ocr_app.workers.remote import RemoteReader, probe_remote


@pytest.fixture
def reader_of(fake):
    opened = []

    def open_it(plan, timeout_s=30.0):
        reader = RemoteReader(
            "fake", ReaderOptions(), fake.command(plan), None, "py36-fake", timeout_s, first_timeout_s=30.0
        )
        opened.append(reader)
        return reader

    yield open_it
    for reader in opened:
        reader.close()


def failure_of(reader, image):
    with pytest.raises(ReaderFailed) as caught:
        reader.read(image)
    return caught.value


def test_lines_and_timing_come_through(reader_of, image):
    timer = Timer()
    lines = reader_of("ok").read(image, timer)
    assert [(line.text, line.quad.tolist(), line.confidence) for line in lines] == [
        ("ok", [[0, 0], [8, 0], [8, 4], [0, 4]], 0.5)
    ]
    assert timer.ms == {"detect": 2.0, "recognise": 1.0}


def test_the_engine_names_environment_and_python(reader_of):
    assert reader_of("ok").info.engine == "Fake 1.0 [py36-fake, Python 3.6.9]"


def test_one_process_serves_many_images(reader_of, fake, image):
    reader = reader_of("ok")
    for _ in range(3):
        reader.read(image)
        reader.read_line(image)
    assert len(fake.pids()) == 1


def test_the_image_is_left_unchanged(reader_of, image):
    before = image.copy()
    reader_of("ok").read(image)
    assert np.array_equal(image, before)


def test_grey_and_strided_images_arrive_in_their_shape(reader_of, image):
    reader = reader_of("shape")
    assert reader.read(image[:, ::2, 0])[0].text == "[4, 4]"
    assert reader.read(image[:, ::-1])[0].text == "[4, 8, 3]"


def test_a_crash_costs_one_image_and_quotes_the_last_words(reader_of, fake, image):
    reader = reader_of("exit,ok")
    error = failure_of(reader, image)
    assert error.code == "crashed"
    assert "exited with status 3" in error.found
    assert "| out of luck" in error.found
    assert reader.read(image)[0].text == "ok"
    assert len(fake.pids()) == 2


def test_death_by_signal_names_the_signal(reader_of, image):
    error = failure_of(reader_of("segfault,ok"), image)
    assert error.code == "crashed"
    assert "was ended by signal SIGSEGV" in error.found


def test_a_hang_is_ended_in_time_and_its_process_with_it(reader_of, fake, is_gone, image):
    reader = reader_of("then-hang,ok", timeout_s=0.5)
    reader.read(image)
    start = time.monotonic()
    error = failure_of(reader, image)
    assert error.code == "hung"
    assert "within 0.5 s" in error.found
    assert time.monotonic() - start < 10
    assert is_gone(fake.pids()[0])
    assert reader.read(image)[0].text == "ok"


def test_what_a_hanging_process_started_is_ended_too(reader_of, fake, is_gone, image):
    reader = reader_of("then-family,ok", timeout_s=1.5)
    reader.read(image)
    assert failure_of(reader, image).code == "hung"
    with open(fake.state + ".family") as stream:
        assert is_gone(int(stream.read()))


def test_a_process_that_reads_nothing_cannot_block_the_caller(reader_of, image):
    reader = reader_of("stop", timeout_s=0.5)
    reader.read(image)
    assert failure_of(reader, np.zeros((1500, 1500, 3), np.uint8)).code == "hung"


def test_a_late_answer_is_never_taken_for_the_next_image(reader_of, image):
    reader = reader_of("then-late,ok", timeout_s=0.4)
    reader.read(image)
    assert failure_of(reader, image).code == "hung"
    time.sleep(0.8)
    assert reader.read(image)[0].text == "ok"


@pytest.mark.parametrize("behaviour", ["garbage", "half", "wrong-id"])
def test_garbage_is_refused_and_a_fresh_process_takes_over(reader_of, fake, is_gone, image, behaviour):
    reader = reader_of(behaviour + ",ok")
    assert failure_of(reader, image).code == "garbage"
    assert is_gone(fake.pids()[0])
    assert reader.read(image)[0].text == "ok"


def test_an_answer_too_many_is_noticed_at_the_next_image(reader_of, image):
    reader = reader_of("twice,ok")
    assert reader.read(image)[0].text == "ok"
    assert failure_of(reader, image).code == "garbage"


def test_an_error_of_one_image_keeps_the_process(reader_of, fake, image):
    reader = reader_of("bad-image")
    for _ in range(5):
        with pytest.raises(ImageError) as caught:
            reader.read(image)
        assert (caught.value.code, caught.value.next_step) == ("too-small", "do it")
    assert len(fake.pids()) == 1


def test_a_hang_that_the_process_itself_reports_keeps_it(reader_of, fake, image):
    reader = reader_of("inner-hang")
    for _ in range(5):
        assert failure_of(reader, image).code == "hung"
    assert len(fake.pids()) == 1


def test_three_failures_in_a_row_give_the_reader_up(reader_of, fake, image):
    reader = reader_of("exit")
    codes = [failure_of(reader, image).code for _ in range(5)]
    assert codes == ["crashed", "crashed", "crashed", "gave-up", "gave-up"]
    assert len(fake.pids()) == 3
    assert "exited with status 3" in failure_of(reader, image).found


def test_a_success_between_failures_forgives_them(reader_of, image):
    reader = reader_of("exit,exit,twice,exit,ok")
    outcomes = []
    for _ in range(6):
        try:
            outcomes.append(reader.read(image)[0].text)
        except ReaderFailed as error:
            outcomes.append(error.code)
    assert outcomes == ["crashed", "crashed", "ok", "garbage", "crashed", "ok"]


def test_an_error_on_opening_is_the_readers_own(fake, is_gone):
    with pytest.raises(DeviceUnavailable) as caught:
        RemoteReader("fake", ReaderOptions(), fake.command("no-device"))
    assert caught.value.exit_code == 4
    assert is_gone(fake.pids()[0])


def test_another_version_of_the_protocol_is_refused(fake):
    with pytest.raises(ReaderFailed) as caught:
        RemoteReader("fake", ReaderOptions(), fake.command("future"))
    assert caught.value.code == "protocol"


def test_a_flood_on_standard_error_does_not_block(reader_of, image):
    assert reader_of("noise").read(image)[0].text == "ok"


def test_a_python_that_cannot_start_is_an_error_with_its_path():
    with pytest.raises(ReaderFailed) as caught:
        RemoteReader("fake", ReaderOptions(), ["/nowhere/bin/python"])
    assert "/nowhere/bin/python" in caught.value.found


def test_closing_ends_the_process_and_the_reader(reader_of, fake, is_gone, image):
    reader = reader_of("ok")
    reader.close()
    reader.close()
    assert is_gone(fake.pids()[0])
    assert failure_of(reader, image).code == "closed"


def test_the_probe_of_a_process_comes_through(fake, is_gone):
    probe = probe_remote("fake", fake.command("ok"))
    assert (probe.versions, probe.problem) == ((("fake", "1.0"),), None)
    assert is_gone(fake.pids()[0])
