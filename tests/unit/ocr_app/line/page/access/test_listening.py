"""Other computers get in by TLS and with users, or not at all."""

import builtins
import socket

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.page.access import listening, users
from ocr_app.line.settings.page import PageSettings


def test_this_computer_needs_neither_users_nor_tls(tmp_path):
    found = listening.listen(PageSettings(listen="127.0.0.1:0"), str(tmp_path))
    assert found.users is None and found.context is None
    port = found.bound.getsockname()[1]
    assert found.url("127.0.0.1") == "http://127.0.0.1:{}/".format(port)
    assert found.url("::1") == "http://[::1]:{}/".format(port)
    found.bound.close()


@pytest.mark.parametrize("with_file", [False, True])
def test_other_computers_need_users(tmp_path, with_file):
    path = str(tmp_path / "u.json") if with_file else ""
    if with_file:
        users.save(path, {})
    with pytest.raises(ServiceError, match="nobody may sign in"):
        listening.listen(PageSettings(listen="0.0.0.0:0", users_file=path), str(tmp_path))


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        settings = PageSettings(listen="127.0.0.1:{}".format(taken.getsockname()[1]))
        with pytest.raises(ServiceError, match="cannot listen on"):
            listening.bind(settings)


def test_a_missing_package_is_said(monkeypatch):
    real = builtins.__import__

    def absent(name, *rest):
        if name.startswith("aiohttp"):
            raise ImportError("No module named 'aiohttp'")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ServiceError, match=r"(?s)needs the packages aiohttp and Jinja2.*pip install"):
        listening.libraries()


def test_the_packages_are_there():
    assert listening.libraries().web.Response
