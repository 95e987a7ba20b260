"""Datagrams: one UDP port for all legs, ICE-lite, DTLS and SRTP. What is inside the packets is the plane's."""
