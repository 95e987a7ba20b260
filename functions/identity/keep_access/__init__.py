"""An organisation's head says who may what: duties made of permissions, given to staff; accounts disabled and reset.

A duty given or taken counts from the next request on, and so does a disabled account. A second factor is reset by two
admins, so that no single one can become somebody else. Accounts are opened where staff are taken on
(`directory.keep_staff`). Rule: MLPS-3 (least privilege, two factors). Ledger: DIR-12, DIR-13.
"""
