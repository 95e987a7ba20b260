"""The blacklist: whom an organisation serves no more for the time being, why, and what they say to it.

It stops new services of that organisation. What was done before stays open to read, and money is returned all the same.
"""
