/* SPDX-License-Identifier: GPL-2.0-or-later */

/**
 * @defgroup test_support test_support
 * @{ @ingroup tests
 *
 * Sessions, messages and an enforcer for tests.
 */

#ifndef TEST_SUPPORT_H_
#define TEST_SUPPORT_H_

#include "kupf/kupf.h"
#include "wire/wire_packet.h"
#include "wire/wire_reader.h"

#include <vici_message.h>

#include <semaphore.h>

typedef struct test_enforcer_t test_enforcer_t;

/**
 * Enforcer that remembers what it was told.
 */
struct test_enforcer_t {
	/** enforcer */
	kupf_enforcer_t public;
	/** answer of get_role() */
	kupf_role_t role;
	/** answer of covers() */
	bool covered;
	/** answer of own(), or NULL */
	kupf_session_t *own;
	/** answer of accepts() */
	const char *missing;
	/** answer of uses() */
	bool used;
	/** what vacate() got last */
	uint32_t vacated;
	/** answer of get_attempts(), and of retry() as far as one is waited for; NULL
	 * if it is a UPF's */
	const kupf_attempts_t *attempts;
	/** calls of established() */
	u_int established;
	/** answer of count() and close(); describe() fills in the most there can
	 * be about each */
	u_int tunnels;
	/** inner address that the UPF has assigned to each, if describe() tells one */
	kupf_address_t assigned;
	/** calls of measure() that have begun, and that have ended, each of which
	 * tells all of the first CHILD_SA and nothing of others; and what it waits
	 * for first, or NULL */
	u_int measuring, measured;
	sem_t *stalled;
	/** calls of covers() */
	u_int asked;
	/** calls of close(), and name and reason of the last one */
	u_int closed;
	char name[KUPF_SESSION_NAME_MAX + 1];
	kupf_reason_t reason;
	/** calls of replaced(), and what the last one was given */
	u_int replaced;
	uint32_t from, to, grace;
};

/**
 * Prepare an enforcer: it covers, and there are no tunnels.
 */
void test_enforcer_init(test_enforcer_t *this);

/**
 * Fill in the contents of a session: key 32 times 0x4b, service ike.
 *
 * @param data		[out] contents, point to name and id
 * @param name		name
 * @param type		type of the identity
 * @param id		identity, text
 */
void test_session_data(kupf_session_data_t *data, const char *name,
					   id_type_t type, const char *id);

/**
 * Create a session of such contents with an end.
 *
 * @param name		name
 * @param type		type of the identity
 * @param id		identity, text
 * @param expiry	time_monotonic() of its end, 0 for never
 */
kupf_session_t *test_session(const char *name, id_type_t type, const char *id,
							 uint32_t expiry);

/**
 * Encode a message, valid or not: elements separated by spaces.
 *
 *   name=value  name=[item,item]  name={ elements }  <bytes>
 *
 * In names and values %<hex> is an octet; <hex digits> in angle brackets are
 * put into the message as they are.
 *
 * @param fmt		format of the text
 * @return			allocated encoding
 */
chunk_t test_encode(const char *fmt, ...);

/**
 * Encode a message and make an object of it.
 */
vici_message_t *test_message(const char *fmt, ...);

/**
 * Get a value of a message as text, "" if there is none.
 *
 * @param message	message
 * @param key		name, sections separated by dots
 * @return			text, as long as the message lives
 */
const char *test_value(vici_message_t *message, const char *key);

/**
 * Whether a message has a list, outside of sections, that begins with an item.
 */
bool test_begins(vici_message_t *message, const char *list, const char *item);

/**
 * Make octets of our codec of a chunk.
 */
static inline wire_octets_t test_octets(chunk_t chunk)
{
	return wire_octets(chunk.ptr, chunk.len);
}

/**
 * Whether octets of our codec are those of a chunk.
 */
static inline bool test_same(wire_octets_t octets, chunk_t chunk)
{
	return octets.len == chunk.len &&
		   (!chunk.len || memeq(octets.ptr, chunk.ptr, chunk.len));
}

/**
 * Whether octets are a message as it has to be.
 */
static inline bool test_is_message(chunk_t encoding)
{
	wire_reader_t reader;

	return wire_reader_init(&reader, test_octets(encoding));
}

/**
 * Read the message of a packet with libvici.
 *
 * @param packet	packet with its length, which has to be whole
 * @param type		type that it must have
 * @return			message
 */
vici_message_t *test_read_packet(wire_octets_t packet,
								 wire_packet_type_t type);

/**
 * Methods of an IKE_SA that does not exist: IKEv2, and keys of the thread's own
 * that make no AUTH data.
 */
ike_version_t test_get_version(ike_sa_t *ike_sa);
keymat_t *test_get_keymat(ike_sa_t *ike_sa);

/**
 * Get the value of a counter.
 */
uint64_t test_counter(const char *name);

/**
 * Get a line of /proc/self/status, in KiB.
 *
 * @param name		e.g. "VmRSS"
 */
size_t test_memory(const char *name);

/**
 * Whether the process has grown by more than so much.  Never with a sanitizer:
 * it keeps for some time what was freed.
 *
 * @param name		as for test_memory()
 * @param before	its value before
 * @param growth	KiB
 */
bool test_memory_grew(const char *name, size_t before, size_t growth);

/* sanitizers have terabytes of it */
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define TEST_SEARCH_MEMORY

/**
 * Get an octet of a key to be looked for, which never stands in memory of the
 * test's own.
 *
 * @param i			number of the octet, or of the digit
 * @param text		whether it is a digit of hexadecimal text
 */
uint8_t test_key_octet(u_int i, bool text);

/**
 * Count the places in all memory of the process where (the middle of) that key
 * stands.
 *
 * @param text		whether to look for it as hexadecimal text
 */
u_int test_search_memory(bool text);
#endif

#endif /** TEST_SUPPORT_H_ @}*/
