# SPDX-License-Identifier: GPL-2.0-or-later
"""The cryptography of an IKEv2 initiator, with nothing but Python.

For tests only: it is slow and its time depends on the keys. It shares no code
with the daemon that it is used against, so an error in either shows.
"""

import hashlib
import hmac
import os
import struct

HASH_LEN = 32
ICV_LEN = 16
BLOCK_LEN = 16


def prf(key, data):
    """PRF_HMAC_SHA2_256 (RFC 4868)."""
    return hmac.digest(key, data, "sha256")


def prf_plus(key, seed, length):
    """prf+ (RFC 7296, 2.13)."""
    stream = last = b""
    count = 1
    while len(stream) < length:
        last = prf(key, last + seed + bytes([count]))
        stream += last
        count += 1
    return stream[:length]


def integrity(key, data):
    """AUTH_HMAC_SHA2_256_128 (RFC 4868)."""
    return prf(key, data)[:ICV_LEN]


def sha1(data):
    """For the hashes of NAT detection (RFC 7296, 2.23)."""
    return hashlib.sha1(data).digest()


class X25519:
    """Curve25519 (RFC 7748, RFC 8031)."""

    group = 31
    prime = 2**255 - 19

    def __init__(self):
        secret = bytearray(os.urandom(32))
        secret[0] &= 248
        secret[31] = secret[31] & 127 | 64
        self.secret = int.from_bytes(secret, "little")

    def multiply(self, u):
        """Montgomery's ladder, as in section 5 of RFC 7748."""
        p = self.prime
        x2, z2, x3, z3, swap = 1, 0, u, 1, 0
        for t in range(254, -1, -1):
            bit = self.secret >> t & 1
            if bit != swap:
                x2, x3, z2, z3 = x3, x2, z3, z2
            swap = bit
            a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
            aa, bb, da, cb = a * a % p, b * b % p, d * a, c * b
            e = aa - bb
            x3, z3 = (da + cb)**2 % p, u * ((da - cb)**2 % p) % p
            x2, z2 = aa * bb % p, e * (aa + 121665 * e) % p
        if swap:
            x2, z2 = x3, z3
        return (x2 * pow(z2, p - 2, p) % p).to_bytes(32, "little")

    def public(self):
        return self.multiply(9)

    def shared(self, peer):
        return self.multiply(int.from_bytes(peer, "little") & (1 << 255) - 1)


class Modp2048:
    """The 2048-bit group (RFC 3526, section 3)."""

    group = 14
    prime = int("""
        FFFFFFFF FFFFFFFF C90FDAA2 2168C234 C4C6628B 80DC1CD1
        29024E08 8A67CC74 020BBEA6 3B139B22 514A0879 8E3404DD
        EF9519B3 CD3A431B 302B0A6D F25F1437 4FE1356D 6D51C245
        E485B576 625E7EC6 F44C42E9 A637ED6B 0BFF5CB6 F406B7ED
        EE386BFB 5A899FA5 AE9F2411 7C4B1FE6 49286651 ECE45B3D
        C2007CB8 A163BF05 98DA4836 1C55D39A 69163FA8 FD24CF5F
        83655D23 DCA3AD96 1C62F356 208552BB 9ED52907 7096966D
        670C354E 4ABC9804 F1746C08 CA18217C 32905E46 2E36CE3B
        E39E772C 180E8603 9B2783A2 EC07A28F B5C55DF0 6F4C52C9
        DE2BCBF6 95581718 3995497C EA956AE5 15D22618 98FA0510
        15728E5A 8AACAA68 FFFFFFFF FFFFFFFF""".replace(" ", "")
                .replace("\n", ""), 16)

    def __init__(self):
        self.secret = int.from_bytes(os.urandom(32), "big")

    def public(self):
        return pow(2, self.secret, self.prime).to_bytes(256, "big")

    def shared(self, peer):
        return pow(int.from_bytes(peer, "big"), self.secret,
                   self.prime).to_bytes(256, "big")


def _double(a):
    """Twice an element of AES's field."""
    return (a << 1 ^ 0x11b) & 0xff if a & 0x80 else a << 1


def _times(a, b):
    """Product of two elements of AES's field."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a, b = _double(a), b >> 1
    return product


def _sbox():
    """AES's substitution of octets: inverse and affine map (FIPS 197)."""
    box, p, q = [0x63] * 256, 1, 1
    while True:
        p = p ^ _double(p)
        q = _times(q, 0xf6)
        x = q ^ q << 1 ^ q << 2 ^ q << 3 ^ q << 4
        box[p] = (x ^ x >> 8) & 0xff ^ 0x63
        if p == 1:
            return box


def _tables(box, factors):
    """Substitution and mixing of columns as one look-up per octet."""
    first = [int.from_bytes(bytes(_times(s, f) for f in factors), "big")
             for s in box]
    tables = [first]
    for _ in range(3):
        tables.append([w >> 8 | (w & 0xff) << 24 for w in tables[-1]])
    return tables


SBOX = _sbox()
INVERSE = [SBOX.index(i) for i in range(256)]
MIX = _tables(SBOX, (2, 1, 1, 3))
UNMIX = _tables(INVERSE, (14, 9, 13, 11))


class Aes:
    """AES in CBC mode (FIPS 197, RFC 3602); the key has 16 or 32 octets."""

    def __init__(self, key):
        words = list(struct.unpack("!%dI" % (len(key) // 4), key))
        size = len(words)
        constant = 1
        for i in range(size, 4 * (size + 7)):
            word = words[-1]
            if i % size == 0:
                word = self._substitute(word << 8 & 0xffffffff | word >> 24)
                word ^= constant << 24
                constant = _double(constant)
            elif size > 6 and i % size == 4:
                word = self._substitute(word)
            words.append(words[-size] ^ word)
        self.keys = [words[i:i + 4] for i in range(0, len(words), 4)]
        # the other way round with columns 1 and 3 exchanged, so that rows
        # shift the same way
        self.inverse = [[k[0], k[3], k[2], k[1]] for k in self.keys[::-1]]
        for k in self.inverse[1:-1]:
            k[:] = [UNMIX[0][SBOX[w >> 24]] ^ UNMIX[1][SBOX[w >> 16 & 255]] ^
                    UNMIX[2][SBOX[w >> 8 & 255]] ^ UNMIX[3][SBOX[w & 255]]
                    for w in k]

    @staticmethod
    def _substitute(word):
        return int.from_bytes(bytes(SBOX[b] for b in word.to_bytes(4, "big")),
                              "big")

    @staticmethod
    def _crypt(block, keys, tables, box):
        t0, t1, t2, t3 = tables
        a, b, c, d = (x ^ k for x, k in zip(block, keys[0]))
        for k0, k1, k2, k3 in keys[1:-1]:
            a, b, c, d = (
                t0[a >> 24] ^ t1[b >> 16 & 255] ^ t2[c >> 8 & 255] ^
                t3[d & 255] ^ k0,
                t0[b >> 24] ^ t1[c >> 16 & 255] ^ t2[d >> 8 & 255] ^
                t3[a & 255] ^ k1,
                t0[c >> 24] ^ t1[d >> 16 & 255] ^ t2[a >> 8 & 255] ^
                t3[b & 255] ^ k2,
                t0[d >> 24] ^ t1[a >> 16 & 255] ^ t2[b >> 8 & 255] ^
                t3[c & 255] ^ k3)
        return [k ^ (box[w >> 24] << 24 | box[x >> 16 & 255] << 16 |
                     box[y >> 8 & 255] << 8 | box[z & 255])
                for k, w, x, y, z in zip(keys[-1], (a, b, c, d), (b, c, d, a),
                                         (c, d, a, b), (d, a, b, c))]

    def encrypt(self, iv, data):
        last, out = struct.unpack("!4I", iv), []
        for block in struct.iter_unpack("!4I", data):
            last = self._crypt([x ^ y for x, y in zip(block, last)],
                               self.keys, MIX, SBOX)
            out += last
        return struct.pack("!%dI" % len(out), *out)

    def decrypt(self, iv, data):
        last, out = struct.unpack("!4I", iv), []
        for block in struct.iter_unpack("!4I", data):
            a, d, c, b = self._crypt((block[0], block[3], block[2], block[1]),
                                     self.inverse, UNMIX, INVERSE)
            out += [x ^ y for x, y in zip((a, b, c, d), last)]
            last = block
        return struct.pack("!%dI" % len(out), *out)
