"""The settings file is read strictly: what is wrong is named with file, line and the nearest right key."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.line.settings.service import ServiceSettings, load

WHOLE = """\
# the second line of the packaging hall
reader:
  name: codes
  device: cpu
  precision: fp16
  threads: 4
  engine: onnxruntime
  packs: engines
  build_engines: true
recipe:
  file: recipes/line.yaml
  expected: {lot: "0012", best before: 11/2024}
  expected_file: /run/line/expected.json
  expected_age_s: 1.5e1
  clock: always
  deadline_ms: 250
image:
  preprocess: clahe
  regions: [[0, 0, 100, 20], [0, 30, 100, 20]]
http:
  listen: unix:/run/nano-ocr/reader.sock
  answer_s: 5
folder: {watch: in, after: delete}
output: {results: /data/out}
limits: {queue: 16, reading_s: .5, restarts: 0}
health:
log: {level: debug}
"""


@pytest.fixture
def loaded(tmp_path):
    """(text) -> the settings of a file with that text."""

    def make(text):
        (tmp_path / "line.yaml").write_text(text)
        return load(str(tmp_path / "line.yaml"))

    return make


def refused(loaded, text):
    with pytest.raises(UsageError) as caught:
        loaded(text)
    return caught.value


def test_every_kind_of_value(loaded, tmp_path):
    found = loaded(WHOLE)
    reader, recipe = found.reader, found.recipe
    assert (reader.name, reader.precision, reader.threads, reader.engine) == ("codes", "fp16", 4, "onnxruntime")
    assert reader.build_engines is True
    assert (recipe.expected, recipe.expected_age_s) == ({"lot": "0012", "best before": "11/2024"}, 15.0)
    assert (recipe.clock, recipe.deadline_ms) == ("always", 250)
    assert found.image.regions == ((0, 0, 100, 20), (0, 30, 100, 20))
    assert (found.http.listen, found.http.answer_s) == ("unix:/run/nano-ocr/reader.sock", 5.0)
    assert (found.limits.queue, found.limits.reading_s, found.limits.restarts) == (16, 0.5, 0)
    assert found.health == ServiceSettings().health and found.log.level == "debug"


def test_relative_paths_start_at_the_folder_of_the_file(loaded, tmp_path):
    found = loaded(WHOLE)
    assert found.recipe.file == str(tmp_path / "recipes" / "line.yaml")
    assert (found.reader.packs, found.folder.watch) == (str(tmp_path / "engines"), str(tmp_path / "in"))
    assert (found.output.results, found.recipe.expected_file) == ("/data/out", "/run/line/expected.json")


def test_what_is_not_in_the_file_has_its_default(loaded):
    assert loaded("log: {level: info}\n") == ServiceSettings()
    assert loaded("reader: {threads: 2}\nhttp:\n") == ServiceSettings()


@pytest.mark.parametrize(
    "text,line,words",
    [
        ("reader:\n  devise: cuda\n", 2, "unknown key 'devise' in reader, did you mean 'device'?"),
        ("log: {}\nreeder: {}\n", 2, "unknown key 'reeder' in the settings file, did you mean 'reader'?"),
        ("http:\n  queue: 3\n", 2, "unknown key 'queue' in http, did you mean 'limits.queue'?"),
        ("queue: 3\n", 1, "unknown key 'queue' in the settings file, did you mean 'limits.queue'?"),
        ("zzz: 3\n", 1, "unknown key 'zzz' in the settings file"),
        ("reader:\n\n  device: cudaa\n", 3, "reader.device is 'cudaa', did you mean 'cuda'?"),
        ("reader: {threads: two}\n", 1, "reader.threads is 'two'"),
        ("reader: {threads: 2.5}\n", 1, "reader.threads is '2.5'"),
        ("reader: {threads: 1_000}\n", 1, "reader.threads is '1_000'"),
        ("reader: {threads: [2]}\n", 1, "reader.threads is ['2']"),
        ("reader: {name: [codes]}\n", 1, "reader.name is ['codes']"),
        ("reader: {threads:}\n", 1, "reader.threads is empty"),
        ("reader: {build_engines: yes}\n", 1, "reader.build_engines is 'yes'"),
        ("limits:\n  queue: 0\n", 2, "limits.queue is '0'"),
        ("limits:\n  queue: 10001\n", 2, "limits.queue is '10001'"),
        ("limits: {reading_s: nan}\n", 1, "limits.reading_s is 'nan'"),
        ("limits: {reading_s: inf}\n", 1, "limits.reading_s is 'inf'"),
        ("limits: {reading_s: 0.01}\n", 1, "limits.reading_s is '0.01'"),
        ("image: {regions: [[0, 0, 10]]}\n", 1, "image.regions is [['0', '0', '10']]"),
        ("image: {regions: [[0, 0, 0, 10]]}\n", 1, "image.regions is [['0', '0', '0', '10']]"),
        ("image: {regions: all}\n", 1, "image.regions is 'all'"),
        ("recipe: {expected: [a]}\n", 1, "recipe.expected is ['a']"),
        ("recipe: {expected: {a: [b]}}\n", 1, "recipe.expected is {'a': ['b']}"),
        ("recipe: line.yaml\n", 1, "recipe is a text (line.yaml)"),
        ("[a]\n", 1, "the settings file is a list"),
        ("reader: {threads: 2}\nreader: {threads: 3}\n", 2, "'reader'"),
        ("reader: &r {threads: 2}\nhttp: *r\n", 1, "anchor"),
        ("reader: {threads: 2\n", 2, "not YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(loaded, tmp_path, text, line, words):
    error = refused(loaded, text)
    assert error.found.startswith("{}:{}: ".format(tmp_path / "line.yaml", line)) and words in error.found


@pytest.mark.parametrize(
    "text,expected",
    [
        ("limits: {queue: 0}\n", "a whole number from 1 to 10000 images"),
        ("limits: {reading_s: 0}\n", "a number from 0.1 to 3600 s"),
        ("recipe: {deadline_ms: 0}\n", "a whole number from 1 to 3600000 ms, or nothing"),
        ("reader: {device: gpu}\n", "cpu or cuda"),
        ("reader: {build_engines: 1}\n", "true or false"),
        ("recipe: {file: [a]}\n", "a path"),
        ("http: {listen: [a]}\n", "HOST:PORT with a loopback host, unix:PATH, or none"),
        ("log: {levle: info}\n", "level"),
    ],
)
def test_the_error_names_what_is_expected_and_the_page(loaded, text, expected):
    error = refused(loaded, text)
    assert (error.expected, error.next_step, error.exit_code) == (expected, "docs/reference/settings.md", 2)


def test_no_deadline_can_be_written_as_nothing(loaded):
    assert loaded("recipe: {deadline_ms:}\n").recipe.deadline_ms is None


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="No such file") as caught:
        load(str(tmp_path / "line.yaml"))
    assert "a settings file" in caught.value.expected


def test_an_empty_file_is_an_error_that_names_the_page(loaded):
    assert "docs/reference/settings.md" in str(refused(loaded, "# nothing\n"))
