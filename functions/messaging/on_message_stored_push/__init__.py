"""A message was stored: it is pushed to every device of every member, from the table's own stream.

The stream is the only way a message is pushed, so one that was stored is pushed even if the function that stored it
died. A device that is not there finds the gap by its number and catches up. Ledger: IM-10, IM-11.
"""
