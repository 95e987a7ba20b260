"""The records of doctors, nurses, pharmacists and the others who work at an organisation, kept by its admins.

Who is taken on begins as pending and serves nobody until their papers were looked at (`review_staff`). Who is removed
disappears from patients' lists at once and can sign in no more; old records keep their name. Ledger: DIR-03, DIR-05.
"""
