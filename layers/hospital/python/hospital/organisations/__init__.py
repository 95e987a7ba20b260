"""Organisations with those below them, their departments, and which of the hospital's businesses each of them opens."""
