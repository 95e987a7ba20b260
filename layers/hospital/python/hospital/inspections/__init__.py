"""Inspections of the hospital's own running: what was looked at, what is wrong, why, and what to do about it."""
