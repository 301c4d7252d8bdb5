"""A certificate is made once, for the names of the board, with a key that nobody else reads."""

import shutil
import ssl

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.page.access import certificate
from ocr_app.line.settings.page import PageSettings


def test_it_is_made_once(tmp_path):
    if shutil.which("openssl") is None:
        from tests.conftest import absent

        absent("openssl", "apt-get install openssl")
    settings = PageSettings(listen="0.0.0.0:1", name="board-3.plant")
    context = certificate.context_of(settings, str(tmp_path))
    if hasattr(context, "minimum_version"):
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    else:
        assert context.options & ssl.OP_NO_TLSv1_1
    paths = [tmp_path / "page" / name for name in ("certificate.pem", "key.pem")]
    before = [path.read_bytes() for path in paths]
    certificate.context_of(settings, str(tmp_path))
    assert [path.read_bytes() for path in paths] == before
    assert paths[1].stat().st_mode & 0o077 == 0 and sorted(p.name for p in (tmp_path / "page").iterdir()) == [
        "certificate.pem", "key.pem",
    ]  # fmt: skip


def test_names_are_those_by_which_browsers_come(monkeypatch):
    monkeypatch.setattr(certificate.socket, "gethostname", lambda: "host")
    assert certificate.names_of(PageSettings(listen="0.0.0.0:1", name="b")) == ["b", "host", "localhost"]
    assert certificate.names_of(PageSettings(listen="10.0.0.3:1")) == ["host", "10.0.0.3", "localhost"]
    assert certificate.names_of(PageSettings(listen="[::1]:1", name="a\nb")) == ["host", "::1", "localhost"]
    assert "IP:10.0.0.3" in certificate._config(["10.0.0.3"]) and "DNS:b" in certificate._config(["b"])


def test_without_openssl_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(certificate.shutil, "which", lambda name: None)
    with pytest.raises(ServiceError, match="no program openssl"):
        certificate.context_of(PageSettings(listen="0.0.0.0:1"), str(tmp_path))


def test_a_given_one_that_is_wrong_is_said(tmp_path):
    (tmp_path / "c.pem").write_text("x")
    settings = PageSettings(listen="0.0.0.0:1", certificate_file=str(tmp_path / "c.pem"), key_file=str(tmp_path / "k"))
    assert certificate.files_of(settings, "j")[0] == str(tmp_path / "c.pem")
    with pytest.raises(ServiceError, match="cannot be used"):
        certificate.context_of(settings, "j")
