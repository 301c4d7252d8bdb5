"""What samples alone cannot tell: questions with numbered answers, the most probable one first."""

from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.errors import UsageError


class Question(NamedTuple):
    """A question. ``key`` names it for programs; ``answers`` are what a person can choose from."""

    key: str
    text: str
    answers: Tuple[str, ...]


class Questionnaire:
    """Collects the questions of one proposal, and answers them: as given, else by the first answer."""

    def __init__(self, given: Optional[Mapping[str, int]] = None) -> None:
        """``given``: numbers of answers, from 1, by the keys of their questions."""
        self._given = dict(given or {})
        self.asked: List[Question] = []

    def ask(self, key: str, text: str, answers: Sequence[str]) -> int:
        """The index of the answer, from 0. Raises UsageError for a given number that is none of the answers."""
        question = Question(key, text, tuple(answers))
        if question not in self.asked:
            self.asked.append(question)
        number = self._given.get(key, 1)
        if not 1 <= number <= len(answers):
            raise UsageError("question {}: answer {}".format(key, number), "1 to {}".format(len(answers)))
        return number - 1

    def chosen(self, question: Question) -> str:
        """The answer that was taken."""
        return question.answers[self._given.get(question.key, 1) - 1]

    @property
    def open(self) -> List[Question]:
        """The questions that nobody has answered."""
        return [question for question in self.asked if question.key not in self._given]

    @property
    def answers(self) -> Dict[str, int]:
        """The numbers of the answers that were given."""
        return dict(self._given)
