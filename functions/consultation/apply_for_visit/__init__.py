"""A patient asks a doctor: describes the complaint, accepts the notice, and joins the doctor's queue.

Only who has shown who they are is treated, under the name of their card (ID-03), and nobody whom the organisation has
on its blacklist (ID-19). One open visit with a doctor at a time. The doctor has a set time to answer, then the
application expires by itself.
Whoever applies for one of their family says so, and it stands on the visit (ID-22).
Ledger: CONS-05 (rules shown, the version that was accepted is kept), CONS-06 (text consultation; pictures and payment
come with their issues), CONS-08 (time to answer).
"""
