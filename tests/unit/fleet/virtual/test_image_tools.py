"""The simulated tools of a virtual Nano against the documented formats: no Docker, in a folder instead of /."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from fleet.virtual.settings import IMAGE

ROOTFS = IMAGE / "rootfs"
RAM = r"RAM \d+/\d+MB \(lfb \d+x\d+MB\) SWAP \d+/\d+MB \(cached \d+MB\)"
RAILS = r"POM_5V_IN \d+/\d+ POM_5V_GPU \d+/\d+ POM_5V_CPU \d+/\d+"


class Board:
    """A folder that the tools take for /."""

    def __init__(self, root):
        self.root = root
        (root / "proc").mkdir()
        (root / "sys/firmware/devicetree/base").mkdir(parents=True)
        (root / "sys/firmware/devicetree/base/model").write_bytes(b"NVIDIA Jetson Nano Developer Kit\0")
        (root / "sys/firmware/devicetree/base/compatible").write_bytes(b"nvidia,jetson-nano\0nvidia,tegra210\0")
        shutil.copytree(ROOTFS / "etc/nvpmodel", root / "etc/nvpmodel")
        (root / "etc/nvpmodel.conf").symlink_to("nvpmodel/nvpmodel_t210_jetson-nano.conf")
        shutil.copytree(ROOTFS / "etc/virtual-nano", root / "etc/virtual-nano")
        swap = "SwapTotal: 2029568 kB\nSwapFree: 2029568 kB\n"
        (root / "proc/meminfo").write_text(
            "MemTotal: 4059136 kB\nMemFree: 3431424 kB\nMemAvailable: 3431424 kB\n" + swap
        )

    def start(self, tool, *arguments):
        library = ROOTFS / "usr/lib/virtual-nano"
        environment = dict(os.environ, VIRTUAL_NANO_ROOT=str(self.root), VIRTUAL_NANO_LIB=str(library))
        environment.update(PYTHONDONTWRITEBYTECODE="1", HOME=str(self.root))
        command = [sys.executable, str(ROOTFS / tool), *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)

    def run(self, tool, *arguments):
        with self.start(tool, *arguments) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def says(self, tool, *arguments):
        done = self.run(tool, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def boot(self):
        """What the first process and nvpmodel.service do."""
        shutil.rmtree(self.root / "run", ignore_errors=True)
        self.says("usr/sbin/nvpmodel", "-f", "/etc/nvpmodel.conf")

    def tegrastats(self):
        """The first line; the real tool does not end by itself either."""
        with self.start("usr/bin/tegrastats", "--interval", "60000") as process:
            line = process.stdout.readline()
            process.terminate()
        return line.rstrip("\n")


@pytest.fixture
def board(tmp_path):
    board = Board(tmp_path)
    board.boot()
    return board


def test_nvpmodel_says_its_mode_as_boards_do(board):
    assert board.says("usr/sbin/nvpmodel", "-q") == "NV Power Mode: MAXN\n0\n"


def test_the_remembered_mode_wins_over_the_default_at_boot(board):
    board.says("usr/sbin/nvpmodel", "-m", "1")
    assert (board.root / "var/lib/nvpmodel/status").read_text() == "pmode:0001\n"
    board.boot()
    assert board.says("usr/sbin/nvpmodel", "-q") == "NV Power Mode: 5W\n1\n"


def test_a_mode_that_is_not_in_the_configuration_is_refused(board):
    done = board.run("usr/sbin/nvpmodel", "-m", "7")
    assert done.returncode == 1 and "NVPM ERROR: invalid power mode ID 7" in done.stderr
    assert board.says("usr/sbin/nvpmodel", "-q").endswith("0\n")


def test_a_status_of_a_mode_that_is_gone_gives_the_default(board):
    (board.root / "var/lib/nvpmodel/status").write_text("pmode:0009\n")
    board.boot()
    assert board.says("usr/sbin/nvpmodel", "-q") == "NV Power Mode: MAXN\n0\n"


def clocks(board):
    lines = board.says("usr/bin/jetson_clocks", "--show").splitlines()
    cores = [
        re.search(r"Online=(\d).*MinFreq=(\d+) MaxFreq=(\d+)", line).groups() for line in lines if line[:3] == "cpu"
    ]
    return [(online == "1", int(low), int(high)) for online, low, high in cores]


def test_locked_clocks_are_lost_at_reboot(board):
    assert clocks(board) == [(True, 102000, 1479000)] * 4
    board.says("usr/bin/jetson_clocks")
    assert clocks(board) == [(True, 1479000, 1479000)] * 4
    board.boot()
    assert clocks(board) == [(True, 102000, 1479000)] * 4


def test_a_change_of_mode_frees_the_clocks_and_caps_them(board):
    board.says("usr/bin/jetson_clocks")
    board.says("usr/sbin/nvpmodel", "-m", "1")
    assert clocks(board) == [(True, 102000, 918000)] * 2 + [(False, 102000, 918000)] * 2


def test_stored_clocks_come_back(board):
    kept = str(board.root / "kept")
    board.says("usr/bin/jetson_clocks", "--store", kept)
    board.says("usr/bin/jetson_clocks")
    board.says("usr/bin/jetson_clocks", "--restore", kept)
    assert clocks(board)[0] == (True, 102000, 1479000)
    assert board.run("usr/bin/jetson_clocks", "--store", kept).returncode == 1
    assert board.run("usr/bin/jetson_clocks", "--restore", kept + "-gone").returncode == 1


def test_show_names_the_board(board):
    first = board.says("usr/bin/jetson_clocks", "--show").splitlines()[0]
    assert first == "SOC family:tegra210  Machine:NVIDIA Jetson Nano Developer Kit"


@pytest.mark.skipif(os.geteuid() != 0, reason="root sees more fields, and only root is asked here")
def test_tegrastats_of_root_has_every_field_of_a_real_line(board):
    zones = r"PLL@37C CPU@40.5C PMIC@50C GPU@40C AO@45C thermal@40C"
    cores = ",".join([r"\d+%@102"] * 4)
    fields = rf"IRAM 0/252kB\(lfb 252kB\) CPU \[{cores}\] EMC_FREQ 0%@1600 GR3D_FREQ 0%@76 APE 25"
    assert re.fullmatch(f"{RAM} {fields} {zones} {RAILS}", board.tegrastats())


def test_tegrastats_tells_memory_and_swap_of_the_board(board):
    assert board.tegrastats().startswith("RAM 613/3964MB (lfb 634x4MB) SWAP 0/1982MB (cached 0MB) ")


def test_cores_that_the_mode_switches_off_are_off(board):
    board.says("usr/sbin/nvpmodel", "-m", "1")
    assert re.search(r"CPU \[\d+%@102,\d+%@102,off,off\]", board.tegrastats())


def test_locked_clocks_show_in_tegrastats(board):
    board.says("usr/sbin/nvpmodel", "-m", "1")
    board.says("usr/bin/jetson_clocks")
    assert "@918,off,off]" in re.sub(r"\d+%", "", board.tegrastats())


def test_a_board_may_have_no_rails_and_one_more_zone(board):
    conf = board.root / "etc/virtual-nano/board.json"
    conf.write_text(json.dumps({"memory_mb": 3956, "zones": ["iwlwifi@44C"]}))
    line = board.tegrastats()
    assert line.endswith(" iwlwifi@44C") and "POM_5V" not in line


def test_the_release_line_is_that_of_jetpack_4_6_6():
    line = (ROOTFS / "etc/nv_tegra_release").read_text()
    assert line == "# R32 (release), REVISION: 7.6, GCID: 38171779, BOARD: t210ref, EABI: aarch64, DATE: " + (
        "Tue Nov  5 07:46:14 UTC 2024\n"
    )
