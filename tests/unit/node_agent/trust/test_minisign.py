"""Signatures: one made by minisign itself, and everything that must not pass as one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulation.signing import Signer

from node_agent.errors import ReleaseRefused
from node_agent.trust import minisign

REAL_KEY = """\
untrusted comment: minisign public key A0254FED28E62058
RWRYIOYo7U8loIqISj0s6SGkxDQzGdHO1XQE7FxI89/zrIm1XqVR6+g7
"""
REAL_SIGNATURE = """\
untrusted comment: signature from minisign secret key
RURYIOYo7U8loIqo6E8MK4wiG535QEooOcgs7I2gSqnmAbL6EycL/U1Zv1FnbdyUSyMURKOvy3prubq72wgZWTrws+7VYQtSdww=
trusted comment: of a test
AXN6Z+2kLHVCrsAaluA+o3iG6qXbZE9D+qTLAv2vXZMEQ9i4lKfAxGJgD1W4fvImmYPZn6JYLfvQ9PUBaMaFCw==
"""
ALICE, BOB = Signer("alice"), Signer("bob")
TEXT = b"a manifest"


def keys(*signers):
    return [minisign.public_key(signer.public) for signer in signers]


def test_a_signature_says_which_key_made_it():
    assert minisign.verify(TEXT, ALICE.sign(TEXT), keys(BOB, ALICE)).id == ALICE.id


def test_a_stranger_s_key_is_named():
    with pytest.raises(ReleaseRefused, match="signed by key {}, which is not trusted".format(BOB.id)):
        minisign.verify(TEXT, BOB.sign(TEXT), keys(ALICE))


@given(st.binary(max_size=40))
def test_no_other_text_passes(other):
    if other != TEXT:
        with pytest.raises(ReleaseRefused, match="does not belong to this file"):
            minisign.verify(other, ALICE.sign(TEXT), keys(ALICE))


@given(st.data())
def test_no_flipped_bit_passes(data):
    lines = ALICE.sign(TEXT).splitlines()
    which = data.draw(st.sampled_from([1, 3]))
    raw = bytearray(base64.b64decode(lines[which]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    lines[which] = base64.b64encode(bytes(raw)).decode()
    with pytest.raises(ReleaseRefused):
        minisign.verify(TEXT, "\n".join(lines), keys(ALICE))


def test_the_trusted_comment_is_signed_too():
    changed = ALICE.sign(TEXT, "serial 7").replace("serial 7", "serial 8")
    with pytest.raises(ReleaseRefused, match="does not belong to this file"):
        minisign.verify(TEXT, changed, keys(ALICE))


def test_a_signature_without_prehash_is_refused():
    legacy = base64.b64encode(b"Ed" + ALICE.key_id + ALICE.ed25519(TEXT)).decode()
    lines = ALICE.sign(TEXT).splitlines()
    with pytest.raises(ReleaseRefused, match="prehashed"):
        minisign.verify(TEXT, "\n".join([lines[0], legacy] + lines[2:]), keys(ALICE))


@pytest.mark.parametrize("text", ["", "untrusted comment: x", "RWQ", "a\nb\nc\nd", "untrusted comment: x\n\n\n\n"])
def test_other_texts_are_refused(text):
    with pytest.raises(ReleaseRefused):
        minisign.verify(TEXT, text, keys(ALICE))
    with pytest.raises(ReleaseRefused):
        minisign.public_key(text)


def test_a_key_is_read_from_minisign_s_file_or_from_its_line():
    line = ALICE.public
    assert minisign.public_key("untrusted comment: minisign public key\n" + line + "\n") == minisign.public_key(line)
    assert minisign.public_key(line).id == ALICE.id


def test_key_and_signature_of_the_real_minisign():
    """Made by minisign 0.11 of Debian 12: minisign -G -W; printf 'nano-ocr\\n' > t; minisign -S -m t -t 'of a test'."""
    key = minisign.public_key(REAL_KEY)
    assert minisign.verify(b"nano-ocr\n", REAL_SIGNATURE, [key]).id == "A0254FED28E62058"
    with pytest.raises(ReleaseRefused):
        minisign.verify(b"nano-ocr", REAL_SIGNATURE, [key])
