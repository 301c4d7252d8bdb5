"""Stands in for the module `observe` in tests: gives what the inventory says was observed; runs nothing."""

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        observed = self._templar.template("{{ observed_" + self._task._role.get_name() + " }}")
        return {"changed": False, **observed}
