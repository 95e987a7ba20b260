"""A person applies for an e-health card (电子健康卡) through a channel of their choice, for themselves or for somebody
they act for; sees how far it is, why a channel refused, and shows the code of a card that was issued.

Ledger: ID-26. The cards stand among the others in `keep_cards`.
"""
