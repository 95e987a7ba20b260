"""Figures, not tests: `python -m tests.benchmarks [name ...]` (make bench).

Each `bench_<name>.py` here has a `main` that returns its rows as a list of dicts, the first key of which names the row,
or prints them as JSON lines.
"""
