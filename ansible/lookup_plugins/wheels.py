"""Lookup `wheels`: the packages of a board's environment (wanted), and the checked files that it is made of (plan)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

sys.path.append(str(Path(__file__).resolve().parents[2]))
from fleet.core.errors import FleetError
from fleet.wheelhouse.store import index, manifest

DOCUMENTATION = """
name: wheels
short_description: packages and files of wheels/manifest.toml and requirements/
options:
  _terms:
    description: wanted (names and versions), plan (files to push, requirements), files (checked), builder, described
    required: true
  target:
    description: a target of the manifest
    type: str
    default: ""
  locks:
    description: names of locks
    type: list
    elements: str
    default: []
  role:
    description: for builder, the role whose verdict says which hosts need the artefacts
    type: str
    default: ""
  artefacts:
    description: names of artefacts
    type: list
    elements: str
    default: []
"""


class LookupModule(LookupBase):
    """Called by Ansible; variables wheelhouse_manifest and wheelhouse_folder name other files (tests, bundles)."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **options: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=options)
        try:
            places = self._places(variables or {})
            if terms[0] == "builder":
                return [self._builder(variables or {}, *places)]
            return [self._answer(terms[0], *places)]
        except FleetError as error:
            raise AnsibleLookupError(f"wheels: {error}") from error

    def _places(self, known: dict[str, Any]) -> tuple[manifest.WheelhouseManifest, Path]:
        where = self._templar.template(known.get("wheelhouse_manifest") or "") or manifest.MANIFEST
        bundle = self._templar.template(known.get("fleet_bundle") or "")
        folder = self._templar.template(known.get("wheelhouse_folder") or "") or (bundle and f"{bundle}/wheelhouse")
        return manifest.read(Path(where)), Path(folder or index.WHEELHOUSE)

    def _builder(self, known: dict[str, Any], listed: manifest.WheelhouseManifest, folder: Path) -> str:
        """The first host of the batch that needs artefacts which the wheelhouse lacks."""
        missing = [name for name in self.get_option("artefacts") if not _is_placed(folder, listed, name)]
        verdict = self.get_option("role") + "_verdict"
        needs = [
            host for host in known.get("ansible_play_batch", [])
            if not known["hostvars"][host].get(verdict, {"in_spec": True})["in_spec"]
        ]  # fmt: skip
        return str(needs[0]) if missing and needs else ""

    def _answer(self, what: str, listed: manifest.WheelhouseManifest, folder: Path) -> Any:
        locks, names = self.get_option("locks"), self.get_option("artefacts")
        if what == "wanted":
            return index.wanted(listed, locks, names)
        if what == "files":
            return [index.placed(folder, listed.source(name), listed) for name in names]
        if what == "described":
            return {"file": listed.source(names[0]).file, "folder": str(folder), "manifest": str(listed.path)}
        return index.plan(folder, listed, self.get_option("target"), locks, names)


def _is_placed(folder: Path, listed: manifest.WheelhouseManifest, name: str) -> bool:
    try:
        return bool(index.placed(folder, listed.source(name), listed))
    except FleetError:
        return False
