"""A call's packets through relays that run as processes of their own: what the relay benchmark is made of."""
