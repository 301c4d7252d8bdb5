"""The page of modules tells what stands in its record, and that a measurement is not valid."""

from __future__ import annotations

import json
from pathlib import Path

from fleet.reports.modules import main


def test_the_page_tells_times_ratios_and_reasons(tmp_path: Path) -> None:
    usual = {
        "network": "easyocr-detector",
        "reader": "easyocr:english_g2",
        "part": "detector",
        "shape": [1, 3, 480, 640],
    }
    times = {"p95_ms": 25.0, "ms_each": 20.0, "runs": 10}
    rows = [
        {**usual, **times, "engine": "original", "ms": 30.0, "with": "torch 1.10 on cpu"},
        {**usual, **times, "engine": "onnxruntime", "ms": 20.0, "with": "onnxruntime 1.10 on cpu"},
        {**usual, "engine": "tensorrt-fp16", "error": "no TensorRT here"},
        {**usual, "engine": "tensorrt-fp32", "error": "no TensorRT here"},
    ]
    machine = {"machine": "a computer", "cpu": "a processor", "system": "Linux", "arch": "x86_64"}
    published = [{"module": "detector", "engine": "EasyOCR", "gpu_ms": 217.5, "tensorrt_ms": 95.0, "source": "thesis"}]
    record = {"frame": [640, 480], "threads": 1, "device": "cpu", "rows": rows, "environment": machine,
              "published": published, "valid": False,
              "invalid_reasons": [{"code": "machine-busy", "scope": "times", "found": 1.2, "limit": 0.25}]}  # fmt: skip
    path = tmp_path / "modules.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    main(str(path))
    text = (tmp_path / "modules.md").read_text(encoding="utf-8")
    assert "| torch 1.10 on cpu | 1x3x480x640 | 30.0 | 25.0 | 20.0 | 1.50 | 217.5 |" in text
    assert "| onnxruntime 1.10 on cpu | 1x3x480x640 | 20.0 | 25.0 | 20.0 | 1.00 | - |" in text
    assert "- no TensorRT here: tensorrt-fp16 of `easyocr-detector`; tensorrt-fp32 of `easyocr-detector`" in text
    assert "**Not a valid measurement of speed**: machine-busy (1.2, limit 0.25)." in text
