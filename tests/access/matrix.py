"""Who may do what: written by hand from the clinic's roles, not from the code. A route that is not here fails a test.

yes: the route is theirs (whether a record is, is asked afterwards). 401: sign in first. 403: not their work.
404: they are not told that it exists. `{kind=faqs}` stands for all kinds of its group in `tests.access.reading.GROUPS`.
`SOCKET` rows are the actions of frames; nobody has no socket to send them by.
"""

from __future__ import annotations

ROLES = ("nobody", "patient", "doctor", "nurse", "pharmacist", "org_admin", "auditor", "operator", "partner", "clerk")

TABLE = """
                                        nobody patient doctor nurse pharmacist org_admin auditor operator partner clerk

# Anybody: signing in, and choosing a doctor
POST   /identity/codes                  yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /identity/patient-sessions       yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /identity/staff-sessions         yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /identity/staff-sessions/second-step
                                        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /identity/sessions/refresh       yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /directory/doctors               yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /directory/doctors/{doctor_id}   yes    yes     yes    yes   yes        yes       yes     yes      yes     yes

# One's own account
GET    /identity/me                     401    yes     yes    yes   yes        yes       yes     yes      yes     yes
PATCH  /identity/me                     401    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /identity/real-name              401    yes     403    403   403        403       403     403      403     403
POST   /identity/real-name              401    yes     403    403   403        403       403     403      403     403
POST   /identity/counter-codes          401    yes     403    403   403        403       403     403      403     403
POST   /identity/counter-checks         401    403     403    403   403        yes       403     403      403     403
POST   /identity/counter-checks/{check_id}/confirm
                                        401    403     403    403   403        yes       403     403      403     403
POST   /identity/face-checks            401    yes     403    403   403        403       403     403      403     403
POST   /identity/face-checks/{check_id}/answer
                                        401    yes     403    403   403        403       403     403      403     403
POST   /identity/lost-phones            401    403     403    403   403        yes       403     403      403     403
POST   /identity/lost-phones/{lost_phone_id}/confirm
                                        401    403     403    403   403        yes       403     403      403     403
POST   /identity/face-requests/{face_request_id}/open
                                        401    yes     403    403   403        403       403     403      403     403
GET    /identity/face-reviews           401    403     403    403   403        403       403     403      403     403
GET    /identity/face-reviews/{check_id}/pictures
                                        401    403     403    403   403        403       403     403      403     403
POST   /identity/face-reviews/{check_id}
                                        401    403     403    403   403        403       403     403      403     403
POST   /identity/id-card-readings       401    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /identity/id-card-readings/{reading_id}/pictures
                                        401    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /identity/sessions               401    yes     yes    yes   yes        yes       yes     yes      yes     yes
DELETE /identity/sessions/{session_id}  401    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /identity/password               401    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /identity/sign-ins               401    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /identity/sign-out               401    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /messaging/tickets               401    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /messaging/entry-points          401    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /messaging/polls                 401    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /messaging/polls/{poll_id}       401    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /messaging/polls/{poll_id}/frames
                                        401    yes     yes    yes   yes        yes       yes     yes      yes     yes

# Duties and accounts: an organisation's head and the platform's operator
GET    /identity/access/duties          401    403     403    403   403        yes       403     yes      403     403
PUT    /identity/access/duties/{duty}   401    403     403    403   403        yes       403     yes      403     403
GET    /identity/access/staff           401    403     403    403   403        yes       403     yes      403     403
GET    /identity/access/staff/{member_id}
                                        401    403     403    403   403        yes       403     yes      403     403
PUT    /identity/access/staff/{member_id}
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /identity/access/staff/{member_id}/disable
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /identity/access/staff/{member_id}/enable
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /identity/access/staff/{member_id}/password-reset
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /identity/access/staff/{member_id}/second-factor-reset
                                        401    403     403    403   403        yes       403     yes      403     403

# Signing up: anybody, through what the terminal asks, which admins set
POST   /identity/sign-ups               yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /identity/sign-up-flow           yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
PUT    /identity/sign-up-flow           401    403     403    403   403        yes       403     yes      403     403

# Signing in by WeChat: anybody; a patient keeps by what they sign in
POST   /identity/wechat-attempts        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /identity/wechat-sessions        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /identity/wechat-sign-ups        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /identity/sign-in-methods        401    yes     403    403   403        403       403     403      403     403
POST   /identity/sign-in-methods/codes  401    yes     403    403   403        403       403     403      403     403
POST   /identity/sign-in-methods/wechat-attempts
                                        401    yes     403    403   403        403       403     403      403     403
POST   /identity/sign-in-methods        401    yes     403    403   403        403       403     403      403     403
POST   /identity/sign-in-methods/{method_id}/removal
                                        401    yes     403    403   403        403       403     403      403     403
PUT    /identity/sign-in-methods/phone  401    yes     403    403   403        403       403     403      403     403

# An organisation's patients and its blacklist; patients read of themselves and appeal
POST   /identity/patient-searches       401    403     403    403   403        yes       403     403      403     403
GET    /identity/patients/{patient_id}  401    403     403    403   403        yes       403     403      403     403
PATCH  /identity/patients/{patient_id}  401    403     403    403   403        yes       403     403      403     403
GET    /identity/patients/{patient_id}/likely-same
                                        401    403     403    403   403        yes       403     403      403     403
POST   /identity/patients/{patient_id}/merges
                                        401    403     403    403   403        yes       403     403      403     403
POST   /identity/patients/{patient_id}/merges/{merged_id}/undo
                                        401    403     403    403   403        yes       403     403      403     403
GET    /identity/blacklist              401    403     403    403   403        yes       403     403      403     403
POST   /identity/blacklist              401    403     403    403   403        yes       403     403      403     403
GET    /identity/blacklist/{blacklisting_id}
                                        401    403     403    403   403        yes       403     403      403     403
POST   /identity/blacklist/{blacklisting_id}/uphold
                                        401    403     403    403   403        yes       403     403      403     403
POST   /identity/blacklist/{blacklisting_id}/remove
                                        401    403     403    403   403        yes       403     403      403     403
GET    /identity/blacklistings          401    yes     403    403   403        403       403     403      403     403
POST   /identity/blacklistings/{blacklisting_id}/appeal
                                        401    yes     403    403   403        403       403     403      403     403

# One's file and cards in the hospital's own system
GET    /identity/his-file               401    yes     403    403   403        403       403     403      403     403
POST   /identity/his-file               401    yes     403    403   403        403       403     403      403     403
GET    /identity/cards                  401    yes     403    403   403        403       403     403      403     403
PUT    /identity/cards/order            401    yes     403    403   403        403       403     403      403     403
GET    /identity/health-cards           401    yes     403    403   403        403       403     403      403     403
POST   /identity/health-cards           401    yes     403    403   403        403       403     403      403     403
GET    /identity/health-cards/{health_card_id}/code
                                        401    yes     403    403   403        403       403     403      403     403
GET    /identity/data-copies            401    yes     403    403   403        403       403     403      403     403
POST   /identity/data-copies            401    yes     403    403   403        403       403     403      403     403
GET    /identity/data-copies/{data_copy_id}
                                        401    yes     403    403   403        403       403     403      403     403
POST   /identity/data-copies/{data_copy_id}/link
                                        401    yes     403    403   403        403       403     403      403     403
GET    /identity/past-visits            401    yes     403    403   403        403       403     403      403     403

# What one agrees to; and who words it
GET    /identity/consents               401    yes     403    403   403        403       403     403      403     403
GET    /identity/consents/history       401    yes     403    403   403        403       403     403      403     403
POST   /identity/consents               401    yes     403    403   403        403       403     403      403     403
GET    /directory/consent-texts         401    403     403    403   403        yes       403     yes      403     403
PUT    /directory/consent-texts         401    403     403    403   403        yes       403     yes      403     403

# Those for whom one acts, and those who act for one; a child's guardian shows a paper at a counter
GET    /identity/family                 401    yes     403    403   403        403       403     403      403     403
POST   /identity/family                 401    yes     403    403   403        403       403     403      403     403
GET    /identity/family/{family_member_id}
                                        401    yes     403    403   403        403       403     403      403     403
PUT    /identity/family/{family_member_id}
                                        401    yes     403    403   403        403       403     403      403     403
DELETE /identity/family/{family_member_id}
                                        401    yes     403    403   403        403       403     403      403     403
POST   /identity/family/{family_member_id}/code
                                        401    yes     403    403   403        403       403     403      403     403
POST   /identity/family/{family_member_id}/join
                                        401    yes     403    403   403        403       403     403      403     403
POST   /identity/family-helpers/{family_member_id}/agree
                                        401    yes     403    403   403        403       403     403      403     403
DELETE /identity/family-helpers/{family_member_id}
                                        401    yes     403    403   403        403       403     403      403     403
GET    /identity/counter-checks/{check_id}/children
                                        401    403     403    403   403        yes       403     403      403     403
POST   /identity/counter-checks/{check_id}/children/{family_member_id}/confirm
                                        401    403     403    403   403        yes       403     403      403     403

# In an emergency (rule BREAK-GLASS): by a duty alone, which no role brings; patients see who opened theirs
POST   /consultation/emergency-readings 401    403     403    403   403        403       403     403      403     403
GET    /consultation/emergency-readings/{emergency_id}
                                        401    403     403    403   403        403       403     403      403     403
GET    /consultation/emergency-readings/{emergency_id}/visits
                                        401    403     403    403   403        403       403     403      403     403
GET    /consultation/emergency-readings/{emergency_id}/visits/{visit_id}/messages
                                        401    403     403    403   403        403       403     403      403     403
GET    /consultation/emergency-readings/{emergency_id}/visits/{visit_id}/files/{seq}
                                        401    403     403    403   403        403       403     403      403     403
GET    /consultation/emergency-reviews  401    403     403    403   403        403       403     403      403     403
GET    /consultation/emergency-reviews/{emergency_id}
                                        401    403     403    403   403        403       403     403      403     403
POST   /consultation/emergency-reviews/{emergency_id}
                                        401    403     403    403   403        403       403     403      403     403
GET    /consultation/my-record-openings 401    yes     403    403   403        403       403     403      403     403

# Consulting: patients apply, doctors answer; nobody else looks in
POST   /consultation/visits             401    yes     403    403   403        403       403     403      403     403
GET    /consultation/visits             401    yes     yes    403   403        403       403     403      403     403
GET    /consultation/visits/{visit_id}  401    yes     yes    403   403        403       403     403      403     403
GET    /consultation/queue              401    403     yes    403   403        403       403     403      403     403
POST   /consultation/visits/{visit_id}/accept
                                        401    403     yes    403   403        403       403     403      403     403
POST   /consultation/visits/{visit_id}/refuse
                                        401    403     yes    403   403        403       403     403      403     403
POST   /consultation/visits/{visit_id}/finish
                                        401    403     yes    403   403        403       403     403      403     403

# Talking: those who treat and are treated
GET    /messaging/conversations         401    yes     yes    yes   yes        403       403     403      403     403
GET    /messaging/conversations/{conversation_id}
                                        401    yes     yes    yes   yes        403       403     403      403     403
GET    /messaging/conversations/{conversation_id}/messages
                                        401    yes     yes    yes   yes        403       403     403      403     403
POST   /messaging/conversations/{conversation_id}/read
                                        401    yes     yes    yes   yes        403       403     403      403     403
POST   /messaging/uploads               401    yes     yes    yes   yes        403       403     403      403     403
GET    /messaging/uploads/{upload_id}   401    yes     yes    yes   yes        403       403     403      403     403
POST   /messaging/uploads/{upload_id}/finish
                                        401    yes     yes    yes   yes        403       403     403      403     403
DELETE /messaging/uploads/{upload_id}   401    yes     yes    yes   yes        403       403     403      403     403
GET    /messaging/conversations/{conversation_id}/files/{seq}
                                        401    yes     yes    yes   yes        403       403     403      403     403
GET    /messaging/notification-settings 401    yes     yes    yes   yes        yes       yes     yes      yes     yes
PUT    /messaging/notification-settings 401    yes     yes    yes   yes        yes       yes     yes      yes     yes
PUT    /messaging/push-subscription     401    yes     yes    yes   yes        yes       yes     yes      yes     yes
DELETE /messaging/push-subscription     401    yes     yes    yes   yes        yes       yes     yes      yes     yes
SOCKET hello                            401    yes     yes    yes   yes        yes       yes     yes      yes     yes
SOCKET ping                             401    yes     yes    yes   yes        yes       yes     yes      yes     yes
SOCKET send                             401    yes     yes    yes   yes        403       403     403      403     403
SOCKET read                             401    yes     yes    yes   yes        403       403     403      403     403
SOCKET recall                           401    yes     yes    yes   yes        403       403     403      403     403
SOCKET present                          401    yes     yes    yes   yes        403       403     403      403     403
SOCKET typing                           401    yes     yes    yes   yes        403       403     403      403     403
SOCKET delivered                        401    yes     yes    yes   yes        403       403     403      403     403
GET    /consultation/visits/{visit_id}/earlier
                                        401    403     yes    403   403        403       403     403      403     403
GET    /consultation/visits/{visit_id}/earlier/{earlier_id}/files/{seq}
                                        401    403     yes    403   403        403       403     403      403     403
GET    /consultation/visits/{visit_id}/earlier/{earlier_id}/messages
                                        401    403     yes    403   403        403       403     403      403     403
GET    /messaging/colleagues            401    403     yes    yes   yes        403       403     403      403     403
POST   /messaging/conversations         401    403     yes    yes   yes        403       403     403      403     403
POST   /messaging/conversations/{conversation_id}/members
                                        401    403     yes    yes   yes        403       403     403      403     403
DELETE /messaging/conversations/{conversation_id}/members/{person_id}
                                        401    403     yes    yes   yes        403       403     403      403     403
PUT    /messaging/conversations/{conversation_id}/name
                                        401    403     yes    yes   yes        403       403     403      403     403
PUT    /messaging/conversations/{conversation_id}/notice
                                        401    403     yes    yes   yes        403       403     403      403     403
GET    /messaging/quick-replies         401    403     yes    yes   yes        403       403     403      403     403
PUT    /messaging/quick-replies         401    403     yes    yes   yes        403       403     403      403     403
PUT    /messaging/conversations/{conversation_id}/muted
                                        401    yes     yes    yes   yes        403       403     403      403     403
GET    /messaging/messages              401    yes     yes    yes   yes        403       403     403      403     403
GET    /messaging/conversations/{conversation_id}/cards/{seq}
                                        401    yes     yes    yes   yes        403       403     403      403     403

# What was said, read by who takes no part: its own right, and a line for each reading
GET    /messaging/audit/conversations/{conversation_id}/messages
                                        401    403     403    403   403        403       yes     403      403     403
POST   /messaging/conversations/{conversation_id}/exports
                                        401    403     yes    403   403        403       yes     403      403     403
GET    /messaging/conversations/{conversation_id}/exports/{export_id}
                                        401    403     yes    403   403        403       yes     403      403     403
GET    /messaging/audit/flags           401    403     403    403   403        403       yes     403      403     403

# The house's own logs and their seals: an organisation's admin sees its own, an operator all
GET    /house/operations                401    403     403    403   403        yes       403     yes      403     403
GET    /house/operations/days           401    403     403    403   403        yes       403     yes      403     403
GET    /house/sign-ins                  401    403     403    403   403        yes       403     yes      403     403
GET    /house/sign-ins/days             401    403     403    403   403        yes       403     yes      403     403
GET    /house/seals                     401    403     403    403   403        yes       403     yes      403     403
GET    /house/seals/{chain_id}          401    403     403    403   403        yes       403     yes      403     403
GET    /house/seals/{chain_id}/blocks   401    403     403    403   403        yes       403     yes      403     403
POST   /house/seals/{chain_id}/verifications
                                        401    403     403    403   403        403       403     yes      403     403

# What left the house: an organisation's admin and the operator see it, and say which systems may send
GET    /messaging/sms               401    403     403    403   403        yes       403     yes      403     403
GET    /messaging/sms/report        401    403     403    403   403        yes       403     yes      403     403
GET    /messaging/sms/carriers          401    403     403    403   403        403       403     yes      403     403
POST   /messaging/sms/{sms_id}/resend
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /messaging/sms-systems        401    403     403    403   403        yes       403     yes      403     403
POST   /messaging/sms-systems        401    403     403    403   403        yes       403     yes      403     403
PUT    /messaging/sms-systems/{system_id}
                                        401    403     403    403   403        yes       403     yes      403     403
POST   /messaging/sms-systems/{system_id}/key
                                        401    403     403    403   403        yes       403     yes      403     403

# Other systems and carriers: whoever signs rightly; a session is worth nothing here
POST   /messaging/system-sms        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /messaging/system-sms/{sms_id}
                                        401    401     401    401   401        401       401     401      401     401
POST   /identity/system-face-requests
                                        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /identity/system-face-requests/{face_request_id}
                                        401    401     401    401   401        401       401     401      401     401
GET    /messaging/sms-service       yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /messaging/sms-service       yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /messaging/sms-receipts/{carrier}
                                        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes

# Reference data that everybody reads and an organisation's admin keeps
GET    /directory/reference             401    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /directory/reference/{kind=faqs}/schema
                                        401    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /directory/reference/{kind=faqs} 401    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /directory/reference/{kind=faqs}/{item_id}
                                        401    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /directory/reference/{kind=faqs} 401    403     403    403   403        yes       403     403      403     403
PUT    /directory/reference/{kind=faqs}/{item_id}
                                        401    403     403    403   403        yes       403     403      403     403
POST   /directory/reference/{kind=faqs}/{item_id}/retire
                                        401    403     403    403   403        yes       403     403      403     403
POST   /directory/reference/{kind=faqs}/{item_id}/restore
                                        401    403     403    403   403        yes       403     403      403     403

# Reference data for staff alone
GET    /directory/reference/{kind=refusal_reasons}/schema
                                        401    404     yes    yes   yes        yes       404     yes      404     404
GET    /directory/reference/{kind=refusal_reasons}
                                        401    404     yes    yes   yes        yes       404     yes      404     404
GET    /directory/reference/{kind=refusal_reasons}/{item_id}
                                        401    404     yes    yes   yes        yes       404     yes      404     404
POST   /directory/reference/{kind=refusal_reasons}
                                        401    403     403    403   403        yes       403     403      403     403
PUT    /directory/reference/{kind=refusal_reasons}/{item_id}
                                        401    403     403    403   403        yes       403     403      403     403
POST   /directory/reference/{kind=refusal_reasons}/{item_id}/retire
                                        401    403     403    403   403        yes       403     403      403     403
POST   /directory/reference/{kind=refusal_reasons}/{item_id}/restore
                                        401    403     403    403   403        yes       403     403      403     403

# How the hospital itself runs: its operator's work alone
POST   /house/inspections               401    403     403    403   403        403       403     yes      403     403
GET    /house/face-report               401    403     403    403   403        403       403     yes      403     403
PUT    /house/face-report               401    403     403    403   403        403       403     yes      403     403
GET    /house/inspections               401    403     403    403   403        403       403     yes      403     403
GET    /house/inspections/{inspection_id}
                                        401    403     403    403   403        403       403     yes      403     403
GET    /house/inspections/{inspection_id}/file
                                        401    403     403    403   403        403       403     yes      403     403

# Reference data of the platform: its operator keeps it
GET    /directory/reference/{kind=paper_kinds}/schema
                                        401    404     yes    yes   yes        yes       404     yes      404     404
GET    /directory/reference/{kind=paper_kinds}
                                        401    404     yes    yes   yes        yes       404     yes      404     404
GET    /directory/reference/{kind=paper_kinds}/{item_id}
                                        401    404     yes    yes   yes        yes       404     yes      404     404
POST   /directory/reference/{kind=paper_kinds}
                                        401    403     403    403   403        403       403     yes      403     403
PUT    /directory/reference/{kind=paper_kinds}/{item_id}
                                        401    403     403    403   403        403       403     yes      403     403
POST   /directory/reference/{kind=paper_kinds}/{item_id}/retire
                                        401    403     403    403   403        403       403     yes      403     403
POST   /directory/reference/{kind=paper_kinds}/{item_id}/restore
                                        401    403     403    403   403        403       403     yes      403     403

# Organisations and departments: anybody reads them, admins keep them
GET    /directory/organisations         yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /directory/organisations/{organisation_id}
                                        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /directory/organisations         401    403     403    403   403        yes       403     yes      403     403
PUT    /directory/organisations/{organisation_id}
                                        401    403     403    403   403        yes       403     yes      403     403
PUT    /directory/organisations/{organisation_id}/businesses
                                        401    403     403    403   403        yes       403     yes      403     403
DELETE /directory/organisations/{organisation_id}
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/departments           yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
GET    /directory/departments/{department_id}
                                        yes    yes     yes    yes   yes        yes       yes     yes      yes     yes
POST   /directory/departments           401    403     403    403   403        yes       403     yes      403     403
PUT    /directory/departments/{department_id}
                                        401    403     403    403   403        yes       403     yes      403     403
DELETE /directory/departments/{department_id}
                                        401    403     403    403   403        yes       403     yes      403     403

# Taking over what the hospital's own system holds of them
POST   /directory/his-syncs             401    403     403    403   403        yes       403     yes      403     403
GET    /directory/his-syncs             401    403     403    403   403        yes       403     yes      403     403
GET    /directory/his-syncs/{his_sync_id}
                                        401    403     403    403   403        yes       403     yes      403     403
GET    /directory/his-syncs/{his_sync_id}/lines
                                        401    403     403    403   403        yes       403     yes      403     403
"""
