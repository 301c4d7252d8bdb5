"""The field of a column is the narrowest one that accepts all its texts."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.recipes.teaching.columns import ProposedField, propose_column, propose_field, quote
from ocr_app.recipes.teaching.questions import Questionnaire
from ocr_app.recipes.teaching.tokens import split_line


@pytest.mark.parametrize(
    ("column", "yaml", "kind"),
    [
        (["L1O34", "L12O4"], "lot: \"'L'9999\"", "lot"),
        (["EXP:", "EXP:"], '"EXP:"', "literal"),
        (["20", "07"], "digits: 2", "number"),
        (["L22999", "L23010"], "lot: \"'L'99999\"", "lot"),
        (["01202", "Q1202", "01203"], "digits: 5", "number"),
        (["A1-B", "C2-D"], 'lot: "A9-A"', "lot"),
        (["A1", "1A"], 'lot: "XX"', "lot"),
        (["A-", "B/"], 'lot: "A[/-]"', "lot"),
        (["1", "123"], "digits: 1-3", "number"),
        (["AB", "ABCD"], "letters: 2-4", "text"),
        (["A1-7", "A1299/71"], 'alphanumeric: 4-8, signs: "-/"', "text"),
    ],
)
def test_the_narrowest_field_of_a_column(column, yaml, kind):
    assert propose_field(column) == ProposedField(yaml, kind)


def column(*texts, answers=None):
    questions = Questionnaire(answers)
    tokens = [token for text in texts for token in split_line(text)]
    assert len(tokens) == len(texts)
    return propose_column(tokens, "line 1, field 1", questions), questions


@pytest.mark.parametrize(
    ("texts", "yaml"),
    [
        (["31.12.2024", "01.02.2025"], "date: DD.MM.YYYY"),
        (["04 SEP 20", "14 OCT 21"], "date: [DD MMM YY, DDMMMYY]"),
        (["04SEP2020", "14OCT2021"], "date: [DD MMM YYYY, DDMMMYYYY]"),
        (["04 DEZ 2020", "14 OKT 2021"], "date: [DD MMM YYYY, DDMMMYYYY], languages: [de]"),
        (["02:05", "22:15"], 'time: "HH:MM"'),
        (["02:05:11", "22:15:59"], 'time: "HH:MM:SS"'),
        (["BEFORE", "BEFORE", "BFECRE"], '"BEFORE"'),
    ],
)
def test_a_column_of_one_kind(texts, yaml):
    field, questions = column(*texts)
    assert field.yaml == yaml and questions.asked == []


def test_an_order_that_the_samples_do_not_tell_is_asked():
    field, questions = column("01/02/2021", "03/04/2021")
    (question,) = questions.open
    assert field.yaml == "date: DD/MM/YYYY" and question.answers == (
        "DD/MM/YYYY (2021-02-01)", "MM/DD/YYYY (2021-01-02)",
    )  # fmt: skip
    field, questions = column("01/02/2021", "03/04/2021", answers={question.key: 2})
    assert field.yaml == "date: MM/DD/YYYY" and questions.open == []
    with pytest.raises(UsageError, match="answer 3"):
        column("01/02/2021", "03/04/2021", answers={question.key: 3})


def test_the_order_whose_years_are_close_together_is_offered_first():
    field, questions = column("21.11.13", "21.07.25", "20.12.23")
    assert field.yaml == "date: YY.MM.DD" and len(questions.open) == 1


def test_a_letter_that_is_always_the_same_is_asked():
    field, questions = column("A", "A")
    assert field.yaml == '"A"' and questions.open[0].answers == ("always A", "any letter")
    assert column("A", "A", answers={questions.open[0].key: 2})[0].yaml == "letters: 1"
    assert column("A", "B")[0].yaml == "letters: 1" and column("A", "BC")[0].yaml == "letters: 1-2"


def test_quotes_and_backslashes_are_escaped():
    assert quote('a"b\\c') == '"a\\"b\\\\c"'
