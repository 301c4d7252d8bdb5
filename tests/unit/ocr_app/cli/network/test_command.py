"""The sub-commands of ``ocr-app network``."""


def test_without_a_sub_command_there_is_nothing_to_do(network):
    assert network()[0] == 2
