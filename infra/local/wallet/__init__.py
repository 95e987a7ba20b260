"""A small wallet of made-up people, a program of its own: `python -m infra.local.wallet`.

It stands for those who take money: orders, a page where somebody pays or refuses, refunds, and signed callbacks that
are sent again until they are thanked for (the calls are listed in `adapters.payment.wallet`). It keeps a double-entry
book in a SQLite file of its own, and can be slow, down or wrong, and send its callbacks twice, late, in another order
or with a forged one before them, on demand.
"""
