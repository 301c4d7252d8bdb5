"""Every screen of the page in a real Chromium, at three sizes: what it shows, by keyboard too, and what axe says.

PAGE_PICTURES names a folder for the pictures of all screens, to be looked at.
"""

import json
import os
import urllib.parse

import pytest

from ocr_app.line.changes import control
from tests.conftest import absent
from tests.line.conftest import until
from tests.line.test_page import LOOK, PASSWORD, PIN, Caller, start, waiting

browsers = pytest.importorskip("browser", reason="aiohttp is not here")

IMAGE = "<IMG SRC=/XSS>"
RECIPE = (
    f"name: a\nwitnesses: 1\ncodes: [{{name: b, lines: [{{name: c, fields: [{{choice: ['{IMAGE}'], as: text}}]}}]}}]\n"
)
SCREENS = {"live": "/", "rejects": "/rejects", "part": "/parts/2", "history": "/history", "health": "/health"}
CHANGES = {"product": "/product", "choose": "/product/choose?product=tea", "regions": "/regions", "teach": "/teach"}


@pytest.fixture(scope="module")
def browser():
    if browsers.program() is None:
        absent("Chromium", "apt-get install chromium")
    made = browsers.Browser()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A line that waits for parts over HTTP; the text that it reads and the names of its frames are hostile."""
    made = waiting(tmp_path_factory.mktemp("screens"))
    made.set(recipe={"folder": "more"}, page={"shifts": {"early": "06:00", "late": "14:00", "night": "22:00"}})
    made.set(recipe={"expected": {"text": "B"}})
    (made.folder / "more").mkdir()
    tea = RECIPE.replace("name: a", "name: Green tea").replace(
        "fields: [", "fields: [{optional: [{lot: A9, as: lot}]}, "
    )
    (made.folder / "more" / "tea.yaml").write_text(tea)
    (made.folder / "more" / "broken.yaml").write_text("name: x\n")
    served, port = start(made, recipe=RECIPE, text=IMAGE, plain="LOT A1234", look="open")
    made.frames([1])
    png = (made.folder / "in" / "0000.png").read_bytes()
    name = urllib.parse.quote('"><img src=/xss>.png')
    made.read = lambda data=png: served.read(data, name)[1]["verdict"]
    made.expect = lambda text: expect(made, text)
    made.port, made.url = port, f"http://127.0.0.1:{port}"
    made.expect(IMAGE)
    assert made.read() == "pass"
    made.expect("B")
    assert made.read() == "fail" and made.read(b"nothing") == "fail"
    yield made
    served.kill()


def expect(made, text):
    """Another expected value, by a command's way, where it is not this one already."""
    journal = str(made.folder / "journal")
    if control.ask(journal, {"verb": "state"})["expected"] != {"text": text}:
        control.ask(journal, {"verb": "expected", "expected": {"text": text}}, 30.0)


@pytest.fixture
def tab(browser, shown):
    """The browser, signed in to nothing, on no page."""
    browser.command("Network.clearBrowserCookies")
    browser.size("desktop")
    browser.complaints.clear()
    browser.asked.clear()
    return browser


def sign_in(tab, shown, name="anna", secret=PIN):
    tab.open(shown.url + "/sign-in")
    tab.fill("#name", name)
    tab.fill("#secret", secret)
    tab.click("form button")


def shows_live(tab, shown):
    tab.open(shown.url)
    tab.until("!document.getElementById('verdict').classList.contains('none')", "the verdict")


def settled(tab):
    """Until all pictures of the page are there, those far below too."""
    tab.ask("for (const image of document.images) image.loading = 'eager'")
    tab.until("[...document.images].every(i => i.complete || i.hidden)", "the pictures")


def test_the_live_screen_follows_the_line_and_says_verdict_reason_and_counters(tab, shown):
    shown.expect(IMAGE)
    assert shown.read() == "pass"
    shows_live(tab, shown)
    tab.until("document.getElementById('verdict-word').textContent === 'PASS'", "the pass")
    tab.until("document.getElementById('frame-image').naturalWidth === 16", "the frame")
    assert tab.text("#verdict-text") == IMAGE and tab.text("#verdict-reasons") == "The code was read and is right."
    assert tab.ask("document.querySelectorAll('#frame-quads polygon').length") == 1
    passes = int(tab.text("#count-pass"))
    shown.expect("B")
    assert shown.read() == "fail"
    tab.until("document.getElementById('verdict').className === 'verdict fail'", "the fail")
    assert f"'{IMAGE}'" in tab.text("#verdict-reasons") and "'B' is expected" in tab.text("#verdict-reasons")
    assert int(tab.text("#count-pass")) == passes and "%" in tab.text("#count-yield")
    assert tab.ask("document.querySelectorAll('#recent li').length") >= 4
    tab.until("document.querySelectorAll('#hours li').length === 12", "the hours")
    assert tab.ask("getComputedStyle(document.querySelector('.only-fail')).display") == "flex"


def test_no_text_from_outside_becomes_a_part_of_the_page(tab, shown):
    """Were it one, the browser would ask for the picture /xss."""
    for path in SCREENS.values():
        tab.open(shown.url + path)
        settled(tab)
    shows_live(tab, shown)
    assert not [url for url in tab.asked if "xss" in url.lower().partition("?")[0]]
    assert all(url.startswith(shown.url) for url in tab.asked if not url.startswith("data:")), tab.asked


def test_a_page_that_hears_nothing_shows_no_old_verdict(tab, line):
    line.frames([1])
    served, port = start(line)
    sign_in(tab, type("Its", (), {"url": f"http://127.0.0.1:{port}"}))
    tab.open(f"http://127.0.0.1:{port}/")
    tab.until("document.getElementById('verdict-word').textContent === 'PASS'", "a pass")
    served.kill()
    tab.until("document.getElementById('verdict-word').textContent === 'NO CONNECTION'", "the loss", 15)
    assert tab.ask("document.getElementById('verdict').className") == "verdict none"
    assert tab.text("#verdict-text") == "" and tab.ask("document.getElementById('frame-image').hidden")


def test_a_reject_is_looked_into_by_keyboard(tab, shown):
    tab.open(shown.url + "/rejects")
    for _ in range(20):
        tab.press("Tab")
        if tab.focused() == "reject-2":
            break
    assert tab.focused() == "reject-2"
    tab.ask("window.old = true")
    tab.press("Enter")
    tab.until("location.pathname === '/parts/2'", "the part")
    tab.loaded()
    settled(tab)
    before = tab.ask("document.getElementById('zoomed').offsetWidth")
    tab.ask("document.getElementById('viewer').focus()")
    tab.press("+")
    assert tab.ask("document.getElementById('zoomed').offsetWidth") > 1.4 * before
    tab.press("-")
    assert tab.ask("document.getElementById('zoomed').offsetWidth") == before
    assert "'B' is expected" in tab.text("#part-reasons")
    assert tab.ask("document.querySelectorAll('#frame-quads polygon').length") == 1


def test_an_operator_signs_in_acknowledges_an_alarm_and_signs_out(tab, shown):
    tab.open(shown.url + "/health")
    assert "Sign in as an operator" in tab.text("#alarms")
    sign_in(tab, shown, secret="111222")
    assert "do not belong together" in tab.text("#problem")
    sign_in(tab, shown)
    tab.open(shown.url + "/health")
    tab.click("#alarm-disk_low form button")
    assert "Acknowledged by anna" in tab.text("#alarm-disk_low") and "acknowledged" in tab.text("#actions")
    tab.click(".person form button")
    assert tab.text("h1") == "Sign in"


def test_an_operator_tries_another_expected_value_on_the_last_pictures_and_then_uses_it(tab, shown):
    shown.expect("B")
    assert shown.read() == "fail"
    sign_in(tab, shown)
    tab.open(shown.url + "/product")
    tab.click("#change-values")
    tab.ask("document.querySelector('main input.mono').value = ''")
    tab.fill("main input.mono", IMAGE)
    tab.click("main form button")
    assert tab.text("#from-to .changed").split("\t")[1:] == ["text=B", "text=" + IMAGE]
    passes, _, everything = tab.text("#preview-count").split(" ")[:3]
    assert int(passes) >= 1 and int(everything) == tab.ask("document.querySelectorAll('#preview li').length")
    assert shown.read() == "fail", "nothing changed yet"
    tab.click("#confirm")
    assert "Changed" in tab.text("#done") and IMAGE in tab.text("#now")
    assert shown.read() == "pass"
    shown.expect("B")


def test_an_engineer_draws_regions_types_numbers_and_takes_them_away(tab, shown):
    sign_in(tab, shown)
    tab.open(shown.url + "/regions")
    assert "may not" in tab.text("main"), "an operator may not"
    tab.click(".person form button")
    sign_in(tab, shown, "erik", PASSWORD)
    tab.open(shown.url + "/product")
    tab.click("#change-regions")
    settled(tab)
    box = "(b => [b.x, b.y, b.width, b.height])(document.getElementById('drawing').getBoundingClientRect())"
    x, y, width, _ = tab.ask(box)
    for kind, share in (("mousePressed", 0.1), ("mouseMoved", 0.5), ("mouseMoved", 0.85), ("mouseReleased", 0.85)):
        place = {"x": x + share * width + 1, "y": y + share * width + 1}
        tab.command("Input.dispatchMouseEvent", type=kind, button="left", buttons=1, clickCount=1, **place)
    values = "[...document.querySelectorAll('#regions input')].map(i => i.valueAsNumber)"
    assert tab.ask(values) == [2, 2, 12, 12] and tab.ask("document.querySelectorAll('#drawing rect').length") == 1
    for kind, share in (("touchStart", 0.1), ("touchMove", 0.5), ("touchMove", 0.85), ("touchEnd", 0.85)):
        points = [{"x": x + share * width + 1, "y": y + share * width + 1}] if kind != "touchEnd" else []
        tab.command("Input.dispatchTouchEvent", type=kind, touchPoints=points)
    assert tab.ask(values)[4:] == [2, 2, 12, 12], "by a finger"
    tab.click("#regions .region:last-child .remove", loads=False)
    type_width(tab, "99")
    tab.click("form.card button.primary")
    assert "not inside the picture" in tab.text("#problem") and tab.ask(values) == [2, 2, 99, 12]
    type_width(tab, "9")
    tab.click("form.card button.primary")
    assert tab.text("#from-to .changed").split("\t")[1:] == ["the whole picture; lines are found in it", "2,2,9,12"]
    tab.click("#confirm")
    assert "1 lines at fixed places" in tab.text("#now")
    tab.click("#change-regions")
    tab.click(".remove", loads=False)
    assert tab.focused() == "add"
    tab.click("form.card button.primary")
    tab.click("#confirm")
    assert "the whole picture" in tab.text("#now")


def test_an_engineer_teaches_a_recipe_tries_and_approves_it(tab, shown):
    sign_in(tab, shown, "erik", PASSWORD)
    tab.open(shown.url + "/product")
    tab.click("#teach")
    settled(tab)
    tab.fill("input[name=name]", "taught-1")
    tab.click(".narrow-form button")
    assert "No picture was chosen" in tab.text("#problem")
    tab.ask("document.querySelectorAll('input[name=sample]').forEach((box, place) => { box.checked = place < 2; })")
    tab.fill("input[name=name]", "taught-1")
    tab.click(".narrow-form button")
    assert "LOT A1234" in tab.text("#samples") and "would pass" in tab.text("#preview-count")
    assert "name: taught-1" in tab.ask("document.querySelector('textarea').value")
    tab.ask("document.querySelector('textarea').value = 'name: x'")
    tab.click("#approve")
    assert "cannot be used" in tab.text("#problem")
    tab.ask(f"document.querySelector('textarea').value = {json.dumps(RECIPE.replace('name: a', 'name: taught-1'))}")
    tab.click("#try")
    passes, _, everything = tab.text("#preview-count").split(" ")[:3]
    assert int(passes) >= int(everything) - 1 > 0, "what is read is what this recipe allows; one frame is no picture"
    tab.click("#approve")
    assert "judges nothing before" in tab.text("#done") and "taught-1" in tab.text("#choose")
    assert "recipe" in tab.text("#now .product-name")


def type_width(tab, text):
    tab.ask("document.querySelector('#regions input[name=\"region.width\"]').value = ''")
    tab.fill("#regions input[name='region.width']", text)


def test_the_counters_show_start_shift_and_batch(tab, shown):
    shows_live(tab, shown)
    tab.until("!document.getElementById('spans').hidden", "the spans")
    labels = tab.text("#spans")
    assert "Since the start" in labels and "Shift: " in labels and "Batch: recipe" in labels
    before = int(tab.text("#count-total"))
    sign_in(tab, shown)
    tab.open(shown.url + "/product")
    tab.click("#batch button")
    shows_live(tab, shown)
    tab.until("!document.getElementById('span-batch').hidden", "the batch")
    tab.click("input[value=batch]", loads=False)
    tab.until("document.getElementById('count-total').textContent === '0'", "a new batch")
    shown.read()
    tab.until("document.getElementById('count-total').textContent === '1'", "its first part")
    tab.click("input[value=start]", loads=False)
    tab.until(f"document.getElementById('count-total').textContent === '{before + 1}'", "those since the start")


def test_the_health_screen_renews_itself(tab, shown):
    tab.open(shown.url + "/health")
    tab.until("document.querySelector('#alarm-disk_low h3') !== null", "the alarm")
    other = Caller(shown.port)
    other.sign_in("anna", PIN)
    other.ask("POST", "/alarms/acknowledge", {"csrf": other.csrf(), "alarm": "disk_low"})
    tab.until("document.querySelector('#alarm-disk_low .answer').textContent.includes('anna')", "the answer", 20)
    tab.ask("document.getElementById('alarm-disk_low').remove()")
    tab.until("(document.querySelector('#alarm-disk_low .what') || {}).textContent", "an alarm that comes", 20)


def test_the_history_is_searched(tab, shown):
    tab.open(shown.url + "/history")
    everything = tab.ask("document.querySelectorAll('#history-table tbody tr').length")
    tab.click("input[value=fail]", loads=False)
    tab.click(".search button")
    found = tab.ask("document.querySelectorAll('#history-table tbody tr').length")
    assert 0 < found < everything and tab.ask("document.querySelector('input[value=fail]').checked")


@pytest.mark.parametrize("size", sorted(browsers.SIZES))
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_screen_fits_and_keeps_the_rules_of_wcag_aa(tab, shown, axe, size, dark):
    """axe-core's rules for WCAG 2.1 A and AA; nothing is wider than the window; nothing complains."""
    tab.size(size, dark)
    for name, path in [*SCREENS.items(), ("sign-in", "/sign-in"), ("error", "/none")]:
        tab.open(shown.url + path)
        check(tab, axe, name, size, dark)
    sign_in(tab, shown, "erik", PASSWORD)
    for name, path in CHANGES.items():
        tab.open(shown.url + path)
        if name == "regions":
            tab.click("#add", loads=False)
        check(tab, axe, name, size, dark)
    tab.open(shown.url + "/product/choose?product=tea")
    tab.click("main form button")
    check(tab, axe, "confirm", size, dark)
    tab.open(shown.url + "/teach")
    tab.ask("document.querySelectorAll('input[name=sample]').forEach(box => { box.checked = true; })")
    tab.fill("input[name=name]", "new")
    tab.click(".narrow-form button")
    check(tab, axe, "taught", size, dark)
    assert [text for text in tab.complaints if "404" not in text] == []


def check(tab, axe, name, size, dark):
    """One screen, when it is complete."""
    settled(tab)
    if name == "live":
        tab.until("!document.getElementById('verdict').classList.contains('none')", "the verdict")
        tab.until("document.querySelectorAll('#hours li').length === 12", "the hours")
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the window"
    violations = run_axe(tab, axe)
    assert not violations, (name, violations)
    if os.environ.get("PAGE_PICTURES"):
        tab.picture(f"{os.environ['PAGE_PICTURES']}/{name}-{size}-{'dark' if dark else 'light'}.png")


def run_axe(tab, axe):
    """What breaks a rule: (rule, elements). axe is put in by DevTools, past the policy that refuses foreign scripts."""
    tab.ask(axe + "; true")
    script = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
    script += (
        ".then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)]))"
    )
    return tab.ask(script)


def test_a_viewer_sees_no_buttons_that_change_something(tab, shown):
    sign_in(tab, shown, "vera", LOOK)
    tab.open(shown.url + "/health")
    assert tab.ask("document.querySelectorAll('main button').length") == 0
    until(lambda: "vera, viewer" in tab.text(".who"), "the name")


def test_axe_finds_what_is_broken(tab, shown, axe):
    tab.open(shown.url + "/sign-in")
    tab.ask("document.querySelector('h1').style.color = '#ddd'; document.querySelector('label').firstChild.remove()")
    assert {"color-contrast", "label"} <= {rule for rule, _ in run_axe(tab, axe)}
