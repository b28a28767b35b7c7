#!/usr/bin/env python3
"""Adds rows to a journal that no daemon has open, chained as the daemon chains them.

    add_rows.py DATABASE COUNT [BYTES]
"""
import hashlib
import sqlite3
import sys

path, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 200
journal = sqlite3.connect(path)
last, head = journal.execute("SELECT last_seq, head FROM chain").fetchone()
for seq in range(last + 1, last + 1 + count):
    body = '{"added":%d,"pad":"%s","type":"DecisionEvent"}' % (seq, "x" * size)
    after = hashlib.sha256(head + body.encode()).digest()
    journal.execute(
        "INSERT INTO journal (seq, time_ms, type, body, prev_hash, hash) VALUES (?, 0, 'DecisionEvent', ?, ?, ?)",
        (seq, body, head, after),
    )
    head = after
journal.execute("UPDATE chain SET last_seq = ?, head = ?", (last + count, head))
journal.commit()
