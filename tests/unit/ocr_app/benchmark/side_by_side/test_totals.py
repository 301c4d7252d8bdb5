"""Totals over image records: lines, whole photographs, times, kinds."""

from ocr_app.benchmark.side_by_side.totals import by_kind, kind_of, total


def image(name, lines, ms=1.0, error=None):
    return {"id": name, "lines": lines, "ms": ms, "cpu_ms": None if ms is None else 2 * ms, "error": error}


IMAGES = [
    image("photos/ed_1.jpg", [[1, 1, 0], [1, 1, 1]], 10.0),
    image("photos/ed_2.jpg", [[1, 0, 0]], 20.0),
    image("photos/fe_3.jpg", [], 30.0),
    image("photos/zz_4.jpg", [[0, 0, 0]], None, {"code": "hung"}),
]


def test_lines_are_counted_and_a_photograph_is_whole_when_all_its_lines_were_read():
    found = total(IMAGES)
    assert (found.images, found.whole, found.errors) == (4, 2, 1)
    assert (found.lines, found.found, found.read, found.exact) == (4, 3, 2, 1)


def test_times_are_those_of_the_images_that_were_read():
    found = total(IMAGES)
    assert (found.median_ms, found.p95_ms, found.median_cpu_ms) == (20.0, 29.0, 40.0)
    assert total(IMAGES[3:]).median_ms is None


def test_an_image_that_failed_is_not_whole_even_without_lines():
    assert total([image("a", [], None, {"code": "hung"})]).whole == 0


def test_kinds_come_in_the_order_of_the_list_and_what_is_not_listed_last():
    kinds = {"fe": "page", "ed": "shop", "gb": "dots"}
    assert list(by_kind(IMAGES, kinds)) == ["page", "shop", "other"]
    assert by_kind(IMAGES, kinds)["shop"].read == 2
    assert kind_of("ed_1.jpg", kinds) == "shop"
