"""A socket is gone: nothing is sent to it any more. API Gateway may forget to tell; then a push finds out."""
