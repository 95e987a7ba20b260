"""Reference data: plain facts that staff write and everybody's pages read. Declared, not coded: see `kinds`.

What may enter: a few hundred rows per organisation, written by staff, no life cycle, no money, no patient. What wants
a second hook, a status with steps or a search of its own is a subject and leaves.
"""
