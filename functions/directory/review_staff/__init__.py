"""An admin looks at the papers of doctors, nurses and pharmacists, and decides who serves patients.

Approved is who has every required paper (the platform's `paper_kinds`), until the first of them runs out. A rejection
or suspension carries a reason that its subject reads. Nobody decides about themselves. Ledger: DIR-06.
"""
