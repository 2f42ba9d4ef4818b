/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "test_support.h"
#include "kupf/kupf_counters.h"
#include "kupf/keys/kupf_secret.h"
#include "test_runner.h"

#include <sa/ikev2/keymat_v2.h>

#include <ctype.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/** Longest text of a message, and room for its encoding */
#define SCRIPT_MAX (256 * 1024)

METHOD(kupf_enforcer_t, get_role, kupf_role_t,
	test_enforcer_t *this, kupf_role_t *attached)
{
	return *attached = this->role;
}

METHOD(kupf_enforcer_t, covers, bool,
	test_enforcer_t *this, ike_sa_t *ike_sa)
{
	__atomic_add_fetch(&this->asked, 1, __ATOMIC_RELAXED);
	return this->covered;
}

METHOD(kupf_enforcer_t, own, kupf_session_t*,
	test_enforcer_t *this, ike_sa_t *ike_sa)
{
	return this->own ? kupf_session_ref(this->own) : NULL;
}

METHOD(kupf_enforcer_t, accepts, const char*,
	test_enforcer_t *this, const kupf_session_data_t *data)
{
	return this->missing;
}

METHOD(kupf_enforcer_t, established, void,
	test_enforcer_t *this, kupf_session_t *session)
{
	kupf_consumers_t *consumers = this->public.consumers;

	this->established++;
	if (consumers)
	{
		consumers->established(consumers, session);
	}
}

METHOD(kupf_enforcer_t, count_tunnels, u_int,
	test_enforcer_t *this, const char *session)
{
	return this->tunnels;
}

METHOD(kupf_enforcer_t, describe, u_int,
	test_enforcer_t *this, const char *session, kupf_tunnel_t *tunnels,
	u_int max)
{
	u_int i, j, count = min(this->tunnels, max);

	for (i = 0; i < count; i++)
	{
		tunnels[i] = (kupf_tunnel_t){
			.ike_sa = i + 1,
			.up_as = i + 100,
			.spi_i = htobe64(0x1111),
			.spi_r = htobe64(0xfedcba9876543210),
			.local = { { AF_INET, { 192, 0, 2, 1 } }, 4500 },
			.remote = { { AF_INET6, { 0x20, 0x01, 0x0d, 0xb8 } }, 65535 },
			.generation = 4294967295,
			.established = time_monotonic(NULL),
			.assigned = { this->assigned },
			.assigned_count = this->assigned.family != AF_UNSPEC,
			.child_count = KUPF_CHILDREN_MAX,
		};
		for (j = 0; j < KUPF_CHILDREN_MAX; j++)
		{
			tunnels[i].children[j].spi_in = 0xabc0 + j;
			tunnels[i].children[j].spi_out = UINT32_MAX;
			tunnels[i].children[j].if_id_in = 0x10 + j;
			tunnels[i].children[j].if_id_out = UINT32_MAX - j;
			memset(tunnels[i].children[j].name, 'x', KUPF_CHILD_NAME - 1);
			tunnels[i].children[j].name[KUPF_CHILD_NAME - 1] = '\0';
		}
	}
	return count;
}

METHOD(kupf_enforcer_t, measure, void,
	test_enforcer_t *this, kupf_tunnel_t *tunnel)
{
	kupf_child_t *child = &tunnel->children[0];

	__atomic_add_fetch(&this->measuring, 1, __ATOMIC_RELAXED);
	if (this->stalled)
	{
		sem_wait(this->stalled);
	}
	*child = (kupf_child_t){
		.spi_in = child->spi_in,
		.measured = TRUE,
		.in = { UINT64_MAX, 4711, time_monotonic(NULL) },
		.out = { 0, 0, 0 },
	};
	__atomic_add_fetch(&this->measured, 1, __ATOMIC_RELAXED);
}

METHOD(kupf_enforcer_t, get_attempts, bool,
	test_enforcer_t *this, const char *session, kupf_attempts_t *attempts)
{
	if (this->attempts)
	{
		*attempts = *this->attempts;
	}
	return this->attempts != NULL;
}

METHOD(kupf_enforcer_t, retry, bool,
	test_enforcer_t *this, const char *session, bool *waited)
{
	*waited = this->attempts && this->attempts->next;
	return this->attempts != NULL;
}

METHOD(kupf_enforcer_t, vacate, bool,
	test_enforcer_t *this, const char *session, uint32_t up_as,
	u_int *tunnels)
{
	this->vacated = up_as;
	this->reason = KUPF_REASON_MOVED;
	snprintf(this->name, sizeof(this->name), "%s", session);
	*tunnels = this->tunnels;
	return this->attempts == NULL;
}

METHOD(kupf_enforcer_t, uses, bool,
	test_enforcer_t *this, const char *session, const char *dnn,
	const kupf_address_t *address)
{
	return this->used;
}

METHOD(kupf_enforcer_t, close_, u_int,
	test_enforcer_t *this, kupf_session_t *session, kupf_reason_t reason)
{
	kupf_consumers_t *consumers = this->public.consumers;

	if (consumers)
	{
		consumers->closed(consumers, session, reason);
	}
	this->closed++;
	this->reason = reason;
	snprintf(this->name, sizeof(this->name), "%s",
			 kupf_session_get_name(session));
	return this->tunnels;
}

METHOD(kupf_enforcer_t, replaced, void,
	test_enforcer_t *this, kupf_session_t *old, kupf_session_t *new,
	uint32_t grace)
{
	kupf_consumers_t *consumers = this->public.consumers;

	if (consumers)
	{
		consumers->replaced(consumers, old, new, grace);
	}
	this->replaced++;
	this->from = kupf_session_get_generation(old);
	this->to = kupf_session_get_generation(new);
	this->grace = grace;
}

METHOD(kupf_enforcer_t, counters, void,
	test_enforcer_t *this, kupf_counter_cb_t cb, void *user)
{
	cb(user, "test-tunnels", this->tunnels);
}

/*
 * Described in header
 */
void test_enforcer_init(test_enforcer_t *this)
{
	*this = (test_enforcer_t){
		.public = {
			.get_role = _get_role,
			.covers = _covers,
			.own = _own,
			.accepts = _accepts,
			.established = _established,
			.count_tunnels = _count_tunnels,
			.describe = _describe,
			.measure = _measure,
			.get_attempts = _get_attempts,
			.retry = _retry,
			.uses = _uses,
			.close = _close_,
			.vacate = _vacate,
			.replaced = _replaced,
			.counters = _counters,
			.check = (void*)nop,
		},
		.role = KUPF_ROLE_UPF,
		.covered = TRUE,
	};
}

/*
 * Described in header
 */
void test_session_data(kupf_session_data_t *data, const char *name,
					   id_type_t type, const char *id)
{
	static char key[] = "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK";

	*data = (kupf_session_data_t){
		.name = name,
		.id_type = type,
		.id = chunk_from_str((char*)id),
		.key = chunk_from_str(key),
		.services = KUPF_SERVICE_IKE,
		.generation = 1,
	};
}

/*
 * Described in header
 */
kupf_session_t *test_session(const char *name, id_type_t type, const char *id,
							 uint32_t expiry)
{
	kupf_session_data_t data;
	kupf_session_t *session;

	test_session_data(&data, name, type, id);
	data.lifetime = expiry ? 1 : 0;
	data.expiry = expiry;
	session = kupf_session_create(&data);
	ck_assert_ptr_nonnull(session);
	return session;
}

/**
 * Value of a hexadecimal digit.
 */
static uint8_t digit(char c)
{
	ck_assert_msg(isxdigit((u_char)c), "'%c' is no hexadecimal digit", c);
	return isdigit((u_char)c) ? c - '0' : tolower((u_char)c) - 'a' + 10;
}

/**
 * Encode a name or value up to one of the characters in end.
 */
static char *encode_text(char *pos, const char *end, uint8_t *out, size_t *len)
{
	*len = 0;
	while (*pos && !strchr(end, *pos))
	{
		if (*pos == '%')
		{
			out[(*len)++] = digit(pos[1]) << 4 | digit(pos[2]);
			pos += 3;
		}
		else
		{
			out[(*len)++] = *pos++;
		}
	}
	return pos;
}

/**
 * Encode a value with its length.
 */
static char *encode_value(char *pos, const char *end, uint8_t **out)
{
	size_t len;

	pos = encode_text(pos, end, *out + 2, &len);
	htoun16(*out, len);
	*out += 2 + len;
	return pos;
}

/**
 * Encode what starts with a name.
 */
static char *encode_named(char *pos, uint8_t **out)
{
	uint8_t *type = (*out)++;
	size_t len;

	pos = encode_text(pos, "= ", *out + 1, &len);
	ck_assert_msg(*pos == '=', "'=' expected before '%s'", pos);
	*(*out)++ = len;
	*out += len;
	switch (*++pos)
	{
		case '{':
			*type = VICI_SECTION_START;
			return pos + 1;
		case '[':
			*type = VICI_LIST_START;
			pos++;
			while (*pos != ']')
			{
				*(*out)++ = VICI_LIST_ITEM;
				pos = encode_value(pos, ",]", out);
				pos += *pos == ',';
				ck_assert_msg(*pos, "']' expected at the end");
			}
			*(*out)++ = VICI_LIST_END;
			return pos + 1;
		default:
			*type = VICI_KEY_VALUE;
			return encode_value(pos, " ", out);
	}
}

/**
 * Encode the text of a message.
 */
static chunk_t encode(char *pos)
{
	uint8_t *buf, *out;

	buf = out = malloc(2 * SCRIPT_MAX);
	while (*pos)
	{
		switch (*pos)
		{
			case ' ':
				pos++;
				break;
			case '}':
				*out++ = VICI_SECTION_END;
				pos++;
				break;
			case '<':
				for (pos++; *pos != '>'; pos += 2)
				{
					*out++ = digit(pos[0]) << 4 | digit(pos[1]);
				}
				pos++;
				break;
			default:
				pos = encode_named(pos, &out);
				break;
		}
	}
	/* no room behind the end, so that a read beyond it is seen */
	return chunk_create(realloc(buf, max(out - buf, 1)), out - buf);
}

static chunk_t vencode(const char *fmt, va_list args)
{
	chunk_t encoding;
	char *script;

	script = malloc(SCRIPT_MAX);
	ck_assert_int_lt(vsnprintf(script, SCRIPT_MAX, fmt, args), SCRIPT_MAX);
	encoding = encode(script);
	free(script);
	return encoding;
}

/*
 * Described in header
 */
chunk_t test_encode(const char *fmt, ...)
{
	chunk_t encoding;
	va_list args;

	va_start(args, fmt);
	encoding = vencode(fmt, args);
	va_end(args);
	return encoding;
}

/*
 * Described in header
 */
vici_message_t *test_message(const char *fmt, ...)
{
	chunk_t encoding;
	va_list args;

	va_start(args, fmt);
	encoding = vencode(fmt, args);
	va_end(args);
	return vici_message_create_from_data(encoding, TRUE);
}

/*
 * Described in header
 */
const char *test_value(vici_message_t *message, const char *key)
{
	return message->get_str(message, "", "%s", key);
}

/*
 * Described in header
 */
bool test_begins(vici_message_t *message, const char *list, const char *item)
{
	enumerator_t *enumerator = message->create_enumerator(message);
	vici_type_t type;
	chunk_t value;
	char *name;
	bool found = FALSE;

	while (!found && enumerator->enumerate(enumerator, &type, &name, &value))
	{
		found = type == VICI_LIST_START && streq(name, list) &&
				enumerator->enumerate(enumerator, &type, &name, &value) &&
				type == VICI_LIST_ITEM &&
				chunk_equals(value, chunk_from_str((char*)item));
	}
	enumerator->destroy(enumerator);
	return found;
}

/*
 * Described in header
 */
vici_message_t *test_read_packet(wire_octets_t packet, wire_packet_type_t type)
{
	wire_octets_t body;
	wire_packet_t parsed;
	chunk_t encoding;
	size_t size;

	ck_assert_int_eq(wire_packet_cut(packet, &body, &size), WIRE_PACKET_WHOLE);
	ck_assert_uint_eq(size, packet.len);
	ck_assert(wire_packet_parse(body, &parsed));
	ck_assert_int_eq(parsed.type, type);
	encoding = chunk_create((u_char*)parsed.message.ptr, parsed.message.len);
	ck_assert(test_is_message(encoding));
	return vici_message_create_from_data(chunk_clone(encoding), TRUE);
}

/** Counter looked for */
typedef struct {
	const char *name;
	uint64_t value;
} counter_t;

CALLBACK(find_counter, void,
	counter_t *counter, const char *name, uint64_t value)
{
	if (streq(counter->name, name))
	{
		counter->value = value;
	}
}

/*
 * Described in header
 */
ike_version_t test_get_version(ike_sa_t *ike_sa)
{
	return IKEV2;
}

/*
 * Described in header
 */
keymat_t *test_get_keymat(ike_sa_t *ike_sa)
{
	static __thread keymat_v2_t keymat;

	return &keymat.keymat;
}

/*
 * Described in header
 */
uint64_t test_counter(const char *name)
{
	counter_t counter = {
		.name = name,
		.value = UINT64_MAX,
	};

	kupf_counters_report(find_counter, &counter);
	ck_assert_msg(counter.value != UINT64_MAX, "no counter '%s'", name);
	return counter.value;
}

/*
 * Described in header
 */
size_t test_memory(const char *name)
{
	char line[128];
	size_t len = strlen(name), size = 0;
	FILE *file;

	file = fopen("/proc/self/status", "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file))
	{
		if (strneq(line, name, len) && line[len] == ':')
		{
			size = strtoul(line + len + 1, NULL, 10);
		}
	}
	fclose(file);
	ck_assert_uint_gt(size, 0);
	return size;
}

/*
 * Described in header
 */
bool test_memory_grew(const char *name, size_t before, size_t growth)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return FALSE;
#else
	return test_memory(name) > before + growth;
#endif
}

#ifdef TEST_SEARCH_MEMORY
/*
 * Described in header
 */
uint8_t test_key_octet(u_int i, bool text)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t octet = 0x35 ^ (i / (text ? 2 : 1) * 0x1d);

	return !text ? octet : digits[i % 2 ? octet & 0x0f : octet >> 4];
}

/**
 * Count the places where the middle of the key stands.
 */
static u_int count_keys(const uint8_t *data, size_t len, bool text)
{
	u_int first = text ? 16 : 8, count = 0, j;
	size_t i;

	for (i = 0; i + first <= len; i++)
	{
		for (j = 0; j < first &&
			 data[i + j] == test_key_octet(first + j, text); j++)
		{
			/* look on */
		}
		count += j == first;
	}
	return count;
}

/*
 * Described in header
 */
u_int test_search_memory(bool text)
{
	uintptr_t from, to;
	char line[512], perms[8];
	uint8_t *copy;
	u_int count = 0;
	ssize_t len;
	FILE *maps;
	int mem;

	maps = fopen("/proc/self/maps", "r");
	mem = open("/proc/self/mem", O_RDONLY);
	if (!maps || mem < 0)
	{
		abort();
	}
	while (fgets(line, sizeof(line), maps))
	{
		if (sscanf(line, "%lx-%lx %7s", &from, &to, perms) != 3 ||
			perms[0] != 'r' || perms[1] != 'w' || to - from > (1 << 30))
		{
			continue;
		}
		copy = kupf_secret_alloc(to - from);
		len = pread(mem, copy, to - from, from);
		if (len > 0)
		{
			count += count_keys(copy, len, text);
		}
		kupf_secret_free(copy, to - from);
	}
	fclose(maps);
	close(mem);
	return count;
}
#endif
