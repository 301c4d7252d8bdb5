"""A session ends by itself, and its identifier is not kept."""

import pytest

from ocr_app.line.page.access import sessions
from ocr_app.line.page.access.sessions import FormTokens, PageSessions
from ocr_app.line.page.access.users import PageUser

ANNA = PageUser("anna", "operator", "hash")


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def made(clock):
    return PageSessions(100.0, lambda: clock[0])


def test_a_session_has_an_identifier_that_nobody_guesses_and_a_token_of_its_own(made):
    first, second = made.begin(ANNA), made.begin(ANNA)
    assert first != second and len(first) == 43 and first not in str(made._sessions)
    assert made.of(first).user == ANNA and made.of(first).csrf != made.of(second).csrf
    assert made.of("") is None and made.of("x") is None and made.of("\udcff") is None


def test_it_ends_when_nobody_clicks(made, clock):
    identifier = made.begin(ANNA)
    clock[0] = 90.0
    assert made.of(identifier, is_click=False) is not None
    clock[0] = 101.0
    assert made.of(identifier) is None


def test_a_click_keeps_it_but_not_for_ever(made, clock):
    identifier = made.begin(ANNA)
    while clock[0] <= sessions.LONGEST_S:
        clock[0] += 90.0
        alive = made.of(identifier) is not None
    assert not alive and clock[0] > 11 * 3600


def test_a_sign_out_ends_it(made):
    identifier = made.begin(ANNA)
    made.end(identifier)
    made.end("unknown")
    assert made.of(identifier) is None


def test_there_are_not_more_than_the_bound(made, clock):
    first = made.begin(ANNA)
    for _ in range(sessions.MOST):
        clock[0] += 0.1
        last = made.begin(ANNA)
    assert made.of(first) is None and made.of(last) is not None and len(made._sessions) == sessions.MOST


def test_a_form_belongs_to_its_cookie_and_to_this_process():
    forms = FormTokens()
    cookie = forms.new_cookie()
    assert forms.fits(cookie, forms.token(cookie))
    assert not forms.fits(cookie, FormTokens().token(cookie)) and not forms.fits("", forms.token(""))
    assert not forms.fits(forms.new_cookie(), forms.token(cookie)) and not forms.fits(cookie, "é")
