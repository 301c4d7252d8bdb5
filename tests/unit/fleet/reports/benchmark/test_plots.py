"""The plots of a report."""


def test_the_plots_are_drawn(document):
    names = [figure.name for figure in document.figures()]
    assert names == [
        "accuracy-latency-nano-codes-100",
        "latency",
        "by-print",
        "by-condition",
        "confusions",
        "thesis-overview",
    ]
    assert all(figure.svg.startswith("<svg") for figure in document.figures())
