"""Departments: anybody reads them, their organisation's admin keeps them and opens them for online services one by one.

One in which somebody works is not removed. Ledger: DIR-02, DIR-11.
"""
