"""Keys of the seals, in the table `seals`.

| who asks | key or list |
| --- | --- |
| whether a line was received before | `LINE#<subject> / <number>` |
| the lines of a chain that wait for a block, oldest first | `CHAIN#<chain> / WAITING#<written at>#<place>` |
| the blocks of a chain, in order | `CHAIN#<chain> / BLOCK#0000000042` |
| the end of a chain | `CHAIN#<chain> / HEAD` |
| all chains | list `chains`: `CHAINS / <chain>` |
| what verifications found, newest last | `CHAIN#<chain> / VERIFICATION#<time>` |
"""

from __future__ import annotations

from hospital.records import Key

ALL_CHAINS = "CHAINS"
END = "~"


def chain_pk(chain: str) -> str:
    """The partition of a chain."""
    return f"CHAIN#{chain}"


def known_line_key(subject: str, number: int) -> Key:
    """That a line was received."""
    return Key(f"LINE#{subject}", f"{number:010d}")


def waiting_line_key(chain: str, at: str, place: str) -> Key:
    """A line that waits for its block."""
    return Key(chain_pk(chain), f"WAITING#{at}#{place}")


def block_key(chain: str, number: int) -> Key:
    """A block."""
    return Key(chain_pk(chain), f"BLOCK#{number:010d}")


def head_key(chain: str) -> Key:
    """The end of a chain."""
    return Key(chain_pk(chain), "HEAD")


def verification_key(chain: str, at: str) -> Key:
    """What a verification found."""
    return Key(chain_pk(chain), f"VERIFICATION#{at}")
