"""Who may do what with the records and papers of staff: a part of `tests.access.matrix`, read together with it."""

from __future__ import annotations

TABLE = """
# Those who work here: admins keep their records and look at their papers; they themselves see how they stand
GET    /directory/staff                 401    403     403    403   403        yes       403     yes      403     403
POST   /directory/staff                 401    403     403    403   403        yes       403     yes      403     403
POST   /directory/staff-searches        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/staff/{practitioner_role_id}
                                        401    403     403    403   403        yes       403     yes      403     403
PUT    /directory/staff/{practitioner_role_id}
                                        401    403     403    403   403        yes       403     yes      403     403
DELETE /directory/staff/{practitioner_role_id}
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/staff/{practitioner_role_id}/approve
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/staff/{practitioner_role_id}/reject
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/staff/{practitioner_role_id}/suspend
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/staff/{practitioner_role_id}/restore
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/staff/{practitioner_role_id}/papers
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /directory/staff/{practitioner_role_id}/papers
                                        401    403     403    403   403        yes       403     yes      403     403
DELETE /directory/staff/{practitioner_role_id}/papers/{paper_id}
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/staff/{practitioner_role_id}/papers/{paper_id}/scan
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/registration          401    403     yes    yes   yes        403       403     403      403     403
POST   /directory/registration/papers   401    403     yes    yes   yes        403       403     403      403     403
DELETE /directory/registration/papers/{paper_id}
                                        401    403     yes    yes   yes        403       403     403      403     403
PUT    /directory/registration/papers/{paper_id}/scan
                                        401    403     yes    yes   yes        403       403     403      403     403
GET    /directory/registration/papers/{paper_id}/scan
                                        401    403     yes    yes   yes        403       403     403      403     403
POST   /directory/registration/submit   401    403     yes    yes   yes        403       403     403      403     403
POST   /directory/registration/check-in 401    403     yes    403   403        403       403     403      403     403
"""
