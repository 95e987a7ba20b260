"""A doctor who treats the patient not opens their record at the house in an emergency: one patient, one hour, a reason
from the list and words. The patient is told, and a privacy officer judges it.

Never for what is counselling, nor for taking a record away. Rules: BREAK-GLASS. Ledger: DIR-14 in part.
"""
