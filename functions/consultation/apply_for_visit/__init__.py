"""A patient asks a doctor: describes the complaint, accepts the notice, and joins the doctor's queue.

One open visit with a doctor at a time. The doctor has a set time to answer, then the application expires by itself.
Ledger: CONS-05 (rules shown, the version that was accepted is kept), CONS-06 (text consultation; pictures and payment
come with their issues), CONS-08 (time to answer).
"""
