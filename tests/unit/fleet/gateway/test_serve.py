"""Settings of the gateway; tests/line serves with them."""

import pytest

from fleet.core.errors import GatewayError
from fleet.gateway import serve
from fleet.gateway.settings import GatewaySettings


def test_a_command_line():
    found = serve.parse(["--broker", "[::1]:1883", "--user", "u", "--tls", "--open"])
    assert found == GatewaySettings("::1", 1883, user="u", tls=True, is_open=True)
    with pytest.raises(SystemExit):
        serve.parse(["--broker", "here"])


def test_other_computers_may_look_with_a_certificate_or_where_that_is_said():
    with pytest.raises(GatewayError, match="lets other computers in"):
        serve.check(GatewaySettings("b", 1, listen="0.0.0.0:4840"))
    with pytest.raises(GatewayError, match="only one"):
        serve.check(GatewaySettings("b", 1, certificate="c"))
    serve.check(GatewaySettings("b", 1, listen="0.0.0.0:4840", is_open=True))
    serve.check(GatewaySettings("b", 1, listen="0.0.0.0:4840", certificate="c", key="k"))
    serve.check(GatewaySettings("b", 1))


def test_a_password_comes_from_a_file_or_the_environment(tmp_path, monkeypatch):
    (tmp_path / "p").write_text("secret\nmore\n")
    assert serve._password(str(tmp_path / "p")) == "secret"
    monkeypatch.setenv(serve.PASSWORD, "other")
    assert serve._password("") == "other"
    with pytest.raises(GatewayError):
        serve.make_client(GatewaySettings("b", 1, user="u", password_file=str(tmp_path / "none")))
