"""Changes over a real journal, with two products in a folder; there is no line, so nothing is under way."""

import pytest

from ocr_app.line.changes.changing import ChangeAuthor, LineChanges
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.beside import JournalBeside
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.settings.service import load

RECIPE = "name: {}\nwitnesses: {}\ncodes: [{{name: b, lines: [{{name: c, fields: [{{digits: 1, as: {}}}]}}]}}]\n"
ANNA = ChangeAuthor("anna", "operator", "127.0.0.1")


class Desk:
    """``start`` is what a start of the service does with what was changed before."""

    def __init__(self, folder):
        self.folder, self.anna = folder, ANNA
        self.recipe(folder / "r.yaml", "own")
        (folder / "more").mkdir()
        self.recipe(folder / "more" / "juice.yaml", "Juice", field="lot")
        self.recipe(folder / "more" / "tea.yaml", "Tea")
        self.settings("")
        self.opened = []

    @staticmethod
    def recipe(path, name, witnesses=1, field="number"):
        path.write_text(RECIPE.format(name, witnesses, field))

    def settings(self, more, recipe="file: r.yaml, folder: more"):
        text = "recipe: {%s}\njournal: {folder: j, board: b}\nsource: {kind: http}\n%s"
        (self.folder / "line.yaml").write_text(text % (recipe, more))

    def start(self):
        self.end()
        settings = load(str(self.folder / "line.yaml"))
        journal = PartJournal(settings.journal.folder, ServiceStatus())
        self.opened.append(journal)
        self.beside = JournalBeside(journal)
        self.changes = LineChanges(settings, self.beside)
        return self.changes

    def actions(self):
        return self.opened[-1].ask_beside("SELECT user, action, detail FROM actions ORDER BY number")

    def end(self):
        while self.opened:
            self.opened.pop().close()


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.end()
