"""Staff keep the hospital's plain facts: one set of routes for every kind in `hospital.reference.kinds`.

Lists, forms and checks follow from the kind's declaration; the pages draw themselves from `/schema`. Items are
retired, never deleted: old records point at them. Ledger: DIR-09 (system data dictionary).
"""
