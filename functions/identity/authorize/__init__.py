"""API Gateway's authorizer: who stands behind a request.

The token proves a session; session and role are read afresh each time (one batch read), so a session that was revoked
or a role that was withdrawn is gone with the next request. Its answer is never cached.
"""
