"""Lookup `policy`: the answer of a function of plugins/rules/ROLE.py that needs no observation, such as `plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

sys.path.append(str(Path(__file__).resolve().parents[1] / "plugins"))
from rules import loading

DOCUMENTATION = """
name: policy
short_description: what a role computes from its settings, in Python
options:
  _terms:
    description: ROLE.FUNCTION
    required: true
"""


class LookupModule(LookupBase):
    """Called by Ansible; options are given to the function as `settings.given`."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **options: Any) -> list[Any]:
        role, _, function = terms[0].partition(".")
        try:
            settings = loading.settings_of(role, variables or {}, self._templar.template, options)
            return [loading.call(role, function, settings)]
        except loading.BadRule as error:
            raise AnsibleLookupError(f"policy: {error}") from error
