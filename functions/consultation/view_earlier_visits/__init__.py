"""A doctor who treats a patient now opens the complete record of the patient's earlier visits: what was said, what was
exchanged, what was advised; and pages back through it.

Earlier visits are those of the same file, at the same organisation, whoever treated them. Who does not treat the
patient now is not told that there are any. Ledger: IM-15.
"""
