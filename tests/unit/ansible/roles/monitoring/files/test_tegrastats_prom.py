"""The reader of tegrastats on real lines of Nanos: fields by name, whatever is there and whatever is not."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[6] / "ansible" / "roles" / "monitoring" / "files" / "tegrastats_prom.py"
USER = (
    "RAM 613/3964MB (lfb 634x4MB) SWAP 0/1982MB (cached 0MB) CPU [2%@102,0%@102,1%@102,0%@102] EMC_FREQ 0% "
    "GR3D_FREQ 0% PLL@39C CPU@40.5C PMIC@100C GPU@41C AO@46C thermal@41C POM_5V_IN 900/943 POM_5V_GPU 0/0 "
    "POM_5V_CPU 123/123"
)
ROOT_USER = (
    "RAM 1923/3964MB (lfb 2x2MB) SWAP 191/1982MB (cached 6MB) IRAM 0/252kB(lfb 252kB) CPU [5%@1224,4%@1224,3%@1224,"
    "2%@1224] EMC_FREQ 0%@1600 GR3D_FREQ 0%@76 APE 25 PLL@37C CPU@40C PMIC@50C GPU@40C AO@45C thermal@40C "
    "POM_5V_IN 1750/1628 POM_5V_GPU 0/0 POM_5V_CPU 366/406"
)
FIVE_WATT = "RAM 700/3956MB (lfb 1x2MB) SWAP 0/6074MB (cached 0MB) CPU [22%@518,67%@518,off,off] GR3D_FREQ 12%@614"
BARE = "RAM 3100/3964MB (lfb 2x1MB) SWAP 23/6074MB (cached 0MB) CPU [off,90%,off,1%] EMC_FREQ 40% GR3D_FREQ 99%"
MORE = (
    "POM_5V_CPU 366/406 POM_5V_IN 1750/1628 iwlwifi@44C AO@45.5C VIC_FREQ 0%@192 CPU [5%@1224,4%@1224,3%@1224,2%@1224] "
    "SWAP 1/1982MB (cached 6MB) RAM 5/3964MB (lfb 2x2MB)"
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tegrastats_prom", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def values(script: ModuleType, line: str) -> dict[str, Any]:
    """name{labels} -> value."""
    return {
        name + "".join(f" {key}={text}" for key, text in sorted(labels.items())): value
        for name, labels, value in script.parse(line)
    }


def test_it_is_python_3_6() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def test_a_line_without_root_has_no_frequencies_of_units(script: ModuleType) -> None:
    found = values(script, USER)
    assert found["jetson_memory_bytes kind=ram state=used"] == 613 * 2**20
    assert found["jetson_memory_bytes kind=swap state=total"] == 1982 * 2**20
    assert found["jetson_cpu_frequency_hertz core=0"] == 102_000_000
    assert found["jetson_temperature_celsius zone=CPU"] == 40.5
    assert found["jetson_power_watts rail=POM_5V_IN"] == 0.9
    assert found["jetson_power_average_watts rail=POM_5V_IN"] == 0.943
    assert not [name for name in found if "unit_frequency" in name]


def test_a_line_of_root(script: ModuleType) -> None:
    found = values(script, ROOT_USER)
    assert found["jetson_memory_bytes kind=iram state=total"] == 252 * 1024
    assert found["jetson_swap_cached_bytes"] == 6 * 2**20
    assert found["jetson_unit_frequency_hertz unit=EMC"] == 1_600_000_000
    assert found["jetson_unit_frequency_hertz unit=GR3D"] == 76_000_000
    assert found["jetson_unit_frequency_hertz unit=APE"] == 25_000_000
    assert found["jetson_power_watts rail=POM_5V_CPU"] == 0.366


def test_cores_that_are_off(script: ModuleType) -> None:
    found = values(script, FIVE_WATT)
    assert [found[f"jetson_cpu_online core={core}"] for core in range(4)] == [1, 1, 0, 0]
    assert found["jetson_cpu_load_ratio core=1"] == 0.67
    assert "jetson_cpu_load_ratio core=2" not in found
    assert found["jetson_unit_frequency_hertz unit=GR3D"] == 614_000_000


def test_no_temperatures_rails_or_frequencies(script: ModuleType) -> None:
    found = values(script, BARE)
    assert found["jetson_unit_load_ratio unit=GR3D"] == 0.99
    assert found["jetson_cpu_load_ratio core=1"] == 0.9
    assert not [name for name in found if re.search("temperature|watts|hertz", name)]


def test_another_order_and_further_zones(script: ModuleType) -> None:
    found = values(script, MORE)
    assert found["jetson_temperature_celsius zone=iwlwifi"] == 44
    assert found["jetson_temperature_celsius zone=AO"] == 45.5
    assert found["jetson_unit_frequency_hertz unit=VIC"] == 192_000_000
    assert found["jetson_memory_bytes kind=ram state=used"] == 5 * 2**20


@pytest.mark.parametrize("line", [USER, ROOT_USER])
def test_the_constant_of_the_pmic_is_no_temperature(script: ModuleType, line: str) -> None:
    assert "jetson_temperature_celsius zone=PMIC" not in values(script, line)


@pytest.mark.parametrize("line", [USER, ROOT_USER, FIVE_WATT, BARE, MORE])
def test_the_text_is_one_that_prometheus_reads(script: ModuleType, line: str) -> None:
    """Exposition format: each metric typed once, each series once."""
    text = script.render(script.parse(line), 1732230000.0)
    series = [row.rpartition(" ")[0] for row in text.splitlines() if not row.startswith("#")]
    types = [row.split()[2] for row in text.splitlines() if row.startswith("# TYPE")]
    assert len(series) == len(set(series)) and len(types) == len(set(types))
    assert {name.partition("{")[0] for name in series} == set(types)
    assert all(re.fullmatch(r'\w+(\{\w+="[\w-]+"(,\w+="[\w-]+")*\})?', name) for name in series)
    assert text.endswith("jetson_tegrastats_timestamp_seconds 1732230000\n")


@pytest.mark.parametrize("line", ["", "tegrastats: not found", "Usage: tegrastats [-option]"])
def test_what_is_no_line_gives_nothing(script: ModuleType, line: str) -> None:
    assert script.parse(line) == []


def test_it_follows_a_command_and_replaces_one_file(script: ModuleType, tmp_path: Path) -> None:
    out = tmp_path / "t.prom"
    code = f"print({USER!r}, flush=True); print('noise', flush=True); print({FIVE_WATT!r}, flush=True)"
    assert script.main(["--out", str(out), "--", sys.executable, "-c", code]) == 0
    assert 'core="3"} 0' in out.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["t.prom"]


def test_a_command_that_says_nothing_of_use_is_a_failure(script: ModuleType, tmp_path: Path) -> None:
    assert script.main(["--out", str(tmp_path / "t.prom"), "--", sys.executable, "-c", "print('x')"]) == 1
    assert not (tmp_path / "t.prom").exists()
