"""Drills: what docs/operate.md says about restoring and rotating, done in a hospital that is made for it.

The commands are those of the document, read from it: a drill fails when the document is wrong. `make drill` runs all,
in memory, within seconds; the law asks a hospital for a drill in its own account too (MLPS-3).
"""
