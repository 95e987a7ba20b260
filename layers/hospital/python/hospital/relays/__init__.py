"""Relays of calls: which there are, how busy they are, which one a room goes to, and what lets somebody into it. Of
patients they know nothing but the name that is shown beside a picture."""
