"""A small hospital information system (HIS), a program of its own: `python -m infra.local.his`.

It stands for the system that a hospital has bought long ago: organisations, departments and staff, patients' files,
their cards and past visits, behind HTTP (the calls are listed in `adapters.his.embedded`) with a SQLite file of its
own. It can be slow, down or wrong on demand. The local hospital starts it and shows on `/sandbox` what it was asked.
"""
