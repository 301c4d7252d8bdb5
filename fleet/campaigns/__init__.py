"""`./inv benchmark --limit HOSTS`: measures on boards, compares siblings and the last campaign, and reports.

request.py     what was asked for, as parts of a plan
folders.py     campaigns on the control machine: which one goes on, and which one was the last
records.py     what boards brought, checked by schema; figures.py: the numbers that are compared
siblings.py    boards of a kind compared: times, texts; trouble.py: heat, clocks, supply
findings.py    all that is wrong with a board, in words
report.py      summary, pages and plots; sections.py: their tables
commands.py    the command
"""
