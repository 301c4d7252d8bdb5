"""Reports as Markdown."""

from fleet.reports.benchmark.document import Document, Figure, Section, Table, to_markdown


def test_markdown_keeps_a_bar_inside_its_cell():
    table = Table("c", ["a", "b"], [["x|y", "1"]], "n")
    text = to_markdown(Document("T", ["lead"], [Section("S", [], [table, Figure("f", "cap", "<svg/>")])]))
    assert text == (
        "# T\n\nlead\n\n## S\n\n**c**\n\n| a | b |\n|---|---:|\n| x\\|y | 1 |\n\nn\n\n![cap](plots/f.svg)\n\n*cap*\n"
    )
