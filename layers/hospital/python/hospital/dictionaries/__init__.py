"""Dictionaries too large for reference data: drugs, drug companies, diagnoses. Declared in `declared`, one mechanism.

Tens of thousands of entries, mostly from a file; each is found by name (from any letter on), by pinyin initials and by
code in one page read of rows made for that (`terms`). An entry is changed in versions that stay readable, retired when
it is out of use, and deleted only while nothing points at it.
"""
