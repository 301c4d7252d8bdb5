"""The page of a measured provisioning run."""

from fleet.virtual import measure


def test_the_page_of_a_measurement_holds_its_numbers():
    roles = [{"role": "swap", "seconds": 3.0}, {"role": "swap", "seconds": 5.0}, {"role": "headless", "seconds": 1.0}]
    assert measure.slowest(roles, 2) == {"swap": 4.0, "headless": 0.5}
    run = {"nodes": 2, "run": "first", "seconds": 12.34, "load_before": 0.5, "changed": 7, "slowest": {"swap": 4.0}}
    machine = {"cpu": "a processor", "threads": 2, "system": "a system", "arch": "x86_64"}
    text = measure.page({"date": "2026-01-02", "machine": machine, "runs": [run]})
    assert "| 2 | first | 12.3 | 7 | swap 4.0 | 0.50 |" in text
    assert "a processor, a system, x86_64, 2 threads" in text
