"""The sections of the report."""

from __future__ import annotations

from fleet.reports.benchmark import plots
from fleet.reports.benchmark.document import Document, Section, Table
from fleet.reports.benchmark.summary import Measured, Results
from fleet.reports.benchmark.thesis import thesis_sections
from ocr_app.benchmark.side_by_side.totals import OTHER, kind_of
from ocr_app.benchmark.summaries import peak_memory
from ocr_app.board.validity import MAX_OTHER_CORES
from ocr_app.core.tables import milliseconds, percent
from ocr_app.scoring.text_forms import FORMS

DOUBT = "~"
MAIN = "nano-codes-100"
"""The data set that resembles the thesis's. Its tables and plots come first."""


def build(results: Results) -> Document:
    """The whole report."""
    main = MAIN if MAIN in results.datasets else results.datasets[0]
    sections = [_overview(results, main)]
    sections += [_dataset(results, name, main) for name in results.datasets]
    sections += [_kinds(results), _forms(results, main), _breakdown(results, main), _confusions(results, main)]
    sections += [_preprocess(results, main), *thesis_sections(results, main), _not_run(results), _conditions(results)]
    return Document("Readers measured side by side", _lead(results), [s for s in sections if s.parts or s.text])


def _lead(results: Results) -> list[str]:
    first = results.measured[0].run
    found = first["environment"]
    machine = found["machine"] or "unnamed machine"
    where = f"{machine}, {found['cpu']}, {found['threads']} threads, {found['ram_mb']} MiB, {found['system']}"
    mode = found["power_mode"] or "no power modes on this machine"
    nano = "" if "Jetson Nano" in machine else " It is not a Jetson Nano: use the ratios, never the milliseconds."
    return [
        f"Measured on: {where}; {mode}. Last run {max(cell.run['created'] for cell in results.measured)}.{nano}",
        f"A time marked {DOUBT} is in doubt: its run was not a valid measurement of time (see Conditions). The "
        "accuracy is not affected.",
    ]


def _overview(results: Results, main: str) -> Section:
    rows = results.on(main)
    figures = [plots.accuracy_latency(rows, main), plots.latency_boxes(rows, main)]
    return Section("Overview", [], [figure for figure in figures if figure])


def doubtful(text: str, cell: Measured | None) -> str:
    """``text`` with the mark of a doubtful time, added only once."""
    marked = text.endswith(DOUBT) or cell is None or not cell.doubts
    return text if marked else text + " " + DOUBT


def _dataset(results: Results, name: str, main: str) -> Section:
    rows, base = results.on(name), results.base(name)
    against = base.label if base else ""
    head = ["reader", "times faster", "A-Z0-9", "exact", "CER", "precision", "recall"]
    head += ["lines found", "lines read", "ms median", "p95", "p99", "spread (std)", "img/s", "MiB", "errors"]
    table = Table(
        f"{name}: {rows[0].run['counts']['images']} images; fastest first",
        head,
        [_row(results, cell) for cell in rows],
        f"times faster: than {against}, by medians. A-Z0-9: exact in the form alnum. exact, CER, precision, recall: "
        "white space ignored. lines read: (images fully read). A quantile without enough samples is omitted.",
    )
    figure = plots.accuracy_latency(rows, name) if name != main else None
    return Section(f"Data set {name}", _warning(rows), [table, figure] if figure else [table])


def _warning(rows: list[Measured]) -> list[str]:
    """Warn of rows that were measured on different images."""
    same = len({cell.run["dataset"]["sha256"] for cell in rows}) == 1
    return (
        []
        if same
        else ["Not all readers read the same images, so these rows must not be compared. Run the matrix again."]
    )


def _row(results: Results, cell: Measured) -> list[str]:
    times = cell.run["latency_ms"].get("total") or {}
    ratio = results.speed_up(cell)
    lines = cell.run["line_scores"]
    return [
        cell.label,
        "-" if ratio is None else doubtful(doubtful(f"{ratio:.2f}", cell), results.base(cell.dataset)),
        percent(cell.score("exact", "alnum")),
        *[percent(cell.score(metric)) for metric in ("exact", "cer", "precision", "recall")],
        f"{lines['lines_found']} of {lines['lines']}" if lines and "lines_found" in lines else "-",
        "{lines_read} of {lines} ({images_full})".format(**lines) if lines else "-",
        doubtful(milliseconds(times.get("median")), cell),
        *[milliseconds(times.get(key)) for key in ("p95", "p99", "std")],
        "-" if cell.run["images_per_s"] is None else f"{cell.run['images_per_s']:.2f}",
        f"{peak_memory(cell.run):.0f}",
        str(cell.run["counts"]["errors"]),
    ]


def _kinds(results: Results) -> Section:
    """Lines read on photographs by kind of print: one row per kind, one column per reader."""
    cells = [m for m in results.measured if m.preprocess == "raw" and m.run["dataset"].get("format") == "photos"]
    readers = list(dict.fromkeys(cell.label for cell in cells))
    counts = {name: _lines_by_kind([m for m in cells if m.label == name], results.kinds) for name in readers}
    present = {kind for own in counts.values() for kind in own}
    kinds = [kind for kind in [*results.kinds.values(), OTHER] if kind in present]
    rows = [[kind, *[_lines_cell(counts[name].get(kind)) for name in readers]] for kind in dict.fromkeys(kinds)]
    table = Table("Lines read on photographs, by kind of print", ["kind", *readers], rows, "read of all (share).")
    return Section("By kind of print", [], [table] if rows else [])


def _lines_by_kind(cells: list[Measured], kinds: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Kind -> lines read, lines."""
    found: dict[str, tuple[int, int]] = {}
    for image in [image for cell in cells for image in cell.run["images"] if image["line_count"]]:
        kind = kind_of(image["id"], kinds)
        read, lines = found.get(kind, (0, 0))
        found[kind] = (read + image["line_count"][0], lines + image["line_count"][1])
    return found


def _lines_cell(count: tuple[int, int] | None) -> str:
    return f"{count[0]} of {count[1]} ({percent(count[0] / count[1])})" if count and count[1] else "-"


def _forms(results: Results, main: str) -> Section:
    """The effect of joining and normalising on the strict accuracy."""
    rows = [[cell.label, *[percent(cell.score("exact", form)) for form in FORMS]] for cell in results.on(main)]
    meanings = "; ".join(f"{form.name}: {form.summary}" for form in FORMS.values())
    table = Table(f"{main}: exact codes by text form", ["reader", *FORMS], rows, meanings + ".")
    text = "The same readings, compared in five ways. Only the comparison differs between the columns."
    return Section("The effect of the comparison itself", [text], [table])


def _breakdown(results: Results, main: str) -> Section:
    figures = [plots.by_tag(results.on(main), tag, main) for tag in ("print", "condition", "layout")]
    return Section("By print type and condition", [], [figure for figure in figures if figure])


def _confusions(results: Results, main: str) -> Section:
    figure = plots.confusions(results.on(main), main)
    return Section("Confusions", [], [figure] if figure else [])


def _preprocess(results: Results, main: str) -> Section:
    cells = [m for m in results.measured if m.dataset == main and m.preprocess != "raw"]
    readers = list(dict.fromkeys(cell.reader for cell in cells))
    both = [m for m in results.measured if m.dataset == main and m.reader in readers]
    rows = [
        [
            m.label,
            m.preprocess,
            percent(m.score("exact")),
            percent(m.score("cer")),
            doubtful(milliseconds(m.median()), m),
        ]
        for m in sorted(both, key=lambda m: readers.index(m.reader))
    ]
    table = Table(f"{main}: pre-processing and crop", ["reader", "pre-processing", "exact", "CER", "ms median"], rows)
    return Section("Pre-processing", [], [table] if cells else [])


def _not_run(results: Results) -> Section:
    rows = [[label, dataset, preprocess, reason] for label, dataset, preprocess, reason in results.not_run]
    table = Table("Not run, because", ["reader", "data set", "pre-processing", "reason"], rows, prose=True)
    return Section("Not run", [], [table] if rows else [])


def _conditions(results: Results) -> Section:
    """The conditions of every time: library versions, load, and doubts."""
    head = ["reader", "data set", "engine", "own cores", "other cores", "load before", "doubts"]
    rows = [_condition(cell) for cell in results.measured]
    note = f"Times are in doubt if other programs use {MAX_OTHER_CORES} cores or more. Own cores: CPU time / wall time."
    return Section("Conditions", [], [Table("Conditions of every run", head, rows, note, prose=True)])


def _condition(cell: Measured) -> list[str]:
    load = cell.run["load"]
    other = "-" if load["other_cores"] is None else f"{load['other_cores']:.2f}"
    before = "-" if load["load_before"] is None else f"{load['load_before'][0]:.2f}"
    name = cell.dataset if cell.preprocess == "raw" else f"{cell.dataset}, {cell.preprocess}"
    engine = cell.run["reader"]["engine"]
    return [cell.label, name, engine, f"{load['own_cores']:.2f}", other, before, ", ".join(cell.doubts) or "none"]
