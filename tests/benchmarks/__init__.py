"""Figures, not tests: `python -m tests.benchmarks [name ...]` (make bench).

Each `bench_<name>.py` here has `main() -> list[dict]`: rows with the same keys, the first of which names the row.
"""
