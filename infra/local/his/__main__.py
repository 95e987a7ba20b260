"""`python -m infra.local.his STORE PORT`: the key comes by standard input, and when that ends, so does the HIS.

It does not outlive the hospital that started it, however that died."""

from __future__ import annotations

import sys
import threading

from .records import Records
from .server import HisServer


def main() -> int:
    """0 when told to end."""
    store, port = sys.argv[1:3]
    key = sys.stdin.readline().strip()
    if not key:
        print("the HIS was given no key", file=sys.stderr)
        return 1
    records = Records(store)
    server = HisServer(records, key, int(port))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.url, flush=True)
    sys.stdin.read()
    server.ended.set()
    server.shutdown()
    records.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
