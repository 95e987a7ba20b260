"""The next page of a run: what the HIS tells is taken over, record by record.

A step that is done twice changes nothing: each record is written together with what its code stands for, and the run
moves on only from the version that the step was meant for. A record that cannot be taken over is a line of the report,
never the end of the run; a HIS that does not answer is asked again from the same page. Ledger: DIR-04.
"""
