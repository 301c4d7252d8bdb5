"""What samples cannot tell is asked, once, and answered by number."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.recipes.teaching.questions import Questionnaire


def test_the_first_answer_holds_until_another_one_is_given():
    questions = Questionnaire()
    assert questions.ask("order", "which?", ["a", "b"]) == 0 and questions.ask("order", "which?", ["a", "b"]) == 0
    assert [question.key for question in questions.open] == ["order"] and questions.chosen(questions.asked[0]) == "a"
    answered = Questionnaire({"order": 2})
    assert answered.ask("order", "which?", ["a", "b"]) == 1 and answered.open == []
    assert answered.chosen(answered.asked[0]) == "b" and answered.answers == {"order": 2}


@pytest.mark.parametrize("number", [0, 3])
def test_a_number_that_is_no_answer_is_refused(number):
    with pytest.raises(UsageError, match="1 to 2"):
        Questionnaire({"order": number}).ask("order", "which?", ["a", "b"])
