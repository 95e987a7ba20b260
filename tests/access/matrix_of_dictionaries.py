"""Who may do what with dictionaries: a part of `tests.access.matrix`, read together with it."""

from __future__ import annotations

TABLE = """
# Dictionaries: who works with them looks them up, admins keep them and bring files in
GET    /directory/dictionaries
                                        401    403     yes    yes   yes        yes       403     yes      403     403
GET    /directory/dictionaries/{dictionary}/entries
                                        401    403     yes    yes   yes        yes       403     yes      403     403
GET    /directory/dictionaries/{dictionary}/file
                                        401    403     yes    yes   yes        yes       403     yes      403     403
GET    /directory/dictionaries/{dictionary}/entries/{entry_id}
                                        401    403     yes    yes   yes        yes       403     yes      403     403
GET    /directory/dictionaries/{dictionary}/entries/{entry_id}/versions
                                        401    403     yes    yes   yes        yes       403     yes      403     403
POST   /directory/dictionaries/{dictionary}/entries
                                        401    403     403    403   403        yes       403     yes      403     403
PUT    /directory/dictionaries/{dictionary}/entries/{entry_id}
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/dictionaries/{dictionary}/entries/{entry_id}/retire
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/dictionaries/{dictionary}/entries/{entry_id}/restore
                                        401    403     403    403   403        yes       403     yes      403     403
DELETE /directory/dictionaries/{dictionary}/entries/{entry_id}
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/dictionaries/{dictionary}/template
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/dictionaries/{dictionary}/imports
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/dictionaries/{dictionary}/imports
                                        401    403     403    403   403        yes       403     yes      403     403
PUT    /directory/dictionaries/{dictionary}/imports/{import_id}/part
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/dictionaries/{dictionary}/imports/{import_id}/start
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/dictionaries/{dictionary}/imports/{import_id}
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/dictionaries/{dictionary}/imports/{import_id}/report
                                        401    403     403    403   403        yes       403     yes      403     403
"""
