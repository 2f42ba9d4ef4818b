/* SPDX-License-Identifier: MIT */

#include "n4_wrap.h"

#include <string.h>

#ifdef N4_LIBCRYPTO

#include <openssl/evp.h>

/*
 * Described in header
 */
bool n4_wrap_is_there(void)
{
	return true;
}

/**
 * Decrypt and verify.
 */
static bool decrypt(const uint8_t *with, wire_octets_t wrapped,
					const wire_octets_t data[N4_WRAP_PARTS], uint8_t *key)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const uint8_t *at = wrapped.ptr + N4_WRAP_NONCE;
	uint8_t tag[N4_WRAP_TAG];
	bool good;
	int len, i;

	memcpy(tag, at + N4_KEY_SIZE, sizeof(tag));
	/* nonces of 12 octets are the default */
	good = ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, with,
									 wrapped.ptr) == 1;
	for (i = 0; good && i < N4_WRAP_PARTS; i++)
	{
		good = !data[i].len || EVP_DecryptUpdate(ctx, NULL, &len, data[i].ptr,
												 data[i].len) == 1;
	}
	good = good &&
		   EVP_DecryptUpdate(ctx, key, &len, at, N4_KEY_SIZE) == 1 &&
		   EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, sizeof(tag),
							   tag) == 1 &&
		   EVP_DecryptFinal_ex(ctx, key + N4_KEY_SIZE, &len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

#else /* !N4_LIBCRYPTO */

/*
 * Described in header
 */
bool n4_wrap_is_there(void)
{
	return false;
}

/**
 * Without libcrypto nothing can be decrypted.
 */
static bool decrypt(const uint8_t *with, wire_octets_t wrapped,
					const wire_octets_t data[N4_WRAP_PARTS], uint8_t *key)
{
	return false;
}

#endif /* N4_LIBCRYPTO */

/**
 * Get the bit of a number, and where it is.
 */
static uint64_t bit_of(uint64_t number, size_t *at)
{
	*at = number / 64 % (N4_WRAP_WINDOW / 64);
	return 1ULL << number % 64;
}

/**
 * Whether a number may be taken.
 */
static bool is_new(const n4_wrap_t *self, uint64_t number)
{
	uint64_t bit;
	size_t at;

	bit = bit_of(number, &at);
	return !self->began || number > self->last ||
		   (self->last - number < N4_WRAP_WINDOW && !(self->taken[at] & bit));
}

/**
 * Take a number.
 */
static void take(n4_wrap_t *self, uint64_t number)
{
	uint64_t bit, next;
	size_t at;

	if (!self->began || number > self->last)
	{
		/* those between were not taken */
		if (!self->began || number - self->last >= N4_WRAP_WINDOW)
		{
			memset(self->taken, 0, sizeof(self->taken));
		}
		else
		{
			for (next = self->last + 1; next < number; next++)
			{
				bit = bit_of(next, &at);
				self->taken[at] &= ~bit;
			}
		}
		self->last = number;
		self->began = true;
	}
	bit = bit_of(number, &at);
	self->taken[at] |= bit;
}

/*
 * Described in header
 */
bool n4_wrap_open(n4_wrap_t *self, wire_octets_t wrapped,
				  const wire_octets_t data[N4_WRAP_PARTS], uint8_t *key)
{
	uint64_t number = 0;
	int i;

	if (self->key && wrapped.len == N4_WRAP_SIZE)
	{
		for (i = N4_WRAP_NONCE - 8; i < N4_WRAP_NONCE; i++)
		{
			number = number << 8 | wrapped.ptr[i];
		}
		/* what is not authentic takes nothing */
		if (is_new(self, number) &&
			decrypt(self->key->key, wrapped, data, key))
		{
			take(self, number);
			return true;
		}
	}
	explicit_bzero(key, N4_KEY_SIZE);
	return false;
}
