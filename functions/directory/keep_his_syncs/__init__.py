"""An admin takes over organisations, departments and staff from the hospital's own system, and sees what came of it.

One run at a time for an organisation and all below it. The HIS has the last word on names, titles, the department of
staff, and on whether something still is; introduction, order, online services, duties, papers and standing are the
hospital's own. Ledger: DIR-04.
"""
