"""Lookup `wheels`: what a board's environment is to hold (wanted), and the checked files that make it (plan)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

sys.path.append(str(Path(__file__).resolve().parents[2]))
from fleet.errors import FleetError  # noqa: E402
from fleet.wheels import house, manifest  # noqa: E402

DOCUMENTATION = """
name: wheels
short_description: packages and files of wheels/manifest.toml and requirements/
options:
  _terms:
    description: wanted (list of name, version), plan (folder, files, requirements, from_source), or file (one artefact)
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
  artefacts:
    description: names of artefacts
    type: list
    elements: str
    default: []
"""


class LookupModule(LookupBase):
    """Called by Ansible; variables wheelhouse_manifest and wheelhouse_folder name other places (tests, bundles)."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **options: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=options)
        known = variables or {}
        where = self._templar.template(known.get("wheelhouse_manifest") or "") or manifest.MANIFEST
        folder = Path(self._templar.template(known.get("wheelhouse_folder") or "") or house.HOUSE)
        locks, names = self.get_option("locks"), self.get_option("artefacts")
        try:
            listed = manifest.read(Path(where))
            if terms[0] == "wanted":
                return [house.wanted(listed, locks, names)]
            if terms[0] == "file":
                return [house.as_record(house.of_source(folder, listed.source(names[0]), listed))]
            return [house.plan(folder, listed, self.get_option("target"), locks, names)]
        except FleetError as error:
            raise AnsibleLookupError(f"wheels: {error}") from error
