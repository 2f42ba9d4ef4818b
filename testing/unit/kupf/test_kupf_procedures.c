/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The procedures on a session, what they do to the pool of addresses, to the
 * tunnels and to the events, and that an error leaves all of it as it was.
 */

#include "kupf/protocol/kupf_parser.h"
#include "test_kupf_procedures.h"
#include "test_support.h"

#define KTNGF "ktngf=0x6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b" \
			  "6b6b6b6b"
#define A9 "derivation=ts33501-a9"
#define A22 "derivation=ts33501-a22"

/** What a request for a session may have */
#define ALLOWED (KUPF_FIELD_SESSION | KUPF_FIELDS_SESSION | \
	KUPF_FIELD_GRACE | KUPF_FIELD_REPLACE)

test_upf_t upf;

kupf_subscriber_t subscriber;

u_int events;

METHOD(kupf_subscriber_t, notify, void,
	kupf_subscriber_t *this, wire_octets_t packet)
{
	events++;
}

void start(const char *addresses, u_int max)
{
	test_upf_init(&upf, addresses, max);
	subscriber.notify = _notify;
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_SESSION_EXPIRED, &subscriber);
}

void setup()
{
	start(NULL, 0);
}

void teardown()
{
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_SESSION_EXPIRED,
							&subscriber);
	test_upf_deinit(&upf);
}

void parse(kupf_request_t *request, const char *script)
{
	kupf_error_t error = {};
	wire_reader_t elements;
	chunk_t encoding;

	memset(request, 0, sizeof(*request));
	encoding = test_encode("%s", script);
	ck_assert(wire_reader_init(&elements, test_octets(encoding)));
	ck_assert_msg(kupf_parser_message(request, &elements, ALLOWED,
									  KUPF_FIELD_SESSION, &error),
				  "%s: %s", script, error.message);
	chunk_free(&encoding);
}

/**
 * Establish or modify a session.
 *
 * @return			new reference, NULL if it was refused for that cause
 */
static kupf_session_t *run(const char *script, bool modify,
						   kupf_cause_t cause)
{
	kupf_procedures_t *sessions = upf.sessions;
	kupf_session_t *session;
	kupf_request_t request;
	kupf_error_t error = {};

	parse(&request, script);
	session = modify ? sessions->modify(sessions, &request, &error) :
					   sessions->establish(sessions, &request, &error);
	kupf_request_wipe(&request);
	ck_assert_msg(error.cause == cause, "%s: cause %d: %s", script,
				  error.cause, error.message);
	ck_assert_int_eq(session == NULL, cause != KUPF_CAUSE_NONE);
	ck_assert_int_eq(error.message[0] == '\0', cause == KUPF_CAUSE_NONE);
	return session;
}

kupf_session_t *establish(const char *script)
{
	return run(script, FALSE, KUPF_CAUSE_NONE);
}

void add(const char *script)
{
	kupf_session_unref(establish(script));
}

void refuse(const char *script, kupf_cause_t cause)
{
	run(script, FALSE, cause);
}

kupf_session_t *modify(const char *script)
{
	return run(script, TRUE, KUPF_CAUSE_NONE);
}

void change(const char *script)
{
	kupf_session_unref(modify(script));
}

void refuse_modify(const char *script, kupf_cause_t cause)
{
	run(script, TRUE, cause);
}

bool delete(const char *name, u_int *tunnels)
{
	kupf_error_t error = {};
	bool done;

	done = upf.sessions->delete(upf.sessions, name, tunnels, &error);
	ck_assert_int_eq(error.cause, done ? KUPF_CAUSE_NONE :
									KUPF_CAUSE_NO_SUCH_SESSION);
	return done;
}

void check_pool(u_int held, u_int quarantined)
{
	uint64_t h, q;

	upf.pool->get_count(upf.pool, 0, &h, &q);
	ck_assert_uint_eq(h, held);
	ck_assert_uint_eq(q, quarantined);
}

const char *upf_address(const char *name)
{
	static char text[KUPF_ADDRESS_TEXT];
	const kupf_address_t *address;
	kupf_session_t *session;

	session = upf.store->get(upf.store, name);
	ck_assert_ptr_nonnull(session);
	address = kupf_session_get_upf_address(session);
	text[0] = '\0';
	if (address->family != AF_UNSPEC)
	{
		kupf_address_print(address, text);
	}
	kupf_session_unref(session);
	return text;
}

void check_sessions(u_int count)
{
	ck_assert_uint_eq(upf.store->get_count(upf.store), count);
}

START_TEST(test_establish)
{
	uint64_t count = test_counter("sessions-established");
	kupf_session_data_t data;
	kupf_session_t *session, *found;

	session = establish("session=a ue-id=keyid:ue " KEY " pdu-session-id=5 "
						"ue-addresses=[10.0.0.1] services=[mpquic]");
	kupf_session_get_data(session, &data);
	ck_assert_str_eq(data.name, "a");
	ck_assert_int_eq(data.id_type, ID_KEY_ID);
	ck_assert(chunk_equals(data.id, chunk_from_str("ue")));
	ck_assert_uint_eq(data.key.len, 32);
	ck_assert_uint_eq(data.pdu_session_id, 5);
	ck_assert_uint_eq(data.services, KUPF_SERVICE_MPQUIC);
	ck_assert_uint_eq(data.ue_address_count, 1);
	ck_assert_int_eq(data.upf_address.family, AF_UNSPEC);
	ck_assert_uint_eq(data.generation, 1);
	ck_assert_uint_eq(data.expiry, 0);
	found = upf.store->get(upf.store, "a");
	ck_assert_ptr_eq(found, session);
	kupf_session_unref(found);
	kupf_session_unref(session);
	check_sessions(1);
	ck_assert_uint_eq(test_counter("sessions-established"), count + 1);

	session = establish("session=b ue-id=keyid:b " KEY);
	ck_assert_uint_eq(kupf_session_get_services(session), KUPF_SERVICE_IKE);
	kupf_session_unref(session);
}
END_TEST

/** Times that who waits for a session was told of it */
static u_int told;

static void tell(kupf_fetch_t *fetch, kupf_session_t *session)
{
	ck_assert_uint_eq(upf.enforcer.established, 1);
	told++;
}

/* the UE that waits goes on at once: nin3a has to know the session by then */
START_TEST(test_established_before_told)
{
	told = 0;
	upf.fetch->answer = tell;
	kupf_session_unref(establish("session=a ue-id=keyid:ue " KEY));
	ck_assert_uint_eq(told, 1);
}
END_TEST

START_TEST(test_idempotent)
{
	uint64_t count = test_counter("sessions-established");
	kupf_session_t *first, *second;

	first = establish("session=a ue-id=keyid:ue " KEY " lifetime=60 "
					  "ue-addresses=[10.0.0.1]");
	/* the same content in other words and in another order */
	second = establish("ue-addresses=[10.0.0.1] lifetime=060 session=a "
					   "services=[ike] "
					   "key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK ue-id=@#7565");
	ck_assert_ptr_eq(first, second);
	ck_assert_uint_eq(kupf_session_get_generation(second), 1);
	kupf_session_unref(first);
	kupf_session_unref(second);
	check_sessions(1);
	ck_assert_uint_eq(test_counter("sessions-established"), count + 1);
}
END_TEST

/**
 * A key with a PSK identity of its own serves exactly one service, not IKE, and
 * the rule holds for what a modification makes of a session, too.
 */
START_TEST(test_psk_identity)
{
	kupf_session_t *session;
	chunk_t identity;

	refuse("session=a ue-id=keyid:ue " KEY " psk-identity=x",
		   KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a ue-id=keyid:ue " KEY " psk-identity=x "
		   "services=[ike,tls]", KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a ue-id=keyid:ue " KEY " psk-identity=x "
		   "services=[tls,msgin5g]", KUPF_CAUSE_INVALID_FIELD);
	check_sessions(0);

	session = establish("session=a ue-id=keyid:ue " KEY " psk-identity=xyz "
						"services=[tls] snssai=1 dnn=ims");
	identity = kupf_session_get_psk_identity(session);
	ck_assert(chunk_equals(identity, chunk_from_str("xyz")));
	ck_assert_str_eq((char*)kupf_session_get_member(session,
											KUPF_MEMBER_SNSSAI).ptr, "1");
	kupf_session_unref(session);
	/* another identity is other content */
	refuse("session=a ue-id=keyid:ue " KEY " psk-identity=xy services=[tls] "
		   "snssai=1 dnn=ims", KUPF_CAUSE_SESSION_EXISTS);
	ck_assert_ptr_null(run("session=a services=[ike]", TRUE,
						   KUPF_CAUSE_INVALID_FIELD));
	session = run("session=a services=[mpquic] " KEY_2, TRUE, KUPF_CAUSE_NONE);
	identity = kupf_session_get_psk_identity(session);
	ck_assert(chunk_equals(identity, chunk_from_str("xyz")));
	kupf_session_unref(session);
	check_sessions(1);
}
END_TEST

/**
 * A session can be established with K_AF; what its derivation needs is named.
 */
START_TEST(test_akma)
{
	kupf_session_t *session;
	char key[2 * KUPF_KDF_LEN + 1];

	refuse("session=a derivation=akma-af base-key=0xa9873ba71813dd1e2bdf71d144e"
		   "203e934d001484a1addcff04d2a7e6bef1c49 services=[msgin5g]",
		   KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a derivation=akma-af base-key=0xa9873ba71813dd1e2bdf71d144e"
		   "203e934d001484a1addcff04d2a7e6bef1c49 supi=00101 "
		   "af-id=af.example.com%01%00%00%00%07", KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a derivation=akma-af kamf=0xa9873ba71813dd1e2bdf71d144e"
		   "203e934d001484a1addcff04d2a7e6bef1c49 "
		   "af-id=af.example.com%01%00%00%00%07", KUPF_CAUSE_MISSING_FIELD);
	session = establish("session=a derivation=akma-af base-key=0xa9873ba71813dd"
						"1e2bdf71d144e203e934d001484a1addcff04d2a7e6bef1c49 "
						"af-id=af.example.com%01%00%00%00%07 "
						"psk-identity=3GPP-AKMAa@b services=[msgin5g]");
	chunk_to_hex(kupf_session_get_key(session), key, FALSE);
	ck_assert_str_eq(key, "77dc9f68d97db13d0fde93aea5a260a9566569888bb2d7e44310"
					 "b289b96ca54c");
	kupf_session_unref(session);
}
END_TEST

static char *others[] = {
	"session=a ue-id=keyid:ue2 " KEY " lifetime=60 ue-addresses=[10.0.0.1]",
	"session=a ue-id=fqdn:ue " KEY " lifetime=60 ue-addresses=[10.0.0.1]",
	"session=a ue-id=keyid:ue " KEY_2 " lifetime=60 ue-addresses=[10.0.0.1]",
	"session=a ue-id=keyid:ue " KEY "00 lifetime=60 ue-addresses=[10.0.0.1]",
	"session=a ue-id=keyid:ue " KEY " lifetime=61 ue-addresses=[10.0.0.1]",
	"session=a ue-id=keyid:ue " KEY " ue-addresses=[10.0.0.1]",
	"session=a ue-id=keyid:ue " KEY " lifetime=60 ue-addresses=[10.0.0.2]",
	"session=a ue-id=keyid:ue " KEY " lifetime=60",
	"session=a ue-id=keyid:ue " KEY " lifetime=60 ue-addresses=[10.0.0.1] "
		"services=[mpquic]",
	"session=a ue-id=keyid:ue " KEY " lifetime=60 ue-addresses=[10.0.0.1] "
		"pdu-session-id=1",
	"session=a ue-id=keyid:ue " KEY " lifetime=60 ue-addresses=[10.0.0.1] "
		"upf-address=192.0.2.4",
};

START_TEST(test_other_content)
{
	add("session=a ue-id=keyid:ue " KEY " lifetime=60 "
		"ue-addresses=[10.0.0.1]");
	refuse(others[_i], KUPF_CAUSE_SESSION_EXISTS);
	check_sessions(1);
	add("session=a ue-id=keyid:ue " KEY " lifetime=60 "
		"ue-addresses=[10.0.0.1]");
}
END_TEST

START_TEST(test_missing)
{
	refuse("session=a", KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a ue-id=keyid:ue", KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " KEY, KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " KAMF, KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " RAND, KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a ue-id=keyid:ue fc=0x6e", KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a ue-id=keyid:ue " KEY " " RAND,
		   KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a ue-id=keyid:ue " KEY " fc=0x6e",
		   KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " KEY " " KAMF " " RAND, KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a " KEY " " KTNGF, KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a " KEY " derivation=kupf", KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " KTNGF " " RAND, KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " KAMF " " KTNGF " " RAND, KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a " KAMF " " RAND " nas-count=1",
		   KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a " KAMF " " A9, KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " KAMF " " A9 " nas-count=1", KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " KAMF " " A9 " distinguisher=0xF1",
		   KUPF_CAUSE_MISSING_FIELD);
	refuse("session=a " KAMF " " A9 " nas-count=1 distinguisher=0xF1 " RAND,
		   KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a " KAMF " " A9 " nas-count=1 distinguisher=0xF1 fc=0x6e",
		   KUPF_CAUSE_INVALID_FIELD);
	refuse("session=a " KAMF " " A22 " distinguisher=0xF1",
		   KUPF_CAUSE_MISSING_FIELD);
	check_sessions(0);
}
END_TEST

/**
 * Derivations: request, and FC and PDU session ID that go into it.
 */
static struct {
	char *script;
	uint16_t fc;
	uint8_t pdu_session_id;
} derivations[] = {
	{ "session=a " KAMF " " RAND, KUPF_KDF_FC_DEFAULT, 0 },
	{ "session=a " KAMF " " RAND " derivation=kupf fc=0x6e", 0x6e, 0 },
	{ "session=a " KAMF " " RAND " pdu-session-id=5", KUPF_KDF_FC_DEFAULT,
	  5 },
	{ "pdu-session-id=15 fc=0xff01 " RAND " " KAMF " session=a", 0xff01, 15 },
	{ "session=a " KAMF " " A9 " nas-count=305419896 distinguisher=0xff",
	  0, 0 },
	{ "session=a " KTNGF " " A22 " distinguisher=0xF1 pdu-session-id=5", 0,
	  5 },
};

void derive(int i, uint8_t key[KUPF_KDF_LEN],
			uint8_t id[KUPF_DERIVATION_ID_LEN])
{
	const kupf_derivation_t *derivation;
	kupf_request_t request;
	kupf_inputs_t inputs = {
		.fc = derivations[i].fc,
		.pdu_session_id = derivations[i].pdu_session_id,
	};

	parse(&request, derivations[i].script);
	inputs.key = chunk_from_thing(request.base);
	inputs.rand = chunk_create(request.rand, request.rand_len);
	inputs.nas_count = request.nas_count;
	inputs.distinguisher = request.distinguisher;
	derivation = request.derivation ?: KUPF_DERIVATION_DEFAULT;
	inputs.given = derivation->required;
	if (inputs.pdu_session_id)
	{
		inputs.given |= derivation->optional;
	}
	ck_assert(kupf_derivation_derive(derivation, &inputs, key, id));
}

START_TEST(test_derive)
{
	uint8_t key[KUPF_KDF_LEN], id[KUPF_DERIVATION_ID_LEN];
	kupf_session_t *session, *found;
	kupf_session_data_t data;
	char script[512], hex[2 * KUPF_KDF_LEN + 1];

	derive(_i, key, id);
	session = establish(derivations[_i].script);
	kupf_session_get_data(session, &data);
	ck_assert(chunk_equals(data.key, chunk_from_thing(key)));
	ck_assert_int_eq(data.id_type, ID_KEY_ID);
	ck_assert(chunk_equals(data.id, chunk_from_thing(id)));
	ck_assert_uint_eq(data.pdu_session_id, derivations[_i].pdu_session_id);
	found = upf.store->find(upf.store, ID_KEY_ID, chunk_from_thing(id));
	ck_assert_ptr_eq(found, session);
	kupf_session_unref(found);
	/* the same again, derived here or by the client */
	found = establish(derivations[_i].script);
	ck_assert_ptr_eq(found, session);
	kupf_session_unref(found);
	chunk_to_hex(chunk_from_thing(key), hex, FALSE);
	snprintf(script, sizeof(script), "session=a key=0x%s", hex);
	chunk_to_hex(chunk_from_thing(id), hex, FALSE);
	snprintf(script + strlen(script), sizeof(script) - strlen(script),
			 " ue-id=@#%s", hex);
	if (derivations[_i].pdu_session_id)
	{
		snprintf(script + strlen(script), sizeof(script) - strlen(script),
				 " pdu-session-id=%u", derivations[_i].pdu_session_id);
	}
	found = establish(script);
	ck_assert_ptr_eq(found, session);
	kupf_session_unref(found);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_derive_named)
{
	uint8_t key[KUPF_KDF_LEN], id[KUPF_DERIVATION_ID_LEN];
	kupf_session_t *session;
	kupf_session_data_t data;

	derive(0, key, id);
	session = establish("session=a ue-id=email:u@x " KAMF " " RAND);
	kupf_session_get_data(session, &data);
	ck_assert(chunk_equals(data.key, chunk_from_thing(key)));
	ck_assert_int_eq(data.id_type, ID_RFC822_ADDR);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_identity_in_use)
{
	add("session=a ue-id=keyid:ue " KEY);
	refuse("session=b ue-id=keyid:ue " KEY, KUPF_CAUSE_IDENTITY_IN_USE);
	refuse("session=b ue-id=@#7565 " KEY_2, KUPF_CAUSE_IDENTITY_IN_USE);
	add("session=b ue-id=keyid:UE " KEY);
	add("session=c ue-id=fqdn:ue " KEY);
	refuse_modify("session=b ue-id=keyid:ue", KUPF_CAUSE_IDENTITY_IN_USE);
	check_sessions(3);
}
END_TEST

START_TEST(test_limit)
{
	teardown();
	start("192.0.2.1-192.0.2.4", 2);
	add("session=a ue-id=keyid:a " KEY);
	add("session=b ue-id=keyid:b " KEY);
	check_pool(2, 0);
	refuse("session=c ue-id=keyid:c " KEY, KUPF_CAUSE_LIMIT_REACHED);
	refuse("session=c ue-id=keyid:c upf-address=192.0.2.4 " KEY,
		   KUPF_CAUSE_LIMIT_REACHED);
	check_sessions(2);
	/* no address was taken in vain: tries without end use up nothing */
	check_pool(2, 0);
	add("session=a ue-id=keyid:a " KEY);
	change("session=a lifetime=5");
	ck_assert(delete("a", &(u_int){ 0 }));
	add("session=c ue-id=keyid:c " KEY);
}
END_TEST

START_TEST(test_delete)
{
	uint64_t count = test_counter("sessions-deleted");
	u_int tunnels = 99;

	ck_assert(!delete("a", &tunnels));
	add("session=a ue-id=keyid:ue " KEY);
	upf.enforcer.tunnels = 3;
	ck_assert(delete("a", &tunnels));
	ck_assert_uint_eq(tunnels, 3);
	ck_assert_uint_eq(upf.enforcer.closed, 1);
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_DELETED);
	ck_assert_str_eq(upf.enforcer.name, "a");
	ck_assert(!delete("a", &tunnels));
	check_sessions(0);
	ck_assert_uint_eq(test_counter("sessions-deleted"), count + 1);
	ck_assert_uint_eq(events, 0);
	/* the name and the identity are free */
	add("session=a ue-id=keyid:ue " KEY_2);
}
END_TEST

void put_expired(const char *name, const char *id, const char *address)
{
	kupf_session_data_t data;
	kupf_session_t *session;

	test_session_data(&data, name, ID_KEY_ID, id);
	data.lifetime = 1;
	data.expiry = time_monotonic(NULL);
	if (address)
	{
		ck_assert(kupf_address_parse(chunk_from_str((char*)address),
									 &data.upf_address));
		ck_assert_int_eq(upf.pool->reserve(upf.pool, data.name, &data.upf_address),
						 KUPF_POOL_OK);
		data.upf_address_pooled = TRUE;
	}
	session = kupf_session_create(&data);
	ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
	kupf_session_unref(session);
}

static Suite *kupf_procedures_suite()
{
	Suite *suite = suite_create("kupf_procedures");
	TCase *tc = test_case(suite, "sessions", 30, setup, teardown);

	tcase_add_test(tc, test_establish);
	tcase_add_test(tc, test_established_before_told);
	tcase_add_test(tc, test_idempotent);
	tcase_add_test(tc, test_psk_identity);
	tcase_add_test(tc, test_akma);
	tcase_add_loop_test(tc, test_other_content, 0, countof(others));
	tcase_add_test(tc, test_missing);
	tcase_add_loop_test(tc, test_derive, 0, countof(derivations));
	tcase_add_test(tc, test_derive_named);
	tcase_add_test(tc, test_identity_in_use);
	tcase_add_test(tc, test_limit);
	tcase_add_test(tc, test_delete);

	kupf_procedures_modify_cases(suite);
	kupf_procedures_expiry_cases(suite);
	kupf_procedures_addresses_cases(suite);
	kupf_procedures_memory_cases(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_procedures_suite());
}
