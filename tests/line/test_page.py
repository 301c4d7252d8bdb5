"""The operator's page of a real service: what it shows, who may do what, and hostile requests that it refuses."""

import html
import http.client
import json
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse

import pytest

from fleet.live.broker import free_port
from ocr_app.line.page.access import users
from tests.line.conftest import Line, until

SCRIPT = "<SCRIPT>ALERT(1)</SCRIPT>"  # the recipe reads capital letters
RECIPE = (
    "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: "
    "[{choice: ['<SCRIPT>ALERT(1)</SCRIPT>'], as: text}]}]}]\n"
)
PIN, PASSWORD, LOOK = "482915", "correct horse battery", "look but do not touch"
PEOPLE = (("anna", "operator", PIN), ("erik", "engineer", PASSWORD), ("vera", "viewer", LOOK))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Caller:
    """One browser, as far as cookies go. ``tls``: a context, None for plain HTTP."""

    def __init__(self, port, tls=None):
        self.port, self.tls, self.cookies = port, tls, {}

    def ask(self, verb, path, fields=None, headers=None, body=None):
        """(status, headers, text)"""
        kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
        caller = kind("127.0.0.1", self.port, timeout=30, **({"context": self.tls} if self.tls else {}))
        sent = {"Accept": "text/html", "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            sent.update(FORM)
        sent.update(headers or {})
        try:
            caller.request(verb, path, body=body, headers=sent)
            answer = caller.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value.strip('"')
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
        finally:
            caller.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def field(self, path, name):
        return re.search(f'name="{name}" value="([^"]*)"', self.get(path)[2]).group(1)

    def sign_in(self, name, secret, **more):
        fields = {"form": self.field("/sign-in", "form"), "name": name, "secret": secret, "next": "/health", **more}
        return self.ask("POST", "/sign-in", fields)

    def csrf(self):
        return self.field("/health", "csrf")


def page_port(served):
    found = re.search(r"page=https?://[^:/ ]+:(\d+)/", served.said())
    return int(found.group(1)) if found else None


def start(made, people=PEOPLE, recipe=RECIPE, text=SCRIPT, plain="AB7", **page):
    """A line whose reader reads a script; and the port of its page."""
    (made.folder / "recipe.yaml").write_text(recipe)
    if people:
        for name, role, secret in people:
            users.add(str(made.folder / "users.json"), name, role, secret)
        page.setdefault("users_file", "users.json")
    made.set(page={"listen": "127.0.0.1:0", **page})
    served = made.start(environ={"FAKE_TEXT": text, "FAKE_PLAIN": plain})
    return served, until(lambda: page_port(served), "the page")


def waiting(folder):
    """A line that waits for parts over HTTP, with an alarm: there is never as much room as it asks for."""
    made = Line(folder)
    made.set(source={"kind": "http"}, limits={"reading_s": 5}, health={"disk_mb": 100000000})
    for key in ("path", "rate_hz", "repeat"):
        made.settings["source"].pop(key)
    return made


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A line that ran for some parts and waits for more over HTTP, with users; for tests that leave it as it is."""
    made = waiting(tmp_path_factory.mktemp("page"))
    made.set(recipe={"folder": "more"})
    served, port = start(made)
    made.frames([1])
    made.png = (made.folder / "in" / "0000.png").read_bytes()
    name = urllib.parse.quote('"><img src=x onerror=alert(1)>.png')
    assert served.read(made.png, name)[1]["verdict"] == "pass"
    assert served.read(b"no image", name)[1]["verdict"] == "fail"
    made.served_one, made.page = served, port
    yield made
    served.kill()


@pytest.fixture
def caller(shown):
    return Caller(shown.page)


@pytest.fixture
def operator(shown, caller):
    """Somebody who is signed in: as before, where nobody signed out since, because a sign-in takes half a second."""
    caller.cookies = dict(getattr(shown, "signed_in", {}))
    if caller.get("/rejects")[0] != 200:
        assert caller.sign_in("anna", PIN)[0] == 303
        shown.signed_in = dict(caller.cookies)
    return caller


def events(caller, count=1, seconds=20):
    """The first events of the live stream."""
    with socket.create_connection(("127.0.0.1", caller.port), timeout=seconds) as stream:
        cookies = "; ".join(f"{key}={value}" for key, value in caller.cookies.items())
        stream.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n\r\n".encode())
        data = b""
        while data.count(b"\n\n") < count or b"data: " not in data:
            found = stream.recv(65536)
            assert found, data
            data += found
    return [json.loads(line[6:]) for line in data.decode().splitlines() if line.startswith("data: ")]


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_the_live_stream_tells_the_last_part_its_quads_and_the_counters(shown, operator):
    assert shown.served_one.read(shown.png)[1]["verdict"] == "pass"

    def newest():
        event = events(operator)[0]
        return event if event["part"]["verdict"] == "pass" else None

    event = until(newest, "the part")
    part = event["part"]
    assert (part["text"], part["size"], len(part["lines"])) == (SCRIPT, [16, 16], 1)
    assert len(part["lines"][0]["quad"]) == 4 and event["counts"]["pass"] >= 2 and event["counts"]["fail"] >= 1
    assert event["yield"] == event["counts"]["pass"] / event["total"] and event["latency_ms"]["p50"] > 0
    status, headers, _ = operator.get(f"/frames/{part['number']}.jpg")
    assert (status, headers["Content-Type"]) == (200, "image/jpeg")


def test_a_reject_is_there_with_its_reason(operator):
    assert 'id="reject-2"' in operator.get("/rejects")[2]
    text = operator.get("/parts/2")[2]
    assert "FAIL" in text and "not a picture" in text


def test_the_history_is_searched_and_exported(operator):
    assert operator.get("/history?verdict=fail")[2].count("<tr>") == 2
    assert "No part is like this" in operator.get("/history?text=100%25")[2]
    lines = operator.get("/history.json?verdict=fail")[2].splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["fail"]
    _, headers, text = operator.get("/history.csv")
    assert headers["Content-Disposition"] == 'attachment; filename="parts.csv"' and text.startswith("number,id,time")
    assert "is not a time" in operator.get("/history?since=yesterday")[2]


def test_an_alarm_is_acknowledged_and_the_journal_says_by_whom(shown, operator):
    assert "Disk almost full" in operator.get("/health")[2]
    answer = operator.ask("POST", "/alarms/acknowledge", {"csrf": operator.csrf(), "alarm": "disk_low"})
    assert (answer[0], answer[1]["Location"]) == (303, "/health")
    assert "Acknowledged by anna" in operator.get("/health")[2]
    again = operator.ask("POST", "/alarms/acknowledge", {"csrf": operator.csrf(), "alarm": "disk_low"})
    assert "was acknowledged already" in again[2]
    found = shown.rows("SELECT user, role, action, detail FROM actions WHERE action = 'acknowledge'")
    assert found == [("anna", "operator", "acknowledge", "Disk almost full")]


def test_a_viewer_may_look_and_nothing_else(caller):
    assert caller.sign_in("vera", LOOK)[0] == 303
    assert caller.get("/rejects")[0] == 200
    answer = caller.ask("POST", "/alarms/acknowledge", {"csrf": caller.csrf(), "alarm": "clock_unsynced"})
    assert answer[0] == 403 and "may not" in answer[2]


def test_without_users_everyone_here_may_look_and_nobody_may_act(line):
    line.frames([1])
    _, port = start(line, people=())
    anyone = Caller(port)
    assert anyone.get("/")[0] == 200 and "no users" in anyone.get("/sign-in")[2]
    assert anyone.ask("POST", "/alarms/acknowledge", {"csrf": "", "alarm": "disk_low"})[0] == 403


def test_expected_values_change_between_parts_and_survive_a_restart(line):
    line.frames([1])
    recipe = RECIPE.replace("['<SCRIPT>ALERT(1)</SCRIPT>']", "['<SCRIPT>ALERT(1)</SCRIPT>', 'B']")
    line.set(recipe={"expected_file": "expected.json"}, source={"rate_hz": 2})
    (line.folder / "expected.json").write_text('{"text": "B"}')
    served, port = start(line, recipe=recipe)
    until(lambda: line.count("fail") and not line.count("pass"), "rejects")
    caller = Caller(port)
    caller.sign_in("anna", PIN)

    def change():
        fields = {"csrf": caller.csrf(), "product": "recipe", "value.text": SCRIPT}
        answer = caller.ask("POST", "/product", fields)
        assert answer[0] in (303, 409)
        return answer[0] == 303

    until(change, "a moment between two parts")
    until(lambda: line.count("pass") > 1, "parts that pass")
    assert line.rows("SELECT user, detail FROM actions WHERE action = 'expected'")[-1] == (
        "anna", "expected: text=B -> text=" + SCRIPT
    )  # fmt: skip
    served.kill()
    before = line.count("pass")
    line.start(environ={"FAKE_TEXT": SCRIPT})
    until(lambda: line.count("pass") > before + 1, "parts that pass after the restart")


def test_expected_values_are_not_changed_while_a_part_is_under_way(line):
    line.frames([200])  # two seconds each, and always one under way
    (line.folder / "expected.json").write_text('{"text": "B"}')
    line.set(recipe={"expected_file": "expected.json"}, source={"rate_hz": 20}, limits={"reading_s": 20})
    _, port = start(line, recipe=RECIPE.replace("['<SCRIPT>ALERT(1)</SCRIPT>']", "[B, C]"))
    caller = Caller(port)
    caller.sign_in("erik", PASSWORD)
    until(lambda: line.rows("SELECT COUNT(*) FROM parts")[0][0], "a part")
    answer = caller.ask("POST", "/product", {"csrf": caller.csrf(), "product": "recipe", "value.text": "C"})
    assert answer[0] == 409 and "under way" in answer[2]
    assert (line.folder / "expected.json").read_text() == '{"text": "B"}'


def test_a_product_is_tried_chosen_and_written_down_and_only_by_who_may(shown, operator):
    (shown.folder / "more").mkdir(exist_ok=True)
    (shown.folder / "more" / "tea.yaml").write_text(RECIPE.replace("name: a", "name: Green tea").replace("ALERT", "X"))
    assert "Green tea" in operator.get("/product")[2] and "tea" in operator.get("/product/choose?product=tea")[2]
    tried = operator.ask("POST", "/product/try", {"csrf": operator.csrf(), "product": "tea"})
    assert tried[0] == 200 and "would pass" in tried[2] and "Green tea" in tried[2]
    digest = re.search(r'name="digest" value="(\w+)"', tried[2]).group(1)
    assert operator.ask("POST", "/product", {"csrf": operator.csrf(), "product": "tea", "digest": "x"})[0] == 409
    assert shown.served_one.read(shown.png)[1]["verdict"] == "pass", "nothing changed yet"
    viewer = Caller(shown.page)
    viewer.sign_in("vera", LOOK)
    fields = {"product": "tea", "digest": digest}
    for path in ("/product", "/product/try", "/batch"):
        assert viewer.ask("POST", path, {**fields, "csrf": viewer.csrf()})[0] == 403
        assert operator.ask("POST", path, {**fields, "csrf": "x"})[0] == 403, "a form of another page"
    assert viewer.get("/product")[0] == 403 and viewer.get("/recent/1.jpg")[0] == 403
    for name in ("../users", "none", "", "<script>"):
        answer = operator.ask("POST", "/product", {"csrf": operator.csrf(), "product": name})
        assert answer[0] == 409 and "cannot be chosen" in answer[2] and "<script>" not in answer[2].lower()
    assert operator.ask("POST", "/product", {**fields, "csrf": operator.csrf()})[0] == 303
    result = shown.served_one.read(shown.png)[1]
    assert (result["recipe"], result["verdict"] == "pass") == ("Green tea", False)
    assert "tea" in operator.get("/health")[2] and 'id="batches"' in operator.get("/product")[2]
    back = {"csrf": operator.csrf(), "product": "recipe"}
    assert operator.ask("POST", "/product", back)[0] == 303 and shown.served_one.read(shown.png)[1]["verdict"] == "pass"
    done = shown.rows("SELECT user, role, detail FROM actions WHERE action = 'product'")
    assert [row[:2] for row in done] == [("anna", "operator")] * 2 and "product: recipe -> tea" in done[0][2]
    assert operator.ask("POST", "/batch", {"csrf": operator.csrf()})[0] == 303
    assert shown.rows("SELECT kind, begins_batch FROM changes ORDER BY number")[-1] == ("batch", 1)


# --- hostile requests ------------------------------------------------------------------------------------------------


def test_nobody_sees_anything_without_a_sign_in(caller):
    for path in ("/", "/rejects", "/parts/1", "/history", "/health"):
        status, headers, text = caller.get(path)
        assert (status, text) == (303, "") and headers["Location"].startswith("/sign-in?next=/")
    for path in ("/events", "/hours.json", "/frames/1.jpg", "/pictures/1.jpg", "/history.csv"):
        assert caller.get(path, Accept="*/*")[0] == 401


@pytest.mark.parametrize("path", [
    "/assets/../users.json", "/assets/..%2fserver.py", "/assets/%2e%2e/%2e%2e/server.py", "/assets/..%5cserver.py",
    "/assets//etc/passwd", "/../../../../etc/passwd", "/pictures/../journal.db", "/pictures/..%2fjournal.db.jpg",
    "/parts/1%00", "/pictures/1.jpg%00.png", "/frames/-1.jpg", "/parts/99999999999999999999", "/assets/",
])  # fmt: skip
def test_no_path_leads_to_a_file(operator, path):
    status, _, text = operator.get(path)
    assert status in (400, 404) and "root:" not in text and "pbkdf2" not in text and "import" not in text


def test_a_picture_that_the_journal_names_elsewhere_is_not_sent(shown, operator):
    import sqlite3

    connection = sqlite3.connect(str(shown.folder / "journal" / "journal.db"), timeout=10)
    with connection:
        row = connection.execute("SELECT * FROM parts WHERE number = 1").fetchone()
        row = (900001, "planted", *row[2:-1], "../in/0000.png")
        connection.execute(f"INSERT INTO parts VALUES ({', '.join('?' * len(row))})", row)
    connection.close()
    assert operator.get("/pictures/900001.jpg")[0] == 404
    assert operator.get("/parts/900001")[0] == 200


def test_a_text_that_was_read_and_a_name_of_a_file_are_shown_as_text(operator):
    """XSS: the read text and the file's name are scripts, and the journal, the page and the stream carry them."""
    pages = [
        operator.get(path)[2] for path in ("/parts/1", "/parts/2", "/history", "/rejects", "/history?text=%3Cscript%3E")
    ]
    assert html.escape(SCRIPT) in pages[0] and "onerror=alert(1)" in pages[1]
    for text in pages:
        assert SCRIPT not in text and "<img src=x" not in text
    _, headers, _ = operator.get("/")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "require-trusted-types-for 'script'" in policy


def test_a_search_comes_back_as_text(operator):
    hostile = urllib.parse.quote('"><script>alert(1)</script>', safe="")
    for name in ("text", "since", "until", "verdict", "below"):
        text = operator.get(f"/history?{name}={hostile}")[2]
        assert "<script>alert" not in text


def test_every_answer_has_its_headers(operator):
    for path in ("/", "/sign-in", "/none", "/assets/page.css", "/assets/none", "/pictures/1.jpg", "/hours.json"):
        headers = operator.get(path)[1]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] and headers["Server"] == "nano-ocr"


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
])  # fmt: skip
def test_a_form_of_another_site_is_refused(shown, operator, headers):
    fields = {"csrf": operator.csrf(), "alarm": "clock_unsynced"}
    assert operator.ask("POST", "/alarms/acknowledge", fields, headers)[0] == 403
    assert operator.ask("POST", "/sign-out", fields, headers)[0] == 403
    assert operator.get("/rejects")[0] == 200


@pytest.mark.parametrize("token", ["", "x", None, "é"])
def test_a_form_without_the_token_of_this_sign_in_is_refused(operator, token):
    fields = {"alarm": "clock_unsynced"} if token is None else {"alarm": "clock_unsynced", "csrf": token}
    answer = operator.ask("POST", "/alarms/acknowledge", fields)
    assert answer[0] == 403 and "Nothing was changed" in answer[2]


def test_the_token_of_somebody_else_is_refused(shown, operator):
    other = Caller(shown.page)
    other.sign_in("erik", PASSWORD)
    assert operator.ask("POST", "/sign-out", {"csrf": other.csrf()})[0] == 403


def test_nothing_changes_by_a_link(operator):
    for path in ("/sign-out", "/alarms/acknowledge"):
        assert operator.get(path)[0] == 405


def test_a_sign_in_form_of_another_browser_is_refused(shown, caller):
    token = Caller(shown.page).field("/sign-in", "form")
    caller.get("/sign-in")
    answer = caller.ask("POST", "/sign-in", {"form": token, "name": "anna", "secret": PIN})
    assert answer[0] == 403 and "too old" in answer[2] and "nano-ocr-session" not in caller.cookies


def test_a_planted_session_is_worth_nothing_after_the_sign_in(shown, caller):
    caller.cookies["nano-ocr-session"] = "planted"
    assert caller.sign_in("anna", PIN)[0] == 303
    first = caller.cookies["nano-ocr-session"]
    assert first != "planted" and len(first) == 43
    assert caller.sign_in("anna", PIN)[0] == 303
    assert caller.cookies["nano-ocr-session"] != first
    old = Caller(shown.page)
    for value in ("planted", first, ""):
        old.cookies["nano-ocr-session"] = value
        assert old.get("/rejects")[0] == 303


def test_the_cookie_is_for_this_site_and_not_for_scripts(caller):
    _, headers, _ = caller.sign_in("anna", PIN)
    cookie = next(text for text in headers.get_all("Set-Cookie") if text.startswith("nano-ocr-session"))
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie


def test_a_sign_out_ends_the_session_and_its_live_stream(shown, operator):
    copy = Caller(shown.page)
    copy.cookies = dict(operator.cookies)
    csrf = operator.csrf()
    with socket.create_connection(("127.0.0.1", shown.page), timeout=20) as stream:
        cookie = f"nano-ocr-session={copy.cookies['nano-ocr-session']}"
        stream.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        assert b"200 OK" in stream.recv(4096)
        assert operator.ask("POST", "/sign-out", {"csrf": csrf})[0] == 303
        ended = until(lambda: b"0\r\n\r\n" in stream.recv(1 << 20)[-8:], "the end of the stream")
    assert ended and copy.get("/rejects")[0] == 303


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "/health\r\nX: 1"])
def test_a_sign_in_leads_to_this_page_only(caller, target):
    answer = caller.sign_in("anna", PIN, next=target)
    assert (answer[0], answer[1]["Location"]) == (303, "/")


def test_a_user_who_is_removed_is_signed_out(line):
    line.frames([1])
    _, port = start(line)
    caller = Caller(port)
    caller.sign_in("vera", LOOK)
    assert caller.get("/rejects")[0] == 200
    users.remove(str(line.folder / "users.json"), "vera")
    assert caller.get("/rejects")[0] == 303 and caller.sign_in("vera", LOOK)[0] == 403


def test_brute_force_is_slowed_down_and_written_down(line):
    line.frames([1])
    _, port = start(line)
    caller = Caller(port)
    found = [caller.sign_in("anna", f"{number:06d}")[0] for number in range(8)]
    assert found == [403] * 5 + [429] * 3
    right = caller.sign_in("anna", PIN)
    assert right[0] == 429 and "Try again in" in right[2] and "nano-ocr-session" not in caller.cookies
    assert caller.sign_in("erik", PASSWORD)[0] == 303  # somebody else is not held up by that
    assert len(line.rows("SELECT 1 FROM actions WHERE action = 'sign-in-refused' AND user = 'anna'")) == 5


def test_tries_side_by_side_count_too(line):
    line.frames([1])
    _, port = start(line)
    callers = [Caller(port) for _ in range(24)]
    forms = [caller.field("/sign-in", "form") for caller in callers]
    statuses = []

    def attempt(caller, form):
        statuses.append(caller.ask("POST", "/sign-in", {"form": form, "name": "anna", "secret": "000111"})[0])

    threads = [threading.Thread(target=attempt, args=pair) for pair in zip(callers, forms)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(403) <= 5 and statuses.count(303) == 0


@pytest.mark.parametrize("body, headers, status", [
    (b"a=" + b"x" * 20000, FORM, 413),
    (b"a=1", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
    (b'{"a": 1}', {"Content-Type": "application/json"}, 415),
    (b"secret=%ff%fe&csrf=%00", FORM, 403),
])  # fmt: skip
def test_a_body_that_is_too_large_or_of_another_kind_is_refused(operator, body, headers, status):
    assert operator.ask("POST", "/alarms/acknowledge", body=body, headers=headers)[0] == status


def raw(port, data, seconds=30.0):
    """What comes back, until the other end closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as stream:
        stream.sendall(data)
        found = b""
        try:
            while True:
                part = stream.recv(65536)
                if not part:
                    return found
                found += part
        except ConnectionError:
            return found


def test_an_endless_head_is_refused(shown):
    found = raw(shown.page, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"y" * 70000 + b"\r\n\r\n")
    assert found == b"" or b" 400 Bad Request" in found[:30]


def test_slow_requests_are_cut_off(shown, operator):
    """A head that never comes, comes in part, or comes after a first request; and a body that does not end."""
    own = f"Cookie: nano-ocr-session={operator.cookies['nano-ocr-session']}\r\n"
    head = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    post = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM['Content-Type']}\r\n"
    slow = {
        "nothing": "", "a part": "GET / HT", "no end": head + "X: ", "a second one": head + own + "\r\n" + head + "X: ",
        "a body": post + "Content-Length: 100\r\n\r\na=b",
    }  # fmt: skip
    found = {}

    def ask(name, text):
        began = time.monotonic()
        found[name] = raw(shown.page, text.encode(), 60), time.monotonic() - began

    threads = [threading.Thread(target=ask, args=pair) for pair in slow.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5 and all(5 < seconds < 40 for _, seconds in found.values()), found
    assert [found[name][0] for name in ("nothing", "a part", "no end")] == [b"", b"", b""]
    assert found["a second one"][0].count(b"HTTP/1.1 200") == 1
    assert found["a body"][0].startswith(b"HTTP/1.1 408")


def test_many_connections_do_not_keep_the_page_from_others(shown, operator):
    held = [socket.create_connection(("127.0.0.1", shown.page), timeout=10) for _ in range(100)]
    try:
        assert operator.get("/rejects")[0] == 200
    finally:
        for one in held:
            one.close()


def test_a_name_that_a_foreign_site_made_point_here_is_refused(operator):
    assert operator.get("/rejects", Host="evil.example")[0] == 421
    assert operator.get("/rejects", Host="localhost")[0] == 200


def test_the_line_goes_on_whatever_the_page_is_asked(shown):
    assert shown.served_one.read(shown.png)[1]["verdict"] == "pass"
    assert "a request of the page failed" not in shown.served_one.said()


# --- other computers -------------------------------------------------------------------------------------------------


def refused(line, **page):
    """What the service says when it does not start."""
    line.frames([1]).set(page=page)
    served = line.start(ready=False)
    assert served.process.wait(60) != 0
    return served.said()


def test_without_users_it_does_not_listen_to_other_computers(line):
    said = refused(line, listen="0.0.0.0:0")
    assert "lets other computers in" in said and "ocr-app line users add" in said


def test_with_a_file_without_users_it_does_not_listen_to_other_computers(line):
    users.save(str(line.folder / "users.json"), {})
    assert "nobody may sign in" in refused(line, listen="0.0.0.0:0", users_file="users.json")


def test_without_openssl_and_without_a_certificate_it_does_not_listen_to_other_computers(line):
    line.frames([1]).set(page={"listen": "0.0.0.0:0", "users_file": "users.json"})
    users.add(str(line.folder / "users.json"), "anna", "operator", PIN)
    served = line.start(environ={"PATH": str(line.folder)}, ready=False)
    assert served.process.wait(60) != 0
    assert "by TLS only" in served.said() and "no program openssl" in served.said()


def test_other_computers_get_tls_with_a_certificate_that_is_made_once(line):
    line.frames([1])
    served, port = start(line, listen="0.0.0.0:0", name="board-3.plant")
    certificate = line.folder / "journal" / "page" / "certificate.pem"
    key = line.folder / "journal" / "page" / "key.pem"
    assert key.stat().st_mode & 0o077 == 0
    told = subprocess.run(
        ["openssl", "x509", "-in", str(certificate), "-noout", "-text"], capture_output=True, text=True, check=True
    )
    assert "DNS:board-3.plant" in told.stdout and "prime256v1" in told.stdout
    assert b"200" not in raw(port, b"GET /sign-in HTTP/1.1\r\nHost: a\r\n\r\n")
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    caller = Caller(port, context)
    _, headers, _ = caller.sign_in("anna", PIN)
    cookie = next(text for text in headers.get_all("Set-Cookie") if text.startswith("nano-ocr-session"))
    assert "Secure" in cookie and caller.get("/rejects")[0] == 200
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)):
        Caller(port, old).get("/sign-in")
    before = certificate.read_bytes()
    assert served.end() == 0
    line.start(environ={"FAKE_TEXT": SCRIPT})
    assert certificate.read_bytes() == before


def test_a_port_that_is_taken_is_said(line):
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert "the page cannot listen on" in refused(line, listen=f"127.0.0.1:{port}")
