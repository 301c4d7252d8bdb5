"""Messages and exit codes of the control side."""

from __future__ import annotations

from fleet.core import errors


def test_a_message_says_found_expected_next() -> None:
    error = errors.BundleError("found this", "that", "do so")
    assert str(error) == "found this\n  expected: that\n  next: do so"


def test_a_more_precise_error_keeps_the_exit_code_of_its_kind() -> None:
    assert errors.WrongFile.exit_code == errors.ArtefactError.exit_code == 61
    assert errors.WrongFile.code != errors.ArtefactError.code


def test_a_docker_engine_that_is_missing_is_a_kind_of_its_own() -> None:
    assert issubclass(errors.DockerMissing, errors.ContainerImageError)
    assert len({errors.DockerMissing.exit_code, errors.ContainerImageError.exit_code}) == 2
