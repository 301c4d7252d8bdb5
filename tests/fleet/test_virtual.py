"""The virtual Nano itself: what it keeps and forgets over a reboot, how its parts break, what up and down touch."""

from __future__ import annotations

import pytest

from fleet.virtual import lifecycle
from fleet.virtual.docker import run_docker
from fleet.virtual.settings import Fleet

GENERAL = "deb [trusted=yes] http://repository.virtual-nano/libnvidia-container stable main"


def facts(*names):
    return run_docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}} {{.RestartCount}}", *names)


def swaps(nano):
    return [line.split()[0] for line in nano.root("cat /proc/swaps").splitlines()[1:]]


@pytest.fixture(scope="module")
def smoke(first):
    """An image in the node's own engine that asks for a GPU, made of a static busybox."""
    first.root("tar -C / -c bin/busybox | docker import -c 'ENV NVIDIA_VISIBLE_DEVICES=all' - smoke")
    return "smoke /bin/busybox"


def test_a_second_up_changes_nothing(virtual_fleet, first, second):
    written = [path.read_text() for path in sorted(virtual_fleet.folder.iterdir())]
    before = facts(first.container, second.container, virtual_fleet.repository)
    said = []
    lifecycle.up(virtual_fleet, 2, say=said.append)
    assert facts(first.container, second.container, virtual_fleet.repository) == before
    assert [path.read_text() for path in sorted(virtual_fleet.folder.iterdir())] == written
    assert said[:2] == ["nano-1: running", "nano-2: running"]


def test_up_starts_again_what_was_stopped(virtual_fleet, second):
    run_docker("kill", second.container)
    lifecycle.up(virtual_fleet, 2, say=lambda _: None)
    assert second.ssh("true").returncode == 0


def test_the_key_opens_and_sudo_asks_nothing(first):
    done = first.ssh("whoami; sudo -n whoami")
    assert done.stdout.split() == ["nano", "root"], done.stderr


def test_another_host_key_is_refused(first, second):
    done = first.ssh("true", "-o", f"HostKeyAlias={second.name}")
    assert done.returncode == 255 and "REMOTE HOST IDENTIFICATION HAS CHANGED" in done.stderr


def test_it_looks_like_a_board_of_jetpack_4_6_6(first):
    assert "REVISION: 7.6" in first.root("cat /etc/nv_tegra_release")
    assert first.root("cat /sys/firmware/devicetree/base/model | tr -d '\\0'") == "NVIDIA Jetson Nano Developer Kit"
    assert first.root("tr '\\0' '\\n' </sys/firmware/devicetree/base/compatible").splitlines()[-1] == "nvidia,tegra210"
    assert first.root("cat /sys/devices/pwm-fan/target_pwm") == "0"
    assert first.root("systemctl get-default") == "graphical.target"
    assert first.root("systemctl is-active gdm nvgetty nvzramconfig nvpmodel docker").split() == ["active"] * 5


def test_memory_and_zram_are_those_of_a_board(first):
    rows = {line.split(":")[0]: line.split() for line in first.root("free -m").splitlines()}
    assert rows["Mem"][1] == "3964" and rows["Swap"][1] == "1982"
    assert swaps(first) == [f"/dev/zram{number}" for number in range(4)]


def test_the_desktop_costs_memory_that_comes_back(first):
    command = "/usr/lib/virtual-nano/swap off; sleep 3; awk '/MemAvailable/ {print $2}' /proc/meminfo"
    before = int(first.root(command))
    first.root("systemctl stop gdm")
    assert int(first.root(command)) > before + 50_000
    first.root("systemctl start gdm")


def test_a_reboot_keeps_what_a_board_keeps_and_forgets_the_rest(first):
    first.root("fallocate -l 64M /mnt/test.swap && chmod 600 /mnt/test.swap && mkswap /mnt/test.swap")
    first.root("swapon /mnt/test.swap && echo '/mnt/test.swap none swap sw 0 0' >>/etc/fstab")
    first.root("systemctl disable nvzramconfig; nvpmodel -m 1; jetson_clocks; touch /run/gone /tmp/gone /var/kept")
    assert "MinFreq=918000" in first.root("jetson_clocks --show")
    first.reboot()
    assert first.root("nvpmodel -q") == "NV Power Mode: 5W\n1"
    assert "MinFreq=102000" in first.root("jetson_clocks --show")
    assert swaps(first) == ["/mnt/test.swap"]
    assert first.root("ls -d /run/gone /tmp/gone /var/kept 2>/dev/null || true") == "/var/kept"
    assert "off,off]" in first.root("timeout 2 tegrastats || true")
    assert first.ssh("true").returncode == 0


def test_a_node_sees_its_own_swap_alone(first, second):
    assert "/mnt/test.swap" in swaps(first)
    assert "/mnt/test.swap" not in swaps(second)
    first.root("swapoff -a && sed -i '/test.swap/d' /etc/fstab && rm /mnt/test.swap && nvpmodel -m 0")
    assert swaps(first) == []


def test_swapon_all_takes_each_line_by_itself(second):
    second.root("fallocate -l 32M /mnt/a.swap && chmod 600 /mnt/a.swap && mkswap /mnt/a.swap")
    second.root("echo '/mnt/gone none swap sw 0 0' >/etc/fstab; echo '/mnt/forgiven none swap nofail 0 0' >>/etc/fstab")
    second.root("echo '/mnt/a.swap none swap sw,pri=7 0 0' >>/etc/fstab")
    told = second.fails("swapon -a")
    assert "/mnt/gone" in told and "forgiven" not in told
    assert second.root("swapon --noheadings --raw --show=NAME,PRIO | grep mnt") == "/mnt/a.swap 7"
    second.root("swapoff /mnt/a.swap && rm /mnt/a.swap && : >/etc/fstab && swapon -a")


def test_swap_on_the_root_disk_is_refused_by_the_kernel(first):
    first.root("fallocate -l 16M /var/root.swap && chmod 600 /var/root.swap && mkswap /var/root.swap")
    assert "swapon failed" in first.fails("swapon /var/root.swap")
    assert swaps(first) == []


def test_the_clock_counts_as_set_while_its_service_runs(first):
    assert first.root("timedatectl show -p NTPSynchronized") == "NTPSynchronized=yes"
    first.root("systemctl stop systemd-timesyncd")
    assert first.root("timedatectl show -p NTPSynchronized") == "NTPSynchronized=no"
    first.root("systemctl start systemd-timesyncd")
    assert "Operation not permitted" in first.fails("date -s '2018-01-28'")


def test_python_is_the_old_one_and_venv_is_a_package_of_its_own(second):
    assert second.root("python3 -V; python3.6 -V").split() == ["Python", "3.6.15"] * 2
    assert "ensurepip" in second.fails("python3.6 -m venv /opt/before")
    second.root("apt-get update -q && apt-get install -qy python3-venv")
    assert "python3.6" in second.root("python3.6 -m venv /opt/after && /opt/after/bin/pip --version")


def test_a_venv_with_system_packages_sees_tensorrt(second):
    second.root("apt-get install -qy python3-venv && python3.6 -m venv --system-site-packages /opt/system")
    assert second.root("/opt/system/bin/python -c 'import tensorrt; print(tensorrt.__version__)'") == "8.2.1.9"


def test_a_blank_board_has_the_set_of_jetpack_as_newest(second):
    second.root("apt-get update -q")
    policy = second.root("apt-cache policy nvidia-container-toolkit libnvidia-container0")
    assert "Candidate: 1.7.0-1" in policy and "Candidate: 0.10.0+jetpack" in policy


def test_the_host_files_reach_a_container_only_through_the_nvidia_runtime(first, smoke):
    assert "version.txt" in first.root(f"docker run --rm --runtime nvidia {smoke} ls /usr/local/cuda-10.2")
    assert "No such file" in first.fails(f"docker run --rm {smoke} ls /usr/local/cuda-10.2")
    assert "No such file" in first.fails(
        f"docker run --rm --runtime nvidia -e NVIDIA_VISIBLE_DEVICES=void {smoke} ls /usr/local/cuda-10.2"
    )


def test_the_general_repository_takes_cuda_away(first, smoke):
    first.root(f"echo '{GENERAL}' >/etc/apt/sources.list.d/general.list && apt-get update -q")
    first.root("apt-get install -qy libnvidia-container0=0.11.0+jetpack nvidia-container-toolkit=1.9.0-1")
    run = "docker run --rm --runtime nvidia"
    assert "No such file" in first.fails(f"{run} {smoke} ls /usr/local/cuda-10.2")
    mended = f"{run} -e NVIDIA_REQUIRE_JETPACK=csv-mounts=all {smoke} ls /usr/local/cuda-10.2"
    assert "version.txt" in first.root(mended)


def test_an_old_toolkit_with_a_new_docker_fails_at_clone3(first, smoke):
    pins = "libnvidia-container0=0.10.0+jetpack nvidia-container-toolkit={}"
    first.root("apt-get install -qy --allow-downgrades " + pins.format("1.0.1-1"))
    text = first.fails(f"docker run --rm --runtime nvidia {smoke} true")
    assert "error adding seccomp filter rule for syscall clone3: permission denied" in text
    first.root("apt-get install -qy --allow-downgrades " + pins.format("1.7.0-1"))
    first.root(f"docker run --rm --runtime nvidia {smoke} true && rm /etc/apt/sources.list.d/general.list")


def test_down_removes_only_what_up_made(virtual_fleet, first):
    other = Fleet("test-other")
    lifecycle.up(other, 1, say=lambda _: None)
    before, said = facts(first.container), []
    lifecycle.down(other, said.append)
    everything = run_docker("ps", "--all", "--format", "{{.Names}}") + run_docker("volume", "ls", "--quiet")
    assert other.network + "-1" in said[0] and other.network not in everything
    assert facts(first.container) == before and not other.inventory.exists()
    lifecycle.down(other, said.append)
    assert said[-1] == "fleet test-other: nothing to remove"
