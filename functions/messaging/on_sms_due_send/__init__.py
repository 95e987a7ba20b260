"""A message waits to leave, or should have arrived: it goes to the first carrier that takes it, and what is late rings.

Nothing is lost while carriers are down, and nothing leaves twice. Ledger: NOTE-07, NOTE-08, NOTE-09.
"""
