"""An upload was given up, or a day went by and nothing holds it: what was put of it goes.

The bucket would forget the quarantine by itself after a day; this is sooner, and takes what lies with the media too.
"""
