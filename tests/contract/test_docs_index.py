"""The map of the docs: every page is listed under a question, every decision with its status."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
INDEX = DOCS / "README.md"
ADR = DOCS / "adr"
DECISIONS = sorted(path.name for path in ADR.glob("[0-9]*.md"))
NEVER_USED = {14, 23, 44, 47, 68}
STATUS = re.compile(r"\A# (\d+)\. [^\n]+\n\n\*\*Status:\*\* (.+?)\n\n", re.S)


def links(page):
    """The Markdown pages that a page links to."""
    targets = re.findall(r"\]\(([^)#]+\.md)(?:#[^)]*)?\)", page.read_text())
    return {(page.parent / target).resolve() for target in targets if "://" not in target}


def is_run(page):
    """Reports of single benchmark runs; their folder is linked as a whole."""
    return page.is_relative_to(DOCS / "results") and page.parent != DOCS / "results"


def status(name):
    return STATUS.match((ADR / name).read_text())


def test_every_page_is_listed_in_the_index_or_in_an_index_page_that_it_links():
    listed = links(INDEX)
    for page in [page for page in listed if page.name == "README.md" and page.is_relative_to(DOCS)]:
        listed |= links(page)
    pages = {page for page in DOCS.rglob("*.md") if not is_run(page)} - {INDEX}
    missing = sorted(page.relative_to(DOCS).as_posix() for page in pages - listed)
    assert missing == [], "list them in docs/README.md under the question they answer"


def test_the_index_asks_questions():
    text = INDEX.read_text()
    groups = re.findall(r"^## (.+)$", text, re.M)
    assert len(groups) == len(set(groups)) >= 12
    for group in re.split(r"^## .+$", text, flags=re.M)[1:]:
        assert re.match(r"\s*\| I want to (\w+ )*\.\.\. \|", group), group


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_begins_with_its_number_and_status(name):
    found = status(name)
    assert found and int(found[1]) == int(name[:4])
    assert re.match(r"(accepted|amended|superseded)\b", found[2])


@pytest.mark.parametrize("name", DECISIONS)
def test_what_overtook_a_decision_is_linked_and_newer(name):
    text, own = status(name)[2], int(name[:4])
    linked = re.findall(r"\[(\d+)\]\((\d{4})-[\w.-]+\.md\)", text)
    assert all(int(shown) == int(number) != own for shown, number in linked)
    assert "supersedes" in text or all(int(number) > own for _, number in linked)
    assert linked or not re.search(r"(superseded|amended|extended) by", text)
    assert text.startswith("superseded by [") or not text.startswith("superseded")


def test_the_list_of_decisions_gives_each_page_the_status_that_the_page_gives_itself():
    rows = dict(re.findall(r"^\| \[\d+\]\(([\w.-]+)\) \| [^|]+ \| ([^|]+) \|$", (ADR / "README.md").read_text(), re.M))
    assert sorted(rows) == DECISIONS
    for name, listed in rows.items():
        own = re.sub(r"\[(\d+)\]\([^)]+\)", r"\1", " ".join(status(name)[2].split()))
        first, *others = [part.split(" by ") for part in listed.split("; ")]
        assert own.startswith(first[0]), name
        numbers = set(re.findall(r"\d+", listed))
        assert numbers <= set(re.findall(r"\d+", own)), name
        assert all(kind in own for kind, *_ in others), name


def test_numbers_that_no_page_has_are_listed_as_never_used():
    used = {int(name[:4]) for name in DECISIONS}
    assert set(range(1, max(used) + 1)) - used == NEVER_USED
    listed = re.findall(r"^\| (\d+) \| \(this number was never used\) \| \|$", (ADR / "README.md").read_text(), re.M)
    assert {int(number) for number in listed} == NEVER_USED
