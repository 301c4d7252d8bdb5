"""The effect of half precision on texts: every line crop is read twice, once with each tensor rounded to float16."""

from typing import Any, Dict, List, Sequence, Tuple

from ocr_app.core.types import join_lines
from ocr_app.datasets.crops import LineCrop, line_crops
from ocr_app.datasets.sample import Dataset
from ocr_app.networks.half import PRECISION
from ocr_app.opening import ReaderRequest, open_reader
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import ReaderName
from ocr_app.scoring.text_forms import FORMS

SCHEMA = "nano-ocr/half/1"
AT_ONCE = 64  # crops per call of the reader, which makes its own batches of them


def compare(name: ReaderName, datasets: Sequence[Dataset], threads: int, with_texts: bool = True) -> Dict[str, Any]:
    """The report: for each data set, every crop whose text changes. Raises what opening and reading raise."""
    request = ReaderRequest(name, threads=threads)
    with open_reader(request) as full, open_reader(request._replace(precision=PRECISION)) as rounded:
        sets = [_compare_set(dataset, full, rounded, with_texts) for dataset in datasets]
        return {
            "schema": SCHEMA,
            "reader": str(name),
            "engine": rounded.info.engine,
            "precision": rounded.info.precision,
            "crops": sum(entry["crops"] for entry in sets),
            "changed": sum(len(entry["changes"]) for entry in sets),
            "datasets": sets,
        }


def _compare_set(dataset: Dataset, full: Reader, rounded: Reader, with_texts: bool) -> Dict[str, Any]:
    crops = line_crops(dataset)
    pairs = list(zip(_texts(full, crops), _texts(rounded, crops)))
    changed = [(crop, pair) for crop, pair in zip(crops, pairs) if pair[0] != pair[1]]
    return {
        "name": dataset.name,
        "sha256": dataset.sha256,
        "crops": len(crops),
        "exact": [sum(_right(crop, pair[side]) for crop, pair in zip(crops, pairs)) for side in (0, 1)],
        "changes": [_change(crop, pair, with_texts) for crop, pair in changed],
    }


def _texts(reader: Reader, crops: Sequence[LineCrop]) -> List[str]:
    parts = [crops[k : k + AT_ONCE] for k in range(0, len(crops), AT_ONCE)]
    return [join_lines(lines) for part in parts for lines in reader.read_lines([crop.image for crop in part])]


def _right(crop: LineCrop, text: str) -> bool:
    """Whether the text is right in the form "alnum": A-Z and 0-9."""
    truth, read = FORMS["alnum"].sides(crop.truth, [text])
    return bool(truth == read)


def _change(crop: LineCrop, pair: Tuple[str, str], with_texts: bool) -> Dict[str, Any]:
    right = [_right(crop, text) for text in pair]
    return {
        "id": crop.id,
        "fp32": pair[0] if with_texts else None,
        "fp16": pair[1] if with_texts else None,
        "right": right,
    }
