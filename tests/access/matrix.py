"""Who may do what: written by hand from the clinic's roles, not from the code. A route that is not here fails a test.

yes: the route is theirs (whether a record is, is asked afterwards). 401: sign in first. 403: not their work.
404: they are not told that it exists. `{kind=faqs}` stands for all kinds of its group in `GROUPS`.
`SOCKET` rows are the actions of frames; nobody has no socket to send them by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ROLES = ("nobody", "patient", "doctor", "nurse", "pharmacist", "org_admin", "auditor", "operator", "partner")

TABLE = """
                                               nobody patient doctor nurse pharmacist org_admin auditor operator partner

# Anybody: signing in, and choosing a doctor
POST   /identity/codes                         yes    yes     yes    yes   yes        yes       yes     yes      yes
POST   /identity/patient-sessions              yes    yes     yes    yes   yes        yes       yes     yes      yes
POST   /identity/staff-sessions                yes    yes     yes    yes   yes        yes       yes     yes      yes
POST   /identity/sessions/refresh              yes    yes     yes    yes   yes        yes       yes     yes      yes
GET    /directory/doctors                      yes    yes     yes    yes   yes        yes       yes     yes      yes
GET    /directory/doctors/{doctor_id}          yes    yes     yes    yes   yes        yes       yes     yes      yes

# One's own account
GET    /identity/me                            401    yes     yes    yes   yes        yes       yes     yes      yes
PATCH  /identity/me                            401    yes     yes    yes   yes        yes       yes     yes      yes
GET    /identity/sessions                      401    yes     yes    yes   yes        yes       yes     yes      yes
DELETE /identity/sessions/{session_id}         401    yes     yes    yes   yes        yes       yes     yes      yes
GET    /identity/sign-ins                      401    yes     yes    yes   yes        yes       yes     yes      yes
POST   /identity/sign-out                      401    yes     yes    yes   yes        yes       yes     yes      yes
POST   /messaging/tickets                      401    yes     yes    yes   yes        yes       yes     yes      yes
GET    /messaging/entry-points                 401    yes     yes    yes   yes        yes       yes     yes      yes
POST   /messaging/polls                        401    yes     yes    yes   yes        yes       yes     yes      yes
POST   /messaging/polls/{poll_id}              401    yes     yes    yes   yes        yes       yes     yes      yes
POST   /messaging/polls/{poll_id}/frames       401    yes     yes    yes   yes        yes       yes     yes      yes

# Consulting: patients apply, doctors answer; nobody else looks in
POST   /consultation/visits                    401    yes     403    403   403        403       403     403      403
GET    /consultation/visits                    401    yes     yes    403   403        403       403     403      403
GET    /consultation/visits/{visit_id}         401    yes     yes    403   403        403       403     403      403
GET    /consultation/queue                     401    403     yes    403   403        403       403     403      403
POST   /consultation/visits/{visit_id}/accept  401    403     yes    403   403        403       403     403      403
POST   /consultation/visits/{visit_id}/refuse  401    403     yes    403   403        403       403     403      403
POST   /consultation/visits/{visit_id}/finish  401    403     yes    403   403        403       403     403      403

# Talking: those who treat and are treated
GET    /messaging/conversations                401    yes     yes    yes   yes        403       403     403      403
GET    /messaging/conversations/{conversation_id}
                                               401    yes     yes    yes   yes        403       403     403      403
GET    /messaging/conversations/{conversation_id}/messages
                                               401    yes     yes    yes   yes        403       403     403      403
POST   /messaging/conversations/{conversation_id}/read
                                               401    yes     yes    yes   yes        403       403     403      403
POST   /messaging/uploads                      401    yes     yes    yes   yes        403       403     403      403
GET    /messaging/uploads/{upload_id}          401    yes     yes    yes   yes        403       403     403      403
POST   /messaging/uploads/{upload_id}/finish   401    yes     yes    yes   yes        403       403     403      403
DELETE /messaging/uploads/{upload_id}          401    yes     yes    yes   yes        403       403     403      403
GET    /messaging/conversations/{conversation_id}/files/{seq}
                                               401    yes     yes    yes   yes        403       403     403      403
GET    /messaging/notification-settings        401    yes     yes    yes   yes        yes       yes     yes      yes
PUT    /messaging/notification-settings        401    yes     yes    yes   yes        yes       yes     yes      yes
PUT    /messaging/push-subscription            401    yes     yes    yes   yes        yes       yes     yes      yes
DELETE /messaging/push-subscription            401    yes     yes    yes   yes        yes       yes     yes      yes
SOCKET hello                                   401    yes     yes    yes   yes        yes       yes     yes      yes
SOCKET ping                                    401    yes     yes    yes   yes        yes       yes     yes      yes
SOCKET send                                    401    yes     yes    yes   yes        403       403     403      403
SOCKET read                                    401    yes     yes    yes   yes        403       403     403      403
SOCKET recall                                  401    yes     yes    yes   yes        403       403     403      403
SOCKET present                                 401    yes     yes    yes   yes        403       403     403      403
SOCKET typing                                  401    yes     yes    yes   yes        403       403     403      403
SOCKET delivered                               401    yes     yes    yes   yes        403       403     403      403
GET    /consultation/visits/{visit_id}/earlier 401    403     yes    403   403        403       403     403      403
GET    /consultation/visits/{visit_id}/earlier/{earlier_id}/files/{seq}
                                               401    403     yes    403   403        403       403     403      403
GET    /consultation/visits/{visit_id}/earlier/{earlier_id}/messages
                                               401    403     yes    403   403        403       403     403      403
POST   /messaging/conversations                401    403     yes    yes   yes        403       403     403      403
POST   /messaging/conversations/{conversation_id}/members
                                               401    403     yes    yes   yes        403       403     403      403
DELETE /messaging/conversations/{conversation_id}/members/{person_id}
                                               401    403     yes    yes   yes        403       403     403      403
PUT    /messaging/conversations/{conversation_id}/name
                                               401    403     yes    yes   yes        403       403     403      403
PUT    /messaging/conversations/{conversation_id}/notice
                                               401    403     yes    yes   yes        403       403     403      403
PUT    /messaging/conversations/{conversation_id}/muted
                                               401    yes     yes    yes   yes        403       403     403      403
GET    /messaging/messages                     401    yes     yes    yes   yes        403       403     403      403
GET    /messaging/conversations/{conversation_id}/cards/{seq}
                                               401    yes     yes    yes   yes        403       403     403      403

# What was said, read by who takes no part: its own right, and a line for each reading
GET    /messaging/audit/conversations/{conversation_id}/messages
                                               401    403     403    403   403        403       yes     403      403
POST   /messaging/conversations/{conversation_id}/exports
                                               401    403     yes    403   403        403       yes     403      403
GET    /messaging/conversations/{conversation_id}/exports/{export_id}
                                               401    403     yes    403   403        403       yes     403      403
GET    /messaging/audit/flags                  401    403     403    403   403        403       yes     403      403

# The house's own logs and their seals: an organisation's admin sees its own, an operator all
GET    /house/operations                       401    403     403    403   403        yes       403     yes      403
GET    /house/operations/days                  401    403     403    403   403        yes       403     yes      403
GET    /house/sign-ins                         401    403     403    403   403        yes       403     yes      403
GET    /house/sign-ins/days                    401    403     403    403   403        yes       403     yes      403
GET    /house/seals                            401    403     403    403   403        yes       403     yes      403
GET    /house/seals/{chain_id}                 401    403     403    403   403        yes       403     yes      403
GET    /house/seals/{chain_id}/blocks          401    403     403    403   403        yes       403     yes      403
POST   /house/seals/{chain_id}/verifications   401    403     403    403   403        403       403     yes      403

# Reference data that everybody reads and an organisation's admin keeps
GET    /directory/reference                    401    yes     yes    yes   yes        yes       yes     yes      yes
GET    /directory/reference/{kind=faqs}/schema 401    yes     yes    yes   yes        yes       yes     yes      yes
GET    /directory/reference/{kind=faqs}        401    yes     yes    yes   yes        yes       yes     yes      yes
GET    /directory/reference/{kind=faqs}/{item_id}
                                               401    yes     yes    yes   yes        yes       yes     yes      yes
POST   /directory/reference/{kind=faqs}        401    403     403    403   403        yes       403     403      403
PUT    /directory/reference/{kind=faqs}/{item_id}
                                               401    403     403    403   403        yes       403     403      403
POST   /directory/reference/{kind=faqs}/{item_id}/retire
                                               401    403     403    403   403        yes       403     403      403
POST   /directory/reference/{kind=faqs}/{item_id}/restore
                                               401    403     403    403   403        yes       403     403      403

# Reference data for staff alone
GET    /directory/reference/{kind=refusal_reasons}/schema
                                               401    404     yes    yes   yes        yes       404     yes      404
GET    /directory/reference/{kind=refusal_reasons}
                                               401    404     yes    yes   yes        yes       404     yes      404
GET    /directory/reference/{kind=refusal_reasons}/{item_id}
                                               401    404     yes    yes   yes        yes       404     yes      404
POST   /directory/reference/{kind=refusal_reasons}
                                               401    403     403    403   403        yes       403     403      403
PUT    /directory/reference/{kind=refusal_reasons}/{item_id}
                                               401    403     403    403   403        yes       403     403      403
POST   /directory/reference/{kind=refusal_reasons}/{item_id}/retire
                                               401    403     403    403   403        yes       403     403      403
POST   /directory/reference/{kind=refusal_reasons}/{item_id}/restore
                                               401    403     403    403   403        yes       403     403      403

# How the hospital itself runs: its operator's work alone
POST   /house/inspections                      401    403     403    403   403        403       403     yes      403
GET    /house/inspections                      401    403     403    403   403        403       403     yes      403
GET    /house/inspections/{inspection_id}      401    403     403    403   403        403       403     yes      403
GET    /house/inspections/{inspection_id}/file 401    403     403    403   403        403       403     yes      403

# Reference data of the platform: its operator keeps it
GET    /directory/reference/{kind=organisation_profiles}/schema
                                               401    yes     yes    yes   yes        yes       yes     yes      yes
GET    /directory/reference/{kind=organisation_profiles}
                                               401    yes     yes    yes   yes        yes       yes     yes      yes
GET    /directory/reference/{kind=organisation_profiles}/{item_id}
                                               401    yes     yes    yes   yes        yes       yes     yes      yes
POST   /directory/reference/{kind=organisation_profiles}
                                               401    403     403    403   403        403       403     yes      403
PUT    /directory/reference/{kind=organisation_profiles}/{item_id}
                                               401    403     403    403   403        403       403     yes      403
POST   /directory/reference/{kind=organisation_profiles}/{item_id}/retire
                                               401    403     403    403   403        403       403     yes      403
POST   /directory/reference/{kind=organisation_profiles}/{item_id}/restore
                                               401    403     403    403   403        403       403     yes      403
"""

GROUPS = {
    "faqs": ("faqs", "departments", "titles", "consultation_notices"),
    "refusal_reasons": ("refusal_reasons", "message_templates", "quick_replies", "sensitive_words"),
    "organisation_profiles": ("organisation_profiles",),
}
"""The kind that stands for its group in the table, and those it stands for."""

_KIND = re.compile(r"{kind=(\w+)}")


@dataclass(frozen=True)
class Row:
    """What each role is answered on one route."""

    method: str
    written: str
    answers: dict[str, str]

    @property
    def route(self) -> str:
        """As it is registered: `GET /directory/reference/{kind}`."""
        return f"{self.method} {_KIND.sub('{kind}', self.written)}"

    @property
    def paths(self) -> list[str]:
        """The path for each kind that it stands for; other parameters are left."""
        found = _KIND.search(self.written)
        return [_KIND.sub(kind, self.written) for kind in GROUPS[found.group(1)]] if found else [self.written]


def rows() -> list[Row]:
    """The table, read."""
    text = re.sub(r"(\n(?:GET|POST|PUT|PATCH|DELETE) +/\S+)\n +", r"\1 ", TABLE)
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert tuple(lines[0]) == ROLES
    found = []
    for method, path, *answers in lines[1:]:
        assert len(answers) == len(ROLES), f"{method} {path} has {len(answers)} answers"
        assert set(answers) <= {"yes", "401", "403", "404"}, f"{method} {path}: {answers}"
        found.append(Row(method, path, dict(zip(ROLES, answers, strict=True))))
    return found


def answer_for(method: str, route: str, kind: str | None, role: str) -> str:
    """What a role is answered on a registered route, for one kind of reference data if it has one."""
    for row in rows():
        stands_for = _KIND.search(row.written)
        if row.route == f"{method} {route}" and (stands_for is None or kind in GROUPS[stands_for.group(1)]):
            return row.answers[role]
    return "404"  # a kind that does not exist
