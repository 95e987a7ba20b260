"""A channel did not answer when an e-health card was applied for: it is asked again, under the same key, until it
does; not when who applied acts for the person no more. Ledger: ID-26.
"""
