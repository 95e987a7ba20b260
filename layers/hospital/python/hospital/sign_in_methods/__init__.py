"""By what else than a code to their phone a person signs in: the WeChat identities that are theirs."""
