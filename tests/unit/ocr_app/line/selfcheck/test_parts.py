"""What is installed: models, engines, recipes."""

from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.line.selfcheck import parts
from ocr_app.line.selfcheck.rows import FAILED, failed


def test_a_changed_model_is_found(monkeypatch):
    assert not failed(parts.model_rows())
    monkeypatch.setattr("ocr_app.core.model_files.sha256_of", lambda path: "0" * 64)
    monkeypatch.setattr("ocr_app.core.model_files._checked", {})
    assert {row.check for row in failed(parts.model_rows())} >= {"model code-detector.onnx"}


def test_a_broken_recipe_is_named(tmp_path):
    (tmp_path / "a.yaml").write_text("nmae: a\n")
    (row,) = parts.recipe_rows(RuntimeContext(recipes=str(tmp_path)))
    assert row.status == FAILED and "a.yaml" in row.found


def test_no_engines_and_broken_ones_fail(tmp_path):
    assert "build-engines" in parts.engine_row(str(tmp_path), RuntimeContext()).next_step
    (tmp_path / "x.json").write_text("{")
    assert parts.engine_row(str(tmp_path), RuntimeContext()).status == FAILED
