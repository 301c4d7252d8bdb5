"""Control-side library behind tasks.py and the playbooks: one module per noun (Python 3.10 and up)."""
