"""Load and memory; no time is asserted, only what must hold of any."""

from ocr_app.board.usage import UsageSnapshot, peak_memory_mb, snapshot, spent


def test_other_load_is_what_is_left_of_the_machines_work():
    before, after = UsageSnapshot(10.0, 1.0, 100.0, None), UsageSnapshot(12.0, 4.0, 104.0, None)
    assert spent(before, after) == {"wall_s": 2.0, "cpu_s": 3.0, "own_cores": 1.5, "other_cores": 0.5}


def test_without_the_machines_count_other_load_is_unknown():
    assert spent(UsageSnapshot(0.0, 0.0, None, None), UsageSnapshot(1.0, 1.0, None, None))["other_cores"] is None


def test_a_snapshot_only_grows():
    first, second = snapshot(), snapshot()
    assert second.wall_s >= first.wall_s and second.own_cpu_s >= first.own_cpu_s


def test_this_process_has_a_peak():
    assert peak_memory_mb()["self"] > 1.0
