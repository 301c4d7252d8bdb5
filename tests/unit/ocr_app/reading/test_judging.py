"""Tests of ocr_app.reading.judging."""

import numpy as np
from posteriors import CHARACTERS, line_of, quad_at

from ocr_app import recipes
from ocr_app.core.types import ReaderInfo
from ocr_app.readers.contract import Reader, Timer
from ocr_app.reading.judging import Judge

RECIPE = "name: lots\nlines:\n  - {name: lot, fields: [{choice: [LOT]}, {digits: 3, as: number}]}\n"
IMAGE = np.zeros((9, 9), np.uint8)


class Team(Reader):
    """Members that read fixed texts; ``asked`` lists who was asked."""

    info = ReaderInfo("team", "test", "cpu", "fp32")

    def __init__(self, *texts):
        self.texts, self.asked = texts, []

    def members(self):
        return tuple("abc"[: len(self.texts)])

    def line(self, member=0, **changes):
        return line_of(self.texts[member], **changes)._replace(member="abc"[member])

    def ask(self, image, lines, wanted, timer=None):
        result = list(lines)
        for k in wanted:
            number = 1 + len(lines[k].others)
            if number < len(self.texts):
                self.asked.append("abc"[number])
                result[k] = lines[k]._replace(others=lines[k].others + (self.line(number),))
        return result


def judged(team, *looks, recipe=RECIPE):
    loaded = recipes.loads(recipe)

    def verify(decoding, report):
        return recipes.verify(decoding, loaded, witnesses=report)

    return Judge(team, loaded, verify).judge(IMAGE, looks or [[team.line()]], Timer())


def test_two_members_that_agree_pass_a_code():
    found = judged(Team("LOT 104", "LOT 104"))
    assert found.passes and [each.member for each in found.witnesses.readings] == ["a", "b"]


def test_a_third_member_is_asked_only_where_two_differ():
    agree, differ = Team("LOT 104", "LOT 104", "LOT 104"), Team("LOT 104", "LOT 184", "LOT 104")
    assert judged(agree).passes and agree.asked == ["b"]
    assert judged(differ).passes and differ.asked == ["b", "c"]


def test_members_that_all_differ_do_not_pass():
    found = judged(Team("LOT 104", "LOT 184", "LOT 194"))
    assert not found.passes and {reason.code for reason in found.verdict.reasons} == {"witnesses-disagree"}


def test_a_member_alone_does_not_pass():
    found = judged(Team("LOT 104"))
    assert [reason.code for reason in found.verdict.reasons] == ["one-witness"]


def test_nobody_is_asked_where_one_witness_is_enough():
    team = Team("LOT 104", "LOT 184")
    found = judged(team, recipe="witnesses: 1\n" + RECIPE)
    assert found.passes and found.witnesses is None and team.asked == []


def test_nobody_is_asked_about_a_code_that_fails_anyway():
    team = Team("LOT 1O?", "LOT 104")
    assert not judged(team).passes and team.asked == []


def test_what_the_first_member_cannot_read_another_may_and_needs_a_witness_too():
    team = Team("???", "LOT 104", "LOT 104")
    line = team.line()._replace(others=(team.line(1),))
    found = judged(team, [line])
    assert found.passes and found.decoding.values == {"number": "104"}


def test_the_majority_wins_over_the_member_that_read_first():
    team = Team("LOT 184", "LOT 104", "LOT 104")
    found = judged(team)
    assert found.passes and found.decoding.values == {"number": "104"}


def test_looking_ends_with_the_first_pass():
    team = Team("LOT 104", "LOT 104")

    def looks():
        yield [line_of("TOOL")._replace(member="a")]
        yield [team.line()]
        raise AssertionError("nobody needs a third look")

    assert judged(team, *[]).passes
    loaded = recipes.loads(RECIPE)
    judge = Judge(team, loaded, lambda decoding, report: recipes.verify(decoding, loaded, witnesses=report))
    assert judge.judge(IMAGE, looks(), Timer()).passes


def test_without_a_pass_the_look_that_shows_most_of_the_code_counts():
    team = Team("LOT 1?4")
    found = judged(team, [line_of("TOOL")._replace(member="a")], [line_of("LOT 104")._replace(member="a")], [])
    assert found.decoding.text == "LOT 104"


def test_no_look_is_no_code():
    team = Team("LOT 104")
    loaded = recipes.loads(RECIPE)
    judge = Judge(team, loaded, lambda decoding, report: recipes.verify(decoding, loaded, witnesses=report))
    found = judge.judge(IMAGE, [], Timer())
    assert [reason.code for reason in found.verdict.reasons] == ["code-not-found"]


def test_members_with_other_characters_are_reduced_to_those_that_all_share():
    class Mixed(Team):
        def characters(self):
            return CHARACTERS

        def line(self, member=0, **changes):
            cased = CHARACTERS + tuple("abc")
            characters = cased if member else CHARACTERS
            return line_of(self.texts[member], characters=characters, **changes)._replace(member="abc"[member])

    assert judged(Mixed("LOT 104", "LOT 104")).passes


def test_a_look_that_shows_nothing_new_is_not_judged_again(monkeypatch):
    decoded, decode = [], recipes.decode
    monkeypatch.setattr(recipes, "decode", lambda *arguments: decoded.append(1) or decode(*arguments))
    team = Team("LOT 1?4")
    line = team.line()
    judged(team, [line], [line._replace(quad=line.quad.copy())])
    assert len(decoded) == 1
    judged(team, [line], [line, line_of("TOOL")._replace(member="a")], [line])
    assert len(decoded) == 4


def test_a_member_is_not_asked_twice_about_the_same_place():
    team = Team("LOT 104", "LOT 184")
    line = team.line()
    found = judged(team, [line], [line, line_of("TOOL")._replace(member="a", quad=line.quad + 500)])
    assert not found.passes and team.asked == ["b"]


TWO = (
    "name: lots\nlines:\n  - {name: lot, fields: [{choice: [LOT]}, {digits: 3, as: number}]}\n"
    "  - {name: line, optional: true, fields: [{digits: 2, as: line}]}\n"
)


def placed(team, text, y):
    line = line_of(text, quad=quad_at(0, y))
    return line._replace(member="a", others=(line._replace(member="b"),))


def test_a_code_that_could_be_longer_passes_only_if_the_next_look_agrees():
    team = Team("LOT 104", "LOT 104")
    lot, number = placed(team, "LOT 104", 0), placed(team, "12", 30)
    assert judged(team, [lot], [lot], recipe=TWO).decoding.text == "LOT 104"
    longer = judged(team, [lot], [lot, number], recipe=TWO)
    assert longer.passes and longer.decoding.text == "LOT 104 12"
    unread = line_of("ZZ", quad=quad_at(0, 30))._replace(member="a", sure=False)
    assert not judged(team, [lot], [lot, unread], recipe=TWO).passes


def test_a_code_that_has_all_its_lines_needs_no_other_look():
    team = Team("LOT 104", "LOT 104")
    whole = [placed(team, "LOT 104", 0), placed(team, "12", 30)]
    assert judged(team, whole, [placed(team, "ZZ", 30)], recipe=TWO).decoding.text == "LOT 104 12"


def test_the_only_look_of_a_reader_is_enough():
    team = Team("LOT 104", "LOT 104")
    assert judged(team, [placed(team, "LOT 104", 0)], recipe=TWO).passes
