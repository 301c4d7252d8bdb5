"""An engine and its manifest, for the tests of the folder of engines."""

from ocr_app.core.files import sha256_of
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest

PLATFORM = Platform("tensorrt", "8.2.1.8", "32.7.6", "5.3", "aarch64")
PROFILE = ShapeProfile((1, 1, 32, 40), (3, 1, 32, 352), (5, 1, 32, 1056))
IDENTITY = EngineIdentity("codes-recogniser", "ab" * 32, PLATFORM, "fp16", "", PROFILE)
DATA = bytes(range(256)) * 40


def manifest_of(identity=IDENTITY, data=DATA):
    check = {"against": "onnxruntime", "samples": 3, "changed": 0, "largest_error": 0.001}
    metadata = {"characters": "[]"}
    return EngineManifest(
        identity, sha256_of(data), len(data), "m.onnx", metadata, ["image"], ["logits"], None, check, {}
    )
