"""A relay reports that it lives, how busy it is, and what happened in its rooms. The hospital decides what that means
for the calls, and answers which rooms and people have no business there any more.
"""
