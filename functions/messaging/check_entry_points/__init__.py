"""Each minute: does every address of the socket still answer? One that does not is left out. Ledger: IM-21."""
