"""Which pointwise layers are one kernel: chains, the diamond of a GELU, and what must wait."""

from ocr_app.networks.pointwise import PointwiseKernels


def fed(*layers):
    """Kernels of layers given as (inputs, outputs, pointwise), and the kernel of each layer."""
    kernels = PointwiseKernels()
    return kernels, [
        kernels.add(k, inputs, outputs, pointwise) for k, (inputs, outputs, pointwise) in enumerate(layers)
    ]


def test_a_diamond_reads_its_input_once_and_writes_its_end():
    kernels, found = fed(
        (["image"], ["a"], False), (["a"], ["b"], True), (["a", "b"], ["c"], True), (["c"], ["d"], False)
    )
    assert found == [0, 1, 1, 3] and kernels.pointwise() == [1]
    assert kernels.read(1) == ["a"] and kernels.written(1, ["d"]) == ["c"]


def test_what_others_read_or_the_graph_returns_is_written():
    kernels, _ = fed((["image"], ["a"], True), (["a"], ["b"], True), (["a"], ["c"], False))
    assert kernels.written(0, ["b"]) == ["a", "b"] and kernels.written(0, []) == ["a"]


def test_a_layer_that_waits_for_a_kernel_cannot_join_it():
    """Squeeze and excitation: the product needs the mean of what it multiplies."""
    kernels, found = fed((["image"], ["a"], True), (["a"], ["mean"], False), (["a", "mean"], ["b"], True))
    assert found == [0, 1, 2]
    assert kernels.read(2) == ["a", "mean"] and kernels.written(0, ["b"]) == ["a"]


def test_it_waits_through_several_kernels():
    _, found = fed(
        (["image"], ["a"], True), (["a"], ["m"], False), (["m"], ["n"], True), (["n"], ["o"], False),
        (["a", "o"], ["b"], True),
    )  # fmt: skip
    assert found[-1] == 4


def test_two_finished_kernels_are_not_merged_but_the_later_one_is_joined():
    kernels, found = fed(
        (["image"], ["a"], False), (["image"], ["b"], False), (["a"], ["c"], True), (["b"], ["d"], True),
        (["c", "d"], ["e"], True),
    )  # fmt: skip
    assert found[-1] == 3 and kernels.read(3) == ["b", "c"] and kernels.written(2, ["e"]) == ["c"]


def test_views_and_followers_belong_to_the_kernel_that_writes_them():
    kernels, _ = fed((["image"], ["a"], True))
    kernels.follow(["b"], "a")
    kernels.rename("view", "b")
    kernels.rename("flat", "image")
    assert kernels.add(1, ["view"], ["c"], True) == 0
    assert kernels.read(0) == ["image"] and kernels.written(0, ["c"]) == ["c"]
