"""Somebody lost the phone they sign in by: at a counter, with their card, staff let another number be theirs.

Staff who may check cards, at an organisation that has a file of the person; the new phone shows a code, the old one is
told, every device is signed out, and WeChat, which may be on the lost phone, has to be added anew. Ledger: ID-01, in
part.
"""
