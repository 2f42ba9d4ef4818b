# SPDX-License-Identifier: GPL-2.0-or-later
"""AES-256-GCM of libcrypto, for keys that an SMF wraps."""

import ctypes
import ctypes.util

TAG = 16
GET_TAG = 0x10


def library():
    path = ctypes.util.find_library("crypto") or "libcrypto.so.3"
    crypto = ctypes.CDLL(path)
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
        getattr(crypto, name).restype = ctypes.c_void_p
    return crypto


def encrypt(key, nonce, plain, data):
    """Octets of the ciphertext, and of the tag behind it."""
    crypto = library()
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    out = ctypes.create_string_buffer(len(plain) + TAG)
    tag = ctypes.create_string_buffer(TAG)
    length = ctypes.c_int()
    steps = (
        lambda: crypto.EVP_EncryptInit_ex(
            context, ctypes.c_void_p(crypto.EVP_aes_256_gcm()), None, key,
            nonce),
        lambda: crypto.EVP_EncryptUpdate(
            context, None, ctypes.byref(length), data, len(data)),
        lambda: crypto.EVP_EncryptUpdate(
            context, out, ctypes.byref(length), plain, len(plain)),
        lambda: crypto.EVP_EncryptFinal_ex(
            context, tag, ctypes.byref(length)),
        lambda: crypto.EVP_CIPHER_CTX_ctrl(context, GET_TAG, TAG, tag))
    for step in steps:
        if step() != 1:
            raise RuntimeError("libcrypto does not encrypt")
    crypto.EVP_CIPHER_CTX_free(context)
    return out.raw[:len(plain)] + tag.raw
