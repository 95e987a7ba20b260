"""Changes of what lies in the tables already, between two releases: see docs/operate.md, "With a data migration".

A migration is a module of this folder, `m0001_<what>.py`, with three names:

    TABLE = "people"
    def concerns(item): ...    # whether this item (plain values) is one that it may have to change
    def changed(item): ...     # the item as it should be; the same item when it is so already

Both are pure. Keys (`pk`, `sk`) and `version` stay: audit lines count versions. There is none so far.
"""
