"""What a collector tells Prometheus."""

import urllib.request

import pytest

from fleet.core.errors import SiteError
from fleet.live.broker import free_port
from fleet.site.metrics import SiteMetrics, serve


def test_prometheus_can_ask():
    metrics, address = SiteMetrics(), f"127.0.0.1:{free_port()}"
    metrics.stored.inc(3)
    end = serve(metrics, address)
    try:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
            assert b"nano_ocr_site_stored_total 3.0" in answer.read()
        with pytest.raises(SiteError, match=r"collect\.metrics"):
            serve(metrics, address)
    finally:
        end()
