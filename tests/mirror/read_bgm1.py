#!/usr/bin/env python3
"""Reads a BGM1 segment without a line of ours and without libsodium: from docs/mirror.md alone.

X25519, Ed25519, ChaCha20, Poly1305 and SHA-256 come from OpenSSL (python3-cryptography); XSalsa20 and
HChaCha20, which it lacks, are written out here from their specifications.

    read_bgm1.py KEY_FILE SIGNER_HEX FILE...    lines of the text to standard output; exit 1 says what is wrong
"""
import hashlib
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.poly1305 import Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGMA = struct.unpack("<4I", b"expand 32-byte k")
PIECE = 65536
FINAL = 3


def rotated(x, n):
    return ((x << n) | (x >> (32 - n))) & 0xFFFFFFFF


def salsa_rounds(x):
    def quarter(a, b, c, d):
        x[b] ^= rotated((x[a] + x[d]) & 0xFFFFFFFF, 7)
        x[c] ^= rotated((x[b] + x[a]) & 0xFFFFFFFF, 9)
        x[d] ^= rotated((x[c] + x[b]) & 0xFFFFFFFF, 13)
        x[a] ^= rotated((x[d] + x[c]) & 0xFFFFFFFF, 18)

    for _ in range(10):
        quarter(0, 4, 8, 12), quarter(5, 9, 13, 1), quarter(10, 14, 2, 6), quarter(15, 3, 7, 11)
        quarter(0, 1, 2, 3), quarter(5, 6, 7, 4), quarter(10, 11, 8, 9), quarter(15, 12, 13, 14)
    return x


def salsa_state(key, sixteen):
    k, n = struct.unpack("<8I", key), struct.unpack("<4I", sixteen)
    return [SIGMA[0], *k[:4], SIGMA[1], *n, SIGMA[2], *k[4:], SIGMA[3]]


def hsalsa20(key, sixteen):
    x = salsa_rounds(salsa_state(key, sixteen))
    return struct.pack("<8I", *(x[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)))


def xsalsa20(key, nonce, size):
    subkey, stream = hsalsa20(key, nonce[:16]), b""
    for block in range((size + 63) // 64):
        begin = salsa_state(subkey, nonce[16:] + struct.pack("<Q", block))
        stream += struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(begin, salsa_rounds(begin[:]))))
    return stream[:size]


def hchacha20(key, sixteen):
    x = [*SIGMA, *struct.unpack("<8I", key), *struct.unpack("<4I", sixteen)]

    def quarter(a, b, c, d):
        for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[p] = (x[p] + x[q]) & 0xFFFFFFFF
            x[r] = rotated(x[r] ^ x[p], n)

    for _ in range(10):
        quarter(0, 4, 8, 12), quarter(1, 5, 9, 13), quarter(2, 6, 10, 14), quarter(3, 7, 11, 15)
        quarter(0, 5, 10, 15), quarter(1, 6, 11, 12), quarter(2, 7, 8, 13), quarter(3, 4, 9, 14)
    return struct.pack("<8I", *x[:4], *x[12:])


def xor(a, b):
    return bytes(p ^ q for p, q in zip(a, b))


def chacha20(key, nonce12, counter, text):
    return Cipher(algorithms.ChaCha20(key, struct.pack("<I", counter) + nonce12), None).encryptor().update(text)


def sealed_box_open(secret, sealed):
    """crypto_box_seal: an ephemeral key, then XSalsa20-Poly1305 under a nonce made of both keys."""
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    ephemeral, tag, cipher = sealed[:32], sealed[32:48], sealed[48:]
    nonce = hashlib.blake2b(ephemeral + public, digest_size=24).digest()
    key = hsalsa20(secret.exchange(X25519PublicKey.from_public_bytes(ephemeral)), bytes(16))
    stream = xsalsa20(key, nonce, 32 + len(cipher))
    Poly1305.verify_tag(stream[:32], cipher, tag)
    return xor(cipher, stream[32:])


def secretstream_open(key, body, additional):
    header, rest = body[:24], body[24:]
    key, inner, counter, text, tag = hchacha20(key, header[:16]), header[16:], 1, b"", None
    while rest:
        if tag == FINAL:
            raise ValueError("text behind the end")
        piece, rest = rest[: PIECE + 17], rest[PIECE + 17 :]
        sealed_tag, cipher, mac = piece[:1], piece[1:-16], piece[-16:]
        nonce = struct.pack("<I", counter) + inner
        block = chacha20(key, nonce, 1, sealed_tag + bytes(63))
        tag = block[0]
        poly = Poly1305(chacha20(key, nonce, 0, bytes(32)))
        poly.update(additional + bytes(-len(additional) % 16))
        poly.update(sealed_tag + block[1:] + cipher + bytes((16 - 64 + len(cipher)) & 15))
        poly.update(struct.pack("<QQ", len(additional), 64 + len(cipher)))
        poly.verify(mac)
        text += chacha20(key, nonce, 2, cipher)
        inner = xor(inner, mac)
        counter += 1
    if tag != FINAL:
        raise ValueError("no end")
    return text


def read_secret(path):
    word = "bgm1secret_"
    for line in open(path, encoding="ascii"):
        if line.startswith(word):
            raw = bytes.fromhex(line.strip()[len(word) :])
            assert hashlib.sha256(word.encode() + raw[:32]).digest()[:4] == raw[32:]
            return X25519PrivateKey.from_private_bytes(raw[:32])
    raise ValueError("no secret key in " + path)


def read_segment(segment, secret, signer):
    if segment[:5] != b"BGM1\1" or segment[5] not in (1, 2) or segment[6:8] != b"\0\0":
        raise ValueError("no segment of version 1")
    number, size = struct.unpack(">QQ", segment[24:40])
    end = 104 + 88 * segment[5]
    head, body, signature = segment[:end], segment[end:-64], segment[-64:]
    if len(body) != size or head[72:104] != signer:
        raise ValueError("another length, or another signer")
    Ed25519PublicKey.from_public_bytes(signer).verify(
        signature, b"BGM1 segment\n" + head + hashlib.sha256(body).digest()
    )
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    for at in range(104, end, 88):
        if head[at : at + 8] == hashlib.sha256(public).digest()[:8]:
            key = sealed_box_open(secret, head[at + 8 : at + 88])
            return number, head[40:72], secretstream_open(key, body, head)
    raise ValueError("not sealed for this key")


def main():
    secret, signer = read_secret(sys.argv[1]), bytes.fromhex(sys.argv[2])
    before, previous = 0, bytes(32)
    for path in sorted(sys.argv[3:]):
        segment = open(path, "rb").read()
        number, link, text = read_segment(segment, secret, signer)
        if number != before + 1 or link != previous:
            raise ValueError(f"{path}: segment {number} does not follow segment {before}")
        before, previous = number, hashlib.sha256(segment).digest()
        sys.stdout.write("".join(line + "\n" for line in text.decode().split("\n") if line))


main()
