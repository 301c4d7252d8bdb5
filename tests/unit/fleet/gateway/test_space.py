"""What needs no asyncua; tests/line serves with it."""

from fleet.gateway import space


def test_the_format_of_a_certificate_is_what_is_in_its_file(tmp_path):
    (tmp_path / "a.der").write_bytes(b"-----BEGIN CERTIFICATE-----")
    (tmp_path / "b.pem").write_bytes(b"0\x82")
    assert space.format_of(str(tmp_path / "a.der")) == "pem" and space.format_of(str(tmp_path / "b.pem")) == "der"
