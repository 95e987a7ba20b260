"""A patient signs in by WeChat. Whom WeChat knows and the hospital does not shows their phone once, by a code, which
signs them in or up; from then on WeChat alone is enough.

Ledger: ID-01 (whether a terminal offers it), ID-02 (signing up and in).
"""
