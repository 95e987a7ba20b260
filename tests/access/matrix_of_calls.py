"""Who may do what about calls and their relays: a part of `tests.access.matrix`, read together with it."""

from __future__ import annotations

TABLE = """
# Calling: those who treat and are treated; staff reads how a line was
POST   /calling/calls                   401    yes     yes    yes   yes        403       403     403      403     403
GET    /calling/calls/current           401    yes     yes    yes   yes        403       403     403      403     403
GET    /calling/calls/{call_id}         401    yes     yes    yes   yes        403       403     403      403     403
GET    /calling/conversations/{conversation_id}/calls
                                        401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/ringing 401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/answer  401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/decline 401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/cancel  401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/leave   401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/end     401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/invitations
                                        401    yes     yes    yes   yes        403       403     403      403     403
PUT    /calling/calls/{call_id}/showing 401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/joins   401    yes     yes    yes   yes        403       403     403      403     403
POST   /calling/calls/{call_id}/samples 401    yes     yes    yes   yes        403       403     403      403     403
GET    /calling/calls/{call_id}/samples 401    403     yes    yes   yes        403       403     403      403     403

# Relays: by a signature, not by a session
POST   /calling/relay/reports           yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
"""
