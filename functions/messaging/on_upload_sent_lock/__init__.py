"""A message holds an upload: from now on nobody can change or delete its objects for three years (KEEP-3Y).

The lock follows the message within seconds, by the outbox: an event that commits with the message, a queue that tries
again, and an alarm when it gives up. Until then nothing deletes them either: only what no message holds is forgotten.
"""
