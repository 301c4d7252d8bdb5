"""A recipe that is taught from the last pictures: proposed from what was read in them, tried, and approved."""

from typing import Dict, List, NamedTuple, Sequence, Tuple

from ocr_app.core.errors import BuildError, UsageError
from ocr_app.core.files import sha256_of
from ocr_app.line.changes.changing import FAILED, ChangeAuthor, ChangeRefused, LineChanges
from ocr_app.line.journal.beside import JournalBeside
from ocr_app.line.reading.setup import LineSetup
from ocr_app.recipes.teaching import Question, Questionnaire, propose

OPTIONS = {"neighbours": "neighbours: ignore", "junk": "junk: ignore"}
"""What a person may allow: other text beside the code, and on its lines. A line of the recipe each."""
RECIPE = "recipe"


class TaughtRecipe(NamedTuple):
    """A proposal. ``answers``: the numbers of the answers, from 1, by the keys of the questions."""

    text: str
    questions: Tuple[Question, ...]
    answers: Dict[str, int]


def propose_from(
    samples: Sequence[Sequence[str]], name: str, answers: Dict[str, int], options: Sequence[str]
) -> TaughtRecipe:
    """A recipe for samples, each the lines of one picture; a question without an answer gets its first one.

    Raises RecipeError where the samples are no codes.
    """
    questions = Questionnaire(answers)
    try:
        text = propose(samples, name, questions, [OPTIONS[key] for key in options if key in OPTIONS]).yaml
    except UsageError:  # answers to the questions of other samples
        questions = Questionnaire()
        text = propose(samples, name, questions, [OPTIONS[key] for key in options if key in OPTIONS]).yaml
    taken = {question.key: questions.answers.get(question.key, 1) for question in questions.asked}
    return TaughtRecipe(text, tuple(questions.asked), taken)


class RecipeApproval:
    """Approved recipes become products; they judge nothing before one of them is chosen."""

    def __init__(self, changes: LineChanges, beside: JournalBeside) -> None:
        self._changes, self._beside = changes, beside

    def candidate(self, name: str, text: str) -> LineSetup:
        """The setup with a recipe that is not approved yet. Raises RecipeError, UsageError."""
        setup = self._changes.shelf.check(name or "proposal", text.encode("utf-8"))
        return setup._replace(regions=self._changes.setup.regions)

    def approve(self, author: ChangeAuthor, name: str, text: str) -> LineSetup:
        """A new product, after it was written down who approved it. Raises RecipeError, UsageError, ChangeRefused."""
        shelf = self._changes.shelf
        shelf.check_name(name)
        self.candidate(name, text)
        detail = "{}, {}".format(name, sha256_of(text.encode("utf-8")))
        if not self._beside.record_action(*author, RECIPE, detail):
            raise ChangeRefused(FAILED)
        try:
            return shelf.add(name, text)
        except BuildError as error:
            self._beside.record_action(*author, RECIPE + "-failed", detail)
            raise ChangeRefused(FAILED) from error


def chosen_answers(form: Dict[str, str]) -> Dict[str, int]:
    """The answers in a form: fields ``answer.KEY`` with a number."""
    found: List[Tuple[str, str]] = [
        (name[len("answer.") :], text) for name, text in form.items() if name.startswith("answer.")
    ]
    return {key: int(text) for key, text in found if text.isdigit() and len(text) < 3}
