/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup bench bench
 *
 * @defgroup bench_h bench
 * @{ @ingroup bench
 *
 * The UEs of the bench: they are numbered, and everybody computes the identity
 * and the key of a number.  Needs nothing of charon.
 */

#ifndef BENCH_H_
#define BENCH_H_

#include <stdint.h>
#include <string.h>

/** Octets of an identity (ID_KEY_ID), as the key derivation makes them */
#define BENCH_ID_LEN 16

/** Octets of a key */
#define BENCH_KEY_LEN 32

/**
 * SplitMix64: a number that looks random for each number.
 */
static inline uint64_t bench_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/**
 * The same number from 0 to count - 1 each time, in no order.
 */
static inline uint32_t bench_pick(uint32_t i, uint32_t count)
{
	return bench_mix(i ^ 0x5bd1e995) % count;
}

/**
 * The i-th of the numbers 0 to count - 1 in an order that looks random; each
 * comes once.
 */
static inline uint32_t bench_shuffle(uint32_t i, uint32_t count)
{
	uint32_t bits = 1, mask, round;

	while (bits < 31 && (1u << bits) < count)
	{
		bits++;
	}
	mask = (1u << bits) - 1;
	/* a permutation of all numbers of so many bits, until it hits one */
	do
	{
		for (round = 0; round < 3; round++)
		{
			i = (i * 0x9e3779b1 + 0x7f4a7c15) & mask;
			i ^= i >> (bits / 2 + 1);
		}
	}
	while (i >= count);
	return i;
}

/**
 * Identity of a UE: the decimal digits of its number as if they were
 * hexadecimal ones, which is what load-tester makes of "@#%032d".
 */
static inline void bench_id(uint32_t number, uint8_t id[BENCH_ID_LEN])
{
	int i;

	memset(id, 0, BENCH_ID_LEN);
	for (i = BENCH_ID_LEN - 1; number; i--)
	{
		id[i] = number % 10 | (number / 10 % 10) << 4;
		number /= 100;
	}
}

/**
 * Key of a UE, which anybody could guess.
 *
 * @param generation	another one for each modification, from 1 on
 */
static inline void bench_key(const uint8_t id[BENCH_ID_LEN],
							 uint32_t generation, uint8_t key[BENCH_KEY_LEN])
{
	uint64_t number;
	int i;

	memcpy(&number, id + BENCH_ID_LEN - sizeof(number), sizeof(number));
	number = bench_mix(number ^ generation);
	for (i = 0; i < BENCH_KEY_LEN; i += sizeof(number))
	{
		number = bench_mix(number);
		memcpy(key + i, &number, sizeof(number));
	}
}

#endif /** BENCH_H_ @}*/
