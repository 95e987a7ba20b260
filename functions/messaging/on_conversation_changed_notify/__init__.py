"""A conversation among staff was opened, or changed its people, name or notice: the pages of all concerned look again,
those of who left too. The conversation of a visit is told of by the visit's own events.
"""
