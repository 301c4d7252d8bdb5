"""What each role promises: one module per role, with `rules(observed, settings)`. Runs on the control machine."""

from .model import Observed, Rule, Settings

__all__ = ["Observed", "Rule", "Settings"]
