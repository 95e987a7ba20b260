"""Sessions: proving who one is (one-time code, password), and staying signed in on one device until it is revoked."""
