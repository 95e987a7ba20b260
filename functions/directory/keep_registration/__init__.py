"""Doctors, nurses and pharmacists see how they stand and why, add papers with their scans, ask to be reviewed again,
and doctors show who they are before they see patients.

A doctor's ID number is compared with the population's register under the name the organisation has registered, and is
the same for ever; it counts for one working session (VISIT-REAL-DOCTOR). Ledger: DIR-06, and ID-04 in
part (accepting patients; prescribing and signing come with the prescription).
"""
