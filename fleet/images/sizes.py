"""`./inv images size`: the size of each image, and whether a rebuild is equal; writes docs/results/images.md."""

from __future__ import annotations

import datetime
from typing import Any

from fleet.core.pages import format_machine, markdown_table, write_record
from fleet.images import checks, docker, spec
from fleet.images.building import ImageBuildOptions
from fleet.images.packages import Say
from fleet.images.spec import ImageCatalogue, ImageSpec
from ocr_app.benchmark.environment import describe


def size(names: list[str] | None, rebuild: bool, publish: bool, how: ImageBuildOptions, say: Say = print) -> int:
    """Print the table; ``publish`` writes the page. Returns 0.

    ``rebuild`` builds each image again without the cache, large ones only if they are named. Without names, the table
    shows all images that are built. Raises ContainerImageError for a named image that is not built.
    """
    images = spec.load()
    docker.require(images.root / "build" / "images")
    wanted = [images.lineage(name)[-1] for name in names or images.images]
    wanted = wanted if names else [image for image in wanted if docker.exists(image.name)]
    records = [_measured(images, image, rebuild and (bool(names) or _small(image)), how, say) for image in wanted]
    missing = [name for name in images.images if name not in {record["image"] for record in records}]
    say(markdown_table(*_table(records)) + ("\n\nnot built or not requested: " + ", ".join(missing) if missing else ""))
    if publish:
        machine = describe()
        report = {
            "date": datetime.date.today().isoformat(),
            "machine": {key: machine[key] for key in ("cpu", "system", "arch")},
            "docker": docker.run_docker("version", "--format", "{{.Server.Version}}"),
            "builder": how.builder,
            "images": records,
            "missing": missing,
        }
        write_record(images.root / "docs" / "results", "images", report, page(report))
    return 0


def _small(image: ImageSpec) -> bool:
    """Whether a rebuild takes minutes and not a quarter of an hour and gigabytes."""
    return image.budget_mb < 1000


def _measured(
    images: ImageCatalogue, image: ImageSpec, rebuild: bool, how: ImageBuildOptions, say: Say
) -> dict[str, Any]:
    found = docker.inspect(image.name)
    labels = found["Config"]["Labels"]
    differ = checks.rebuilt(image, how, say) if rebuild else None
    return {
        "image": image.name,
        "parent": image.parent,
        "arch": found["Architecture"],
        "l4t": labels.get("l4t.release", ""),
        "standin": labels["nano-ocr.standin"],
        "revision": labels["org.opencontainers.image.revision"],
        "manifest": labels["nano-ocr.manifest"],
        "size_mb": round(found["Size"] / 1e6, 1),
        "adds_mb": round(checks.added_mb(images, image), 1),
        "budget_mb": image.budget_mb,
        "layers": found["RootFS"]["Layers"],
        "layers_that_differ_when_rebuilt": differ,
        "problems": checks.problems_of(images, image),
    }


def _table(records: list[dict[str, Any]]) -> tuple[tuple[str, ...], list[list[str]]]:
    rows = [
        [
            f"`{record['image']}`",
            f"`{record['parent']}`",
            f"{record['adds_mb']:.0f} (below {record['budget_mb']})",
            f"{record['size_mb']:.0f}",
            _again(record["layers_that_differ_when_rebuilt"]),
            "; ".join(record["problems"]) or "none",
        ]
        for record in records
    ]
    return ("image", "stands on", "adds, MB", "whole, MB", "built again", "problems of its structure test"), rows


def _again(differ: list[str] | None) -> str:
    if differ is None:
        return "not tried"
    return f"{len(differ)} layers differ" if differ else "every layer equal"


def page(report: dict[str, Any]) -> str:
    """The text of docs/results/images.md. Every figure in it is from ``report``."""
    standins = sorted({record["standin"] for record in report["images"] if record["standin"] != "no"})
    parts = [
        "# Container images",
        f"Written by `./inv images size --publish` on {report['date']} ({format_machine(report['machine'])}; Docker "
        f"{report['docker']}, builder: {report['builder']}); do not edit. "
        "[How images are made](../how-to/containers.md).",
        markdown_table(*_table(report["images"])),
        'MB are megabytes (a million bytes) unpacked. "Built again": every step anew, without the cache, from the same '
        "parent; layers are compared by their sha256.",
    ]
    if report["missing"]:
        parts.append(f"Not measured in this run: {', '.join(report['missing'])}.")
    if standins:
        parts.append("These images do not stand on the makers' bases. Their labels say:")
        parts.append("\n".join(f"- {words}" for words in standins))
        parts.append("What they weigh on NVIDIA's base with aarch64 wheels, only a build there can tell.")
    return "\n\n".join(parts) + "\n"
