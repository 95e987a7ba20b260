"""The hospital's kit: what every use case is built from, and the subjects they share.

Top-level modules are the kit and know no subject. Packages (`visits`, `conversations`, ...) are subjects: a pure
`model.py`, its `store.py`, `keys.py`, `events.py` and `errors.py`. Subjects do not import each other; they meet in a
use case or through events.
"""
