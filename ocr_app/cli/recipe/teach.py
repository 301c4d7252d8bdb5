"""``ocr-app recipe teach``: proposes a recipe from sample images, and reads them back under it."""

import argparse
import json
import os
import sys
from typing import Any, Dict, List

from ocr_app.cli.arguments import limits_of, reader_request
from ocr_app.core.errors import UsageError
from ocr_app.imaging.load import load_image
from ocr_app.imaging.sources import expand
from ocr_app.opening import open_reader
from ocr_app.readers.contract import Reader
from ocr_app.reading.lessons import Lesson, TaughtSample, read_sample, teach
from ocr_app.reading.words import explanations_of, summary_of
from ocr_app.recipes.teaching import Question, Questionnaire


def run(arguments: argparse.Namespace) -> int:
    """Reads the samples and prints or writes the proposal. Raises UsageError, ImageError and the reader's errors."""
    if arguments.out and os.path.exists(arguments.out):
        found = "{} exists already".format(arguments.out)
        raise UsageError(found, "a file that does not exist", "choose another --out")
    with open_reader(reader_request(arguments)) as reader:
        samples = _read_samples(reader, arguments)
        questions = Questionnaire(_given(arguments.answer))
        lesson = teach(reader, samples, arguments.name, questions, arguments.layout)
        while questions.open and not (arguments.yes or arguments.json):
            questions = Questionnaire(dict(questions.answers, **_ask(questions.open)))
            lesson = teach(reader, samples, arguments.name, questions, arguments.layout)
    if arguments.json:
        print(json.dumps(_record(lesson, samples, questions), indent=2, ensure_ascii=False))
    _report(lesson, questions)
    if arguments.out:
        _write_new(arguments.out, lesson.proposal.yaml)
    elif not arguments.json:
        print(lesson.proposal.yaml, end="")
    return 0


def _read_samples(reader: Reader, arguments: argparse.Namespace) -> List[TaughtSample]:
    samples = []
    for path in expand(arguments.paths):
        sample = read_sample(reader, path, load_image(path, limits_of(arguments)).pixels, arguments.layout)
        print("{}: {}".format(path, " / ".join(sample.texts) or "- no text found -"), file=sys.stderr)
        samples.append(sample)
    return samples


def _given(pairs: List[Any]) -> Dict[str, int]:
    """``KEY=NUMBER`` pairs. Raises UsageError for what is no number."""
    for key, number in pairs:
        if not number.isdigit():
            raise UsageError("--answer {}={}".format(key, number), "the number of an answer")
    return {key: int(number) for key, number in pairs}


def _ask(questions: List[Question]) -> Dict[str, int]:
    """Asks on the terminal. Raises UsageError where there is none: nothing is guessed in silence."""
    if not _is_terminal():
        told = "\n".join(row for question in questions for row in _rows_of(question))
        raise UsageError(
            "the samples leave {} open:\n{}".format(_count(len(questions), "question"), told),
            "an answer to each",
            "--answer KEY=NUMBER for each, or --yes for the first answers",
        )
    return {question.key: _ask_one(question) for question in questions}


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask_one(question: Question) -> int:
    print("\n".join(_rows_of(question)), file=sys.stderr)
    while True:
        print("number [1]: ", end="", file=sys.stderr, flush=True)
        text = sys.stdin.readline()
        if not text:
            raise UsageError("the questions were not answered", "a number", "--yes takes the first answers")
        number = text.strip() or "1"
        if number.isdigit() and 1 <= int(number) <= len(question.answers):
            return int(number)


def _rows_of(question: Question) -> List[str]:
    head = "{} (--answer '{}=NUMBER')".format(question.text, question.key)
    return [head] + ["  {}. {}".format(number, answer) for number, answer in enumerate(question.answers, 1)]


def _report(lesson: Lesson, questions: Questionnaire) -> None:
    """What was taken without an answer, and how the proposal reads its own samples."""
    for question in questions.open:
        print("taken: {}: {}".format(question.text, questions.chosen(question)), file=sys.stderr)
    for relation in lesson.proposal.relations:
        print("holds in all samples: {}".format(relation), file=sys.stderr)
    if not lesson.readings:
        print("not read back: this reader gives texts only", file=sys.stderr)
        return
    passed = len(lesson.readings) - len(lesson.failed)
    print("read back: {} of {} pass".format(passed, _count(len(lesson.readings), "sample")), file=sys.stderr)
    for reading in lesson.failed:
        print("  {}: {}".format(reading.image, summary_of(reading)), file=sys.stderr)
        for told in explanations_of(reading):
            print("    " + told, file=sys.stderr)


def _record(lesson: Lesson, samples: List[TaughtSample], questions: Questionnaire) -> Dict[str, Any]:
    """The proposal for programs; ``answer`` is the number that was taken, ``given`` whether somebody chose it."""
    return {
        "recipe": lesson.proposal.yaml,
        "relations": list(lesson.proposal.relations),
        "questions": [
            {
                "key": question.key,
                "text": question.text,
                "answers": list(question.answers),
                "answer": questions.answers.get(question.key, 1),
                "given": question.key in questions.answers,
            }
            for question in questions.asked
        ],
        "samples": [{"image": sample.name, "texts": list(sample.texts)} for sample in samples],
        "readings": [
            {"image": each.image, "verdict": each.verdict, "text": each.text, "reasons": list(each.reasons)}
            for each in lesson.readings
        ],
    }


def _count(number: int, what: str) -> str:
    return "{} {}{}".format(number, what, "" if number == 1 else "s")


def _write_new(path: str, text: str) -> None:
    try:
        with open(path, "x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError("{}: {}".format(path, error.strerror), "a new file", "choose another --out")
