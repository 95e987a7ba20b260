"""The time to answer is over: a visit that still waits expires, and its patient may ask again.

Ledger: CONS-08 (an unanswered consultation closes by itself).
"""
