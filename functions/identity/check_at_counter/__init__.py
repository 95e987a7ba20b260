"""A member of staff looks at a patient's card and at the patient: the way beside the face check, with the same result.

The patient shows a code on their phone, which says whose account it is; staff type name and number from the card.
A guardian shows the paper for a child in the same way. Rule FACE-CHOICE. Ledger: ID-03, ID-11, ID-21.
"""
