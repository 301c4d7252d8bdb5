"""The verbs that measure: benchmark, its sub-verbs, and compare."""
