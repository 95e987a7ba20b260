"""A member of staff signs in with account and password, and then with a code of their authenticator app.

The first time, the app is given its secret as a QR code, and ten recovery codes are shown once. Whether an account
exists is never said. Rule: MLPS-3 (two factors for staff). Ledger: DIR-16 (sign-ins are logged, failed ones too).
"""
