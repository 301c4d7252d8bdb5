"""Quotas, low water, and the forecast."""

import os

import pytest

from ocr_app.line.journal.pictures import PictureQuotas, PictureStore

PNG = b"\x89PNG" + b"x" * 96


class Disk:
    """statvfs of a disk that shrinks with what is written."""

    f_frsize = 1

    def __init__(self, free):
        self.f_bavail = free

    def __call__(self, path):
        return self


@pytest.fixture
def make_store(tmp_path):
    def make(passes=1000, rejects=1000, low=0, kept="all", disk=None, **more):
        quotas = PictureQuotas(passes, rejects, low, kept)
        return PictureStore(str(tmp_path), quotas, statvfs=disk or Disk(10**9), **more)

    return make


def names(folder, kind):
    return sorted(os.listdir(str(folder / "pictures" / kind)))


def test_each_kind_has_its_quota_and_the_oldest_go(make_store, make_row, tmp_path):
    removed = []
    store = make_store(passes=250, rejects=350, removed=removed.append)
    for number in range(1, 7):
        assert store.put(make_row(number, "pass" if number % 2 else "fail"), PNG)
    assert names(tmp_path, "pass") == ["3-pass.png", "5-pass.png"] and removed == [1]
    assert names(tmp_path, "reject") == ["2-fail.png", "4-fail.png", "6-fail.png"]
    assert store.used == {"pass": 200, "reject": 300}


def test_a_restart_knows_what_is_kept_by_number_and_not_by_name(make_store, make_row, tmp_path):
    store = make_store()
    for number in (9, 10, 11):
        store.put(make_row(number, "fail"), PNG)
    (tmp_path / "pictures" / "reject" / "12-fail.png.part").write_bytes(b"half")
    again = make_store(rejects=250)
    again.put(make_row(13, "fail"), PNG)
    assert names(tmp_path, "reject") == ["11-fail.png", "13-fail.png"]


def test_low_water_takes_passes_first(make_store, make_row, tmp_path):
    disk = Disk(10**6)
    store = make_store(low=1000, disk=disk)
    for number in (1, 2, 3, 4):
        store.put(make_row(number, "pass" if number > 2 else "no-read"), PNG)
    disk.f_bavail = 500
    assert not store.keep_low_water() and names(tmp_path, "pass") == names(tmp_path, "reject") == []
    assert store.put(make_row(5, "fail"), PNG) == ""


def test_what_is_wanted(make_store, make_row):
    rows = [make_row(1, "pass"), make_row(2, "hold")]
    for kept, wanted in (("all", [True, True]), ("rejects", [False, True]), ("none", [False, False])):
        assert [make_store(kept=kept).wants(row) for row in rows] == wanted


def test_one_that_is_larger_than_the_quota_is_not_kept(make_store, make_row, tmp_path):
    assert make_store(rejects=50).put(make_row(1, "fail"), PNG) == "" and names(tmp_path, "reject") == []


def test_the_forecast_is_room_by_rate(make_store, make_row):
    now = [0.0]
    store = make_store(rejects=86400 * 10 + 600, low=0, disk=Disk(86400 * 20), now=lambda: now[0])
    assert store.days_left() == {}
    for number in range(1, 7):
        store.put(make_row(number, "fail"), PNG)
        now[0] += 100.0
    assert store.days_left() == {"reject": pytest.approx(10.0), "disk": pytest.approx(20.0)}
    now[0] += 7200.0
    assert store.days_left() == {}


def test_room_is_made_without_asking_how_much_is_free(make_store, make_row):
    store = make_store()
    assert not store.make_room()
    store.put(make_row(1, "fail"), PNG)
    assert store.make_room() and store.used["reject"] == 0


@pytest.mark.parametrize("data,suffix", [(b"\xff\xd8..", ".jpg"), (b"BM..", ".bmp"), (b"what", ".image")])
def test_the_suffix_is_that_of_the_data(make_store, make_row, data, suffix):
    assert make_store().put(make_row(1, "hold"), data) == "pictures/reject/1-hold" + suffix
