"""Every error of the control side, with its exit code.

One kind of failure has one exit code, between 60 and 99. Subclasses that only name the cause more precisely share the
exit code of their base class and have a ``code`` of their own. docs/reference/exit-codes.md lists all of them.
"""

from __future__ import annotations

from ocr_app.core.errors import OcrError


class FleetError(OcrError):
    """Base class of the control side's errors: what was found, what was expected, and the next step."""

    exit_code = 60
    code = "fleet"


class ArtefactError(FleetError):
    """An artefact cannot be fetched, or is not what the manifest says."""

    exit_code = 61
    code = "artefact"


class WrongFile(ArtefactError):
    """A file is damaged, or is not what its name or the manifest says."""

    code = "wrong-file"


class NotInWheelhouse(ArtefactError):
    """A file that is needed has not been fetched, or is not what it should be."""

    code = "not-in-wheelhouse"


class DownloadFailed(ArtefactError):
    """None of a file's addresses delivered it."""

    code = "download"


class EnvironmentBuildError(FleetError):
    """An environment cannot be built."""

    exit_code = 62
    code = "environment"


class InterpreterMissing(EnvironmentBuildError):
    """There is no working Python of the requested minor version."""

    code = "interpreter-missing"


class NotEnoughSpace(EnvironmentBuildError):
    """The disk cannot hold the environment."""

    code = "disk-full"


class InstallFailed(EnvironmentBuildError):
    """pip or a post step ended with an error."""

    code = "install-failed"


class ProofFailed(EnvironmentBuildError):
    """In an installed environment, a module does not import or a package is missing or has the wrong version."""

    code = "proof-failed"


class LockError(EnvironmentBuildError):
    """A lock is missing, incomplete, or cannot be compiled."""

    code = "lock"


class SuiteError(FleetError):
    """The requested test suite does not exist."""

    exit_code = 63
    code = "suite"


class BlockError(FleetError):
    """A generated block of a page has no end mark, no generator, or no results to be generated from."""

    exit_code = 64
    code = "block"


class MatrixError(FleetError):
    """The benchmark matrix does not contain what was requested, or no cell of it could run."""

    exit_code = 65
    code = "benchmark-matrix"


class TrainingError(FleetError):
    """Training or evaluation cannot start, or a step of it failed."""

    exit_code = 66
    code = "training"


class NetworkExportError(FleetError):
    """A network cannot be exported here, or its export does not read like the original."""

    exit_code = 67
    code = "export"


class VirtualFleetError(FleetError):
    """The virtual fleet cannot be created, or is not in the state that it should be in."""

    exit_code = 68
    code = "virtual-fleet"


class VirtualFleetUnavailable(VirtualFleetError):
    """This machine cannot run a virtual fleet; the message says what is missing."""

    exit_code = 71
    code = "virtual-fleet-cannot-run"


class PlaybookError(FleetError):
    """A playbook cannot be started."""

    exit_code = 69
    code = "playbook"


class EngineRequestError(FleetError):
    """Engines cannot be built in the requested way."""

    exit_code = 70
    code = "engines"


class SigningKeyError(FleetError):
    """A signing key is missing, is another file, or its password is wrong."""

    exit_code = 72
    code = "key"


class ContainerImageError(FleetError):
    """A container image cannot be described, prepared, built or saved."""

    exit_code = 73
    code = "image"


class DockerMissing(ContainerImageError):
    """No Docker engine answers, or a tool that makes the stand-in bases is missing."""

    exit_code = 74
    code = "image-engine-missing"


class ImageCheckFailed(ContainerImageError):
    """An image was built, but the structure test found something wrong with it."""

    exit_code = 75
    code = "image-broken"


class DeployError(FleetError):
    """A deployment cannot begin, or not every node runs its release at the end; the report says why."""

    exit_code = 76
    code = "deploy"


class NodeReportError(FleetError):
    """A node delivers no report or no support archive."""

    exit_code = 77
    code = "node-report"


class WheelBuildError(FleetError):
    """A wheel cannot be built from source: not on this machine, or not at all."""

    exit_code = 78
    code = "build"


class UnsuitableBuildMachine(WheelBuildError):
    """The machine does not meet the requirements of the build."""

    code = "cannot-build"


class WheelBuildFailed(WheelBuildError):
    """A build stage ended with an error, or the result is not what it should be."""

    code = "build-failed"


class AuditError(FleetError):
    """The database of known vulnerabilities gave no answer, or not for every package; also: new vulnerabilities."""

    exit_code = 79
    code = "audit"


class GateReportError(FleetError):
    """A network was not judged: no export, no environment, or the gate itself failed."""

    exit_code = 80
    code = "engines-report"


class BundleError(FleetError):
    """A bundle cannot be made, or is not what its signed manifest says."""

    exit_code = 81
    code = "bundle"


class PackageError(FleetError):
    """The distribution of ocr_app cannot be built, or its wheel does not work on every Python."""

    exit_code = 82
    code = "package"


class FuzzingFound(FleetError):
    """`./inv fuzz` found an input that was neither accepted nor refused properly."""

    exit_code = 83
    code = "fuzz"


class MutantsError(FleetError):
    """`./inv mutants` cannot try faults: no environment, no such module, or tests that fail without any fault."""

    exit_code = 87
    code = "mutants"


class BoardBenchmarkError(FleetError):
    """Boards cannot be measured as asked for, or a board delivered no usable record of a part; the report says why."""

    exit_code = 84
    code = "board-benchmark"


class BoardAppError(FleetError):
    """The application could not be run on every board that was chosen, or failed there."""

    exit_code = 85
    code = "board-app"


class LiveLineError(FleetError):
    """A live line cannot be tried on this computer, or it did not do what it has to."""

    exit_code = 86
    code = "live-line"


class GatewayError(FleetError):
    """The gateway to OPC UA cannot serve: no environment, an address that is taken, or settings that do not fit."""

    exit_code = 88
    code = "gateway"


class SiteError(FleetError):
    """The site cannot collect, keep or show results, or what it did is not what it has to do."""

    exit_code = 89
    code = "site"


class ReplayMeasureError(FleetError):
    """Replays cannot be measured on this computer, or one did not find what it has to."""

    exit_code = 92
    code = "replay-measure"


class ReleaseTableError(FleetError):
    """releases.toml does not know a board or a release, or its parts do not fit together."""

    exit_code = 94
    code = "release-table"


class FleetScaleError(FleetError):
    """What plays cost cannot be measured on this computer, or a measured play failed."""

    exit_code = 95
    code = "fleet-scale"
