/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * There is no more memory: what needs some is refused, and nothing is lost.
 */

#include "test_kupf_procedures.h"

/* sanitizers have terabytes mapped */
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define LIMITED

#include <stdlib.h>
#include <sys/resource.h>

/** Most sessions of a test */
#define MOST 50000

/** Sessions that leave room behind when every second of them goes */
#define ROOM 2400

/** Sessions that are refused in a row */
#define REFUSED 100

/** A request, of which name, identity and key are exchanged: there is no memory
 * to parse another one */
static kupf_request_t request;

/** Why the last one was refused */
static kupf_error_t error;

/**
 * Limit what the process may map to what it has, and so much more.  Until that
 * is lifted nothing is asserted: that takes memory, too.
 *
 * @param more		octets
 */
static void limit_memory(size_t more)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_AS, &limit), 0);
	limit.rlim_cur = test_memory("VmSize") * 1024 + more;
	setrlimit(RLIMIT_AS, &limit);
}

static void lift_limit()
{
	struct rlimit limit;

	getrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_AS, &limit);
}

/**
 * Give the request the name and the identity of that number: all are equally
 * long.
 */
static void set_number(u_int number)
{
	snprintf(request.session, sizeof(request.session), "s%06u", number);
	request.id_len = snprintf((char*)request.id, sizeof(request.id), "ue%06u",
							  number);
	request.hashed = FALSE;
}

/**
 * Establish or modify the session of that number.
 *
 * @return			FALSE if that was refused
 */
static bool try(u_int number, bool modify)
{
	kupf_procedures_t *sessions = upf.sessions;
	kupf_session_t *session;

	set_number(number);
	error = (kupf_error_t){};
	session = modify ? sessions->modify(sessions, &request, &error) :
					   sessions->establish(sessions, &request, &error);
	kupf_session_unref(session);
	return session != NULL;
}

/**
 * Delete the session of that number.
 */
static bool try_delete(u_int number)
{
	kupf_error_t wrong = {};
	u_int tunnels;

	set_number(number);
	return upf.sessions->delete(upf.sessions, request.session, &tunnels,
								&wrong);
}

/**
 * Count the sessions that are found by name and by identity, with this key.
 *
 * @param count		how many there were
 * @param step		every so many of them
 */
static u_int count_found(u_int count, u_int step, uint8_t octet)
{
	kupf_session_t *named, *identified;
	u_int i, found = 0;
	chunk_t key;

	for (i = 0; i < count; i += step)
	{
		set_number(i);
		named = upf.store->get(upf.store, request.session);
		identified = upf.store->find(upf.store, request.id_type,
							chunk_create(request.id, request.id_len));
		if (named && named == identified)
		{
			key = kupf_session_get_key(named);
			found += key.len == request.key_len && key.ptr[0] == octet &&
					 kupf_session_get_generation(named) == 1;
		}
		kupf_session_unref(named);
		kupf_session_unref(identified);
	}
	return found;
}

static void assert_error(const char *message)
{
	ck_assert_int_eq(error.cause, KUPF_CAUSE_LIMIT_REACHED);
	ck_assert_str_eq(error.message, message);
}

/** What there is memory for, and the length of the keys */
static const struct {
	size_t more, key_len;
	bool any;
} limits[] = {
	{ 2 * 1024 * 1024, KUPF_KEY_MIN, TRUE },
	{ 2 * 1024 * 1024, KUPF_KEY_MAX, TRUE },
	/* not even for the first key */
	{ 64 * 1024, KUPF_KEY_MAX, FALSE },
};

START_TEST(test_keys)
{
	u_int count = 0, refused = 0, found, still, i;
	bool modified = FALSE, given = FALSE;
	kupf_error_t first, second;

	parse(&request, "session=s ue-id=keyid:ue lifetime=1000 " KEY);
	request.key_len = limits[_i].key_len;
	memset(request.key, 'K', request.key_len);
	limit_memory(limits[_i].more);
	while (count < MOST && try(count, FALSE))
	{
		count++;
	}
	first = error;
	/* and so is everyone after it, who leave nothing behind */
	for (i = 0; i < REFUSED; i++)
	{
		refused += !try(count + i, FALSE);
	}
	found = count_found(count, 1, 'K');
	memset(request.key, 'M', request.key_len);
	if (count)
	{
		modified = try(0, TRUE);
	}
	second = error;
	still = count_found(count, 1, 'K');
	/* what one gives back another one gets */
	if (count)
	{
		given = try_delete(1) && try(count, FALSE) && try_delete(count);
	}
	lift_limit();

	ck_assert_int_eq(count > 0, limits[_i].any);
	ck_assert_uint_lt(count, MOST);
	error = first;
	assert_error("no more memory for keys");
	ck_assert_uint_eq(refused, REFUSED);
	ck_assert_uint_eq(found, count);
	ck_assert_uint_eq(still, count);
	if (count)
	{
		ck_assert(!modified);
		error = second;
		assert_error("no more memory for keys");
		ck_assert(given);
		ck_assert(try(1, FALSE));
		ck_assert(try(0, TRUE));
	}
	/* there is memory again */
	for (i = 0; i < REFUSED; i++)
	{
		ck_assert(try(count + i, FALSE));
	}
	check_sessions(count + REFUSED);
	kupf_request_wipe(&request);
}
END_TEST

static void setup_pool()
{
	start("10.9.0.0/16", 0);
}

/* who is refused for want of memory takes no address for it: each would be in
 * quarantine, which takes memory, too */
START_TEST(test_pool)
{
	u_int count = 0, refused = 0, i;

	parse(&request, "session=s ue-id=keyid:ue " KEY);
	limit_memory(limits[0].more);
	while (count < MOST && try(count, FALSE))
	{
		count++;
	}
	for (i = 0; i < REFUSED; i++)
	{
		refused += !try(count + i, FALSE);
	}
	lift_limit();

	assert_error("no more memory for keys");
	ck_assert_uint_gt(count, 0);
	ck_assert_uint_eq(refused, REFUSED);
	check_sessions(count);
	check_pool(count, 0);
	ck_assert(try(count, FALSE));
	check_pool(count + 1, 0);
	kupf_request_wipe(&request);
}
END_TEST

/** Octets of a list that take all there is */
typedef struct piece_t piece_t;

struct piece_t {
	piece_t *next;
};

/**
 * Take all memory that malloc() has left.
 */
static piece_t *take_all()
{
	piece_t *pieces = NULL, *piece;
	size_t size;

	for (size = 64 * 1024; size >= sizeof(piece_t); size /= 2)
	{
		while ((piece = malloc(size)))
		{
			piece->next = pieces;
			pieces = piece;
		}
	}
	return pieces;
}

static void give_back(piece_t *pieces)
{
	piece_t *next;

	for (; pieces; pieces = next)
	{
		next = pieces->next;
		free(pieces);
	}
}

/* there is memory for keys and sessions, and none for who has which address */
START_TEST(test_addresses)
{
	kupf_address_t address = { .family = AF_INET };
	uint64_t quarantined;
	u_int count, found;
	piece_t *pieces;

	/* as large as one with an inner address */
	parse(&request, "session=s ue-id=keyid:ue dns=[192.0.2.53] " KEY);
	for (count = 0; count < ROOM; count++)
	{
		ck_assert(try(count, FALSE));
	}
	for (count = 1; count < ROOM; count += 2)
	{
		ck_assert(try_delete(count));
	}
	request.fields = (request.fields & ~KUPF_FIELD_DNS) |
					 KUPF_FIELD_UE_ADDRESSES;
	request.data.ue_address_count = 1;
	limit_memory(0);
	pieces = take_all();
	for (count = 0; count < ROOM / 2; count++)
	{
		htoun32(address.bytes, 0x0a000001 + count);
		request.data.ue_addresses[0] = address;
		if (!try(ROOM + count, FALSE))
		{
			break;
		}
	}
	found = count_found(ROOM, 2, 0x4b);
	lift_limit();
	give_back(pieces);

	assert_error("no more memory for addresses");
	ck_assert_uint_gt(count, 0);
	ck_assert_uint_eq(found, ROOM / 2);
	ck_assert_uint_eq(upf.addresses->get_count(upf.addresses, &quarantined),
					  count);
	check_sessions(ROOM / 2 + count);
	ck_assert(try(ROOM + count, FALSE));
	ck_assert_uint_eq(upf.addresses->get_count(upf.addresses, &quarantined),
					  count + 1);
	kupf_request_wipe(&request);
}
END_TEST

#endif

void kupf_procedures_memory_cases(Suite *suite)
{
#ifdef LIMITED
	TCase *tc = test_case(suite, "memory", 120, setup, teardown);

	tcase_add_loop_test(tc, test_keys, 0, countof(limits));
	tcase_add_test(tc, test_addresses);
	tc = test_case(suite, "memory and pool", 120, setup_pool, teardown);
	tcase_add_test(tc, test_pool);
#endif
}
