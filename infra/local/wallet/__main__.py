"""`python -m infra.local.wallet STORE PORT [PUBLIC]`: the key comes by standard input, and when that ends, so does the
wallet. Browsers know its pages under PUBLIC.

It does not outlive the hospital that started it, however that died."""

from __future__ import annotations

import sys
import threading

from .server import WalletServer


def main() -> int:
    """0 when told to end."""
    store, port, public = (*sys.argv[1:4], "")[:3]
    key = sys.stdin.readline().strip()
    if not key:
        print("the wallet was given no key", file=sys.stderr)
        return 1
    server = WalletServer(store, key, int(port), public)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.url, flush=True)
    sys.stdin.read()
    server.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
