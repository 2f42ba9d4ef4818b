/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The procedures on a session, what they do to the pool of addresses, to the
 * tunnels and to the events, and that an error leaves all of it as it was.
 */

#include "kupf/kupf_counters.h"
#include "kupf/procedures/kupf_removal.h"
#include "kupf/protocol/kupf_parser.h"
#include "test_runner.h"
#include "test_support.h"
#include "test_upf.h"

/** Keys */
#define KEY "key=0x4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
#define KEY_2 "key=0x32323232323232323232323232323232323232323232323232323232323232" \
			  "32"
#define KAMF "kamf=0x6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b" \
			 "6b"
#define KTNGF "ktngf=0x6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b" \
			  "6b6b6b6b"
#define A9 "derivation=ts33501-a9"
#define A22 "derivation=ts33501-a22"
#define RAND "rand=000102030405060708090a0b0c0d0e0f"

/** What a request for a session may have */
#define ALLOWED (KUPF_FIELD_SESSION | KUPF_FIELDS_SESSION | \
	KUPF_FIELD_GRACE | KUPF_FIELD_REPLACE)

static test_upf_t upf;

/** Subscriber to session-expired */
static kupf_subscriber_t subscriber;

/** Events that it got */
static u_int events;

METHOD(kupf_subscriber_t, notify, void,
	kupf_subscriber_t *this, wire_octets_t packet)
{
	events++;
}

static void start(const char *addresses, u_int max)
{
	test_upf_init(&upf, addresses, max);
	subscriber.notify = _notify;
	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_SESSION_EXPIRED, &subscriber);
}

static void setup()
{
	start(NULL, 0);
}

static void setup_pool()
{
	start("192.0.2.1-192.0.2.4", 0);
}

static void teardown()
{
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_SESSION_EXPIRED,
							&subscriber);
	test_upf_deinit(&upf);
}

static void parse(kupf_request_t *request, const char *script)
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

static kupf_session_t *establish(const char *script)
{
	return run(script, FALSE, KUPF_CAUSE_NONE);
}

/**
 * Establish a session that the test does not need to see.
 */
static void add(const char *script)
{
	kupf_session_unref(establish(script));
}

static void refuse(const char *script, kupf_cause_t cause)
{
	run(script, FALSE, cause);
}

static kupf_session_t *modify(const char *script)
{
	return run(script, TRUE, KUPF_CAUSE_NONE);
}

static void change(const char *script)
{
	kupf_session_unref(modify(script));
}

static void refuse_modify(const char *script, kupf_cause_t cause)
{
	run(script, TRUE, cause);
}

static bool delete(const char *name, u_int *tunnels)
{
	kupf_error_t error = {};
	bool done;

	done = upf.sessions->delete(upf.sessions, name, tunnels, &error);
	ck_assert_int_eq(error.cause, done ? KUPF_CAUSE_NONE :
									KUPF_CAUSE_NO_SUCH_SESSION);
	return done;
}

/**
 * Check how many addresses are held and in quarantine.
 */
static void check_pool(u_int held, u_int quarantined)
{
	uint64_t h, q;

	upf.pool->get_count(upf.pool, &h, &q);
	ck_assert_uint_eq(h, held);
	ck_assert_uint_eq(q, quarantined);
}

/**
 * UPF address of a session, "" if it has none.
 */
static const char *upf_address(const char *name)
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

static void check_sessions(u_int count)
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
	ck_assert_str_eq(kupf_session_get_snssai(session), "1");
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

static void derive(int i, uint8_t key[KUPF_KDF_LEN],
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

START_TEST(test_modify)
{
	uint64_t count = test_counter("sessions-modified");
	kupf_session_data_t data;
	kupf_session_t *session;
	uint32_t expiry;

	session = establish("session=a ue-id=keyid:ue " KEY " lifetime=1000 "
						"pdu-session-id=5 upf-address=192.0.2.1 "
						"ue-addresses=[10.0.0.1,10.0.0.2] services=[mpquic]");
	expiry = kupf_session_get_expiry(session);
	kupf_session_unref(session);

	/* only what is named changes */
	session = modify("session=a " KEY_2);
	kupf_session_get_data(session, &data);
	ck_assert_uint_eq(data.generation, 2);
	ck_assert_int_eq(data.key.ptr[0], '2');
	ck_assert(chunk_equals(data.id, chunk_from_str("ue")));
	ck_assert_int_eq(data.id_type, ID_KEY_ID);
	ck_assert_uint_eq(data.lifetime, 1000);
	ck_assert_uint_eq(data.expiry, expiry);
	ck_assert_uint_eq(data.pdu_session_id, 5);
	ck_assert_uint_eq(data.services, KUPF_SERVICE_MPQUIC);
	ck_assert_uint_eq(data.ue_address_count, 2);
	kupf_session_unref(session);
	ck_assert_str_eq(upf_address("a"), "192.0.2.1");
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
	ck_assert_uint_eq(upf.enforcer.from, 1);
	ck_assert_uint_eq(upf.enforcer.to, 2);
	ck_assert_uint_eq(upf.enforcer.grace, UINT32_MAX);

	session = modify("session=a ue-addresses=[] services=[ike] grace=7 "
					 "pdu-session-id=6 ue-id=fqdn:x");
	kupf_session_get_data(session, &data);
	ck_assert_uint_eq(data.generation, 3);
	ck_assert_int_eq(data.key.ptr[0], '2');
	ck_assert_int_eq(data.id_type, ID_FQDN);
	ck_assert_uint_eq(data.pdu_session_id, 6);
	ck_assert_uint_eq(data.services, KUPF_SERVICE_IKE);
	ck_assert_uint_eq(data.ue_address_count, 0);
	ck_assert_uint_eq(data.expiry, expiry);
	kupf_session_unref(session);
	ck_assert_uint_eq(upf.enforcer.grace, 7);
	ck_assert_ptr_null(upf.store->find(upf.store, ID_KEY_ID,
									   chunk_from_str("ue")));

	session = modify("session=a lifetime=5000");
	ck_assert_uint_ge(kupf_session_get_expiry(session), expiry + 3999);
	kupf_session_unref(session);
	session = modify("session=a lifetime=0");
	ck_assert_uint_eq(kupf_session_get_expiry(session), 0);
	ck_assert_uint_eq(kupf_session_get_generation(session), 5);
	kupf_session_unref(session);
	check_sessions(1);
	ck_assert_uint_eq(test_counter("sessions-modified"), count + 4);
	ck_assert_uint_eq(upf.enforcer.closed, 0);
}
END_TEST

START_TEST(test_modify_derived)
{
	uint8_t key[KUPF_KDF_LEN], id[KUPF_DERIVATION_ID_LEN];
	kupf_session_t *session;
	kupf_session_data_t data;

	/* kamf and rand: new key with new identifier, PDU session ID as before */
	derive(2, key, id);
	add("session=a ue-id=keyid:ue pdu-session-id=5 " KEY);
	session = modify("session=a " KAMF " " RAND);
	kupf_session_get_data(session, &data);
	ck_assert(chunk_equals(data.key, chunk_from_thing(key)));
	ck_assert(chunk_equals(data.id, chunk_from_thing(id)));
	ck_assert_uint_eq(data.pdu_session_id, 5);
	kupf_session_unref(session);
	/* with an identity of its own */
	session = modify("session=a ue-id=fqdn:x " KAMF " " RAND);
	kupf_session_get_data(session, &data);
	ck_assert(chunk_equals(data.key, chunk_from_thing(key)));
	ck_assert_int_eq(data.id_type, ID_FQDN);
	kupf_session_unref(session);
	/* another PDU session ID in the same breath */
	derive(0, key, id);
	session = modify("session=a pdu-session-id=6 " KAMF " " RAND);
	kupf_session_get_data(session, &data);
	ck_assert(!chunk_equals(data.key, chunk_from_thing(key)));
	ck_assert_uint_eq(data.pdu_session_id, 6);
	kupf_session_unref(session);

	refuse_modify("session=a " KAMF, KUPF_CAUSE_MISSING_FIELD);
	refuse_modify("session=a " RAND, KUPF_CAUSE_MISSING_FIELD);
	refuse_modify("session=a fc=0x6e " KEY, KUPF_CAUSE_MISSING_FIELD);
	refuse_modify("session=a " KEY " " KAMF " " RAND,
				  KUPF_CAUSE_INVALID_FIELD);
	session = upf.store->get(upf.store, "a");
	ck_assert_uint_eq(kupf_session_get_generation(session), 4);
	kupf_session_unref(session);
}
END_TEST

/* what the enforcer needs is asked for before anything is stored */
START_TEST(test_not_accepted)
{
	kupf_session_t *session;

	upf.enforcer.missing = "upf-address";
	refuse("session=a ue-id=keyid:a " KEY, KUPF_CAUSE_MISSING_FIELD);
	check_sessions(0);
	check_pool(0, 0);
	ck_assert_uint_eq(upf.enforcer.established, 0);

	upf.enforcer.missing = NULL;
	session = establish("session=a ue-id=keyid:a " KEY);
	ck_assert_uint_eq(upf.enforcer.established, 1);
	/* the same again is not a new one */
	upf.enforcer.missing = "upf-address";
	add("session=a ue-id=keyid:a " KEY);
	ck_assert_uint_eq(upf.enforcer.established, 1);

	refuse_modify("session=a lifetime=5", KUPF_CAUSE_MISSING_FIELD);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);
	check_sessions(1);
	add("session=a ue-id=keyid:a " KEY);
	kupf_session_unref(session);
}
END_TEST

/**
 * Check generation and life of session "a".
 */
static void check_generation(uint32_t generation, uint32_t lifetime)
{
	kupf_session_t *session = upf.store->get(upf.store, "a");
	kupf_session_data_t data;

	ck_assert_ptr_nonnull(session);
	kupf_session_get_data(session, &data);
	ck_assert_uint_eq(data.generation, generation);
	ck_assert_uint_eq(data.lifetime, lifetime);
	kupf_session_unref(session);
}

/* what the client says counts: a later one wins, an earlier one is refused */
START_TEST(test_generation)
{
	add("session=a ue-id=keyid:a generation=7 lifetime=100 " KEY);
	check_generation(7, 100);

	/* the same generation with what is left of its life is the same */
	add("session=a ue-id=keyid:a generation=7 lifetime=90 " KEY);
	change("session=a generation=7 lifetime=80 " KEY);
	check_generation(7, 100);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);

	/* anything else is not, whether it may replace the session or not */
	refuse("session=a ue-id=keyid:a generation=7 lifetime=100 " KEY_2,
		   KUPF_CAUSE_STALE_GENERATION);
	refuse("session=a ue-id=keyid:b generation=7 lifetime=100 " KEY,
		   KUPF_CAUSE_STALE_GENERATION);
	refuse_modify("session=a generation=7 " KEY_2, KUPF_CAUSE_STALE_GENERATION);
	refuse("session=a ue-id=keyid:a generation=6 lifetime=100 " KEY,
		   KUPF_CAUSE_STALE_GENERATION);
	refuse_modify("session=a generation=6 " KEY_2, KUPF_CAUSE_STALE_GENERATION);
	refuse_modify("session=a generation=1", KUPF_CAUSE_STALE_GENERATION);
	check_generation(7, 100);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);

	/* a later one, with gaps */
	change("session=a generation=9 " KEY_2);
	check_generation(9, 100);
	ck_assert_uint_eq(upf.enforcer.replaced, 1);
	refuse_modify("session=a generation=8 " KEY, KUPF_CAUSE_STALE_GENERATION);
	/* who gives none goes on from there */
	change("session=a lifetime=50");
	check_generation(10, 50);
	/* it is content: without leave to replace the session, it stays */
	refuse("session=a ue-id=keyid:a generation=11 lifetime=50 " KEY_2,
		   KUPF_CAUSE_SESSION_EXISTS);
	change("session=a generation=4294967295");
	check_generation(UINT32_MAX, 50);
	change("session=a generation=4294967295");
	refuse_modify("session=a lifetime=60", KUPF_CAUSE_LIMIT_REACHED);
	check_generation(UINT32_MAX, 50);
}
END_TEST

/* so do establishments that may replace the session */
START_TEST(test_generation_replace)
{
	add("session=a ue-id=keyid:a generation=3 " KEY);
	add("session=a ue-id=keyid:a generation=4 replace=yes " KEY_2);
	check_generation(4, 0);
	/* what comes late does not bring the old key back */
	refuse("session=a ue-id=keyid:a generation=3 replace=yes " KEY,
		   KUPF_CAUSE_STALE_GENERATION);
	refuse("session=a ue-id=keyid:a generation=4 replace=yes " KEY,
		   KUPF_CAUSE_STALE_GENERATION);
	add("session=a ue-id=keyid:a generation=4 replace=yes " KEY_2);
	check_generation(4, 0);
	/* the same content, later: the generation is kept */
	add("session=a ue-id=keyid:a generation=6 replace=yes " KEY_2);
	check_generation(6, 0);
	refuse("session=a ue-id=keyid:a generation=5 replace=yes " KEY_2,
		   KUPF_CAUSE_STALE_GENERATION);
}
END_TEST

START_TEST(test_close_tunnels)
{
	kupf_procedures_t *sessions = upf.sessions;
	kupf_attempts_t attempts = {};
	kupf_error_t error = {};
	u_int tunnels = 77;

	add("session=a ue-id=keyid:a " KEY);
	upf.enforcer.tunnels = 2;
	ck_assert(sessions->close_tunnels(sessions, "a", 9, &tunnels, &error));
	ck_assert_uint_eq(tunnels, 2);
	ck_assert_uint_eq(upf.enforcer.vacated, 9);
	ck_assert_str_eq(upf.enforcer.name, "a");
	/* the session stays, and nothing of it was given back */
	check_sessions(1);
	ck_assert_uint_eq(upf.enforcer.closed, 0);
	ck_assert(!sessions->close_tunnels(sessions, "b", 0, &tunnels, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_NO_SUCH_SESSION);
	/* a host that sets them up would do so again */
	error = (kupf_error_t){};
	upf.enforcer.attempts = &attempts;
	ck_assert(!sessions->close_tunnels(sessions, "a", 0, &tunnels, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_NOT_ALLOWED);
}
END_TEST

START_TEST(test_modify_unknown)
{
	refuse_modify("session=a " KEY, KUPF_CAUSE_NO_SUCH_SESSION);
	add("session=a ue-id=keyid:ue " KEY);
	refuse_modify("session=A " KEY, KUPF_CAUSE_NO_SUCH_SESSION);
	ck_assert_uint_eq(upf.enforcer.replaced, 0);
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

/**
 * Put a session that has expired, and was not swept out yet.
 */
static void put_expired(const char *name, const char *id,
						const char *address)
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
		ck_assert_int_eq(upf.pool->reserve(upf.pool, &data.upf_address),
						 KUPF_POOL_OK);
		data.upf_address_pooled = TRUE;
	}
	session = kupf_session_create(&data);
	ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
	kupf_session_unref(session);
}

START_TEST(test_expire)
{
	uint64_t count = test_counter("sessions-expired");
	char name[16];
	u_int i;

	add("session=a ue-id=keyid:a lifetime=1000 " KEY);
	add("session=b ue-id=keyid:b " KEY);
	for (i = 0; i < KUPF_EXPIRE_MAX + 5; i++)
	{
		snprintf(name, sizeof(name), "s%u", i);
		put_expired(name, name, NULL);
	}
	ck_assert(upf.sessions->expire(upf.sessions));
	check_sessions(2 + 5);
	ck_assert(!upf.sessions->expire(upf.sessions));
	check_sessions(2);
	ck_assert_uint_eq(upf.enforcer.closed, KUPF_EXPIRE_MAX + 5);
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_EXPIRED);
	ck_assert_uint_eq(events, KUPF_EXPIRE_MAX + 5);
	ck_assert_uint_eq(test_counter("sessions-expired"),
					  count + KUPF_EXPIRE_MAX + 5);
}
END_TEST

START_TEST(test_rekey_request)
{
	kupf_session_data_t data;
	kupf_session_t *session;
	kupf_error_t error = {};
	u_int told, i;

	upf.publisher->subscribe(upf.publisher, KUPF_EVENT_REKEY_REQUEST,
						  &subscriber);
	add("session=a ue-id=keyid:a lifetime=1000 " KEY);
	add("session=b ue-id=keyid:b " KEY);
	/* less than the margin is left of it: it is told once, and stays */
	test_session_data(&data, "c", ID_KEY_ID, "c");
	data.lifetime = 1000;
	data.expiry = time_monotonic(NULL) + 30;
	session = kupf_session_create(&data);
	ck_assert_int_eq(upf.store->put(upf.store, session), KUPF_STORE_OK);
	kupf_session_unref(session);
	for (i = 0; i < 2; i++)
	{
		ck_assert(!upf.sessions->expire(upf.sessions));
		ck_assert_uint_eq(events, 1);
		check_sessions(3);
	}
	events = 0;
	ck_assert(upf.sessions->request_rekey(upf.sessions, "a", &told, &error));
	ck_assert_uint_eq(told, 1);
	ck_assert_uint_eq(events, 1);
	ck_assert(!upf.sessions->request_rekey(upf.sessions, "d", &told, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_NO_SUCH_SESSION);
	ck_assert_uint_eq(events, 1);
	upf.publisher->unsubscribe(upf.publisher, KUPF_EVENT_REKEY_REQUEST,
							&subscriber);
	ck_assert(upf.sessions->request_rekey(upf.sessions, "b", &told, &error));
	ck_assert_uint_eq(told, 0);
	ck_assert_uint_eq(events, 1);
	check_sessions(3);
}
END_TEST

START_TEST(test_expired_establish)
{
	/* one of other content takes the place of what has expired */
	put_expired("a", "old", NULL);
	add("session=a ue-id=keyid:new " KEY_2);
	check_sessions(1);
	ck_assert_uint_eq(events, 1);
	ck_assert_int_eq(upf.enforcer.reason, KUPF_REASON_EXPIRED);
	/* and the same content starts a new life */
	put_expired("b", "b", NULL);
	add("session=b ue-id=keyid:b lifetime=1 "
		"key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK");
	ck_assert_uint_eq(events, 2);
	check_sessions(2);
}
END_TEST

START_TEST(test_expired_gone)
{
	u_int tunnels;

	put_expired("a", "a", NULL);
	refuse_modify("session=a " KEY, KUPF_CAUSE_NO_SUCH_SESSION);
	ck_assert_uint_eq(events, 1);
	put_expired("a", "a", NULL);
	ck_assert(!delete("a", &tunnels));
	ck_assert_uint_eq(events, 2);
	check_sessions(0);
}
END_TEST

START_TEST(test_expired_identity)
{
	/* an identity is free as soon as the life of its session is over */
	put_expired("a", "ue", NULL);
	add("session=b ue-id=keyid:ue " KEY);
	check_sessions(1);
	ck_assert_uint_eq(events, 1);
	put_expired("c", "other", NULL);
	change("session=b ue-id=keyid:other");
	check_sessions(1);
	ck_assert_uint_eq(events, 2);
}
END_TEST

START_TEST(test_pool)
{
	u_int tunnels;

	add("session=a ue-id=keyid:a " KEY);
	ck_assert_str_eq(upf_address("a"), "192.0.2.1");
	add("session=b ue-id=keyid:b upf-address=192.0.2.2 " KEY);
	ck_assert_str_eq(upf_address("b"), "192.0.2.2");
	add("session=c ue-id=keyid:c " KEY);
	ck_assert_str_eq(upf_address("c"), "192.0.2.3");
	check_pool(3, 0);
	/* again: the same address, and none in vain */
	add("session=a ue-id=keyid:a " KEY);
	add("session=a ue-id=keyid:a upf-address=192.0.2.1 " KEY);
	check_pool(3, 0);
	ck_assert(delete("a", &tunnels));
	check_pool(2, 1);
	add("session=d ue-id=keyid:d " KEY);
	ck_assert_str_eq(upf_address("d"), "192.0.2.4");
	refuse("session=e ue-id=keyid:e " KEY, KUPF_CAUSE_NO_ADDRESS);
	check_pool(3, 1);
	/* by its name it can be had at once */
	add("session=e ue-id=keyid:e upf-address=192.0.2.1 " KEY);
	check_pool(4, 0);
}
END_TEST

START_TEST(test_pool_failures)
{
	add("session=a ue-id=keyid:a " KEY);
	add("session=b ue-id=keyid:b " KEY);
	check_pool(2, 0);
	refuse("session=c ue-id=keyid:a " KEY, KUPF_CAUSE_IDENTITY_IN_USE);
	refuse("session=c ue-id=keyid:a upf-address=192.0.2.4 " KEY,
		   KUPF_CAUSE_IDENTITY_IN_USE);
	refuse("session=a ue-id=keyid:a upf-address=192.0.2.4 " KEY,
		   KUPF_CAUSE_SESSION_EXISTS);
	refuse("session=c ue-id=keyid:c upf-address=192.0.2.1 " KEY,
		   KUPF_CAUSE_ADDRESS_IN_USE);
	refuse("session=c ue-id=keyid:c upf-address=192.0.2.5 " KEY,
		   KUPF_CAUSE_INVALID_FIELD);
	refuse("session=c ue-id=keyid:c upf-address=2001:db8::1 " KEY,
		   KUPF_CAUSE_INVALID_FIELD);
	refuse("session=c ue-id=keyid:c", KUPF_CAUSE_MISSING_FIELD);
	check_pool(2, 0);
	refuse_modify("session=a upf-address=192.0.2.2",
				  KUPF_CAUSE_ADDRESS_IN_USE);
	refuse_modify("session=a upf-address=192.0.2.5", KUPF_CAUSE_INVALID_FIELD);
	refuse_modify("session=a upf-address=192.0.2.4 ue-id=keyid:b",
				  KUPF_CAUSE_IDENTITY_IN_USE);
	refuse_modify("session=c upf-address=192.0.2.4",
				  KUPF_CAUSE_NO_SUCH_SESSION);
	check_pool(2, 0);
	ck_assert_str_eq(upf_address("a"), "192.0.2.1");
	check_sessions(2);
}
END_TEST

START_TEST(test_pool_modify)
{
	u_int tunnels;

	add("session=a ue-id=keyid:a " KEY);
	/* keeps it, whether named or not */
	change("session=a " KEY_2);
	change("session=a upf-address=192.0.2.1");
	check_pool(1, 0);
	/* moves */
	change("session=a upf-address=192.0.2.3");
	ck_assert_str_eq(upf_address("a"), "192.0.2.3");
	check_pool(1, 1);
	/* and back, out of the quarantine */
	change("session=a upf-address=192.0.2.1");
	check_pool(1, 1);
	change("session=a ue-id=keyid:b");
	check_pool(1, 1);
	ck_assert(delete("a", &tunnels));
	check_pool(0, 2);
}
END_TEST

START_TEST(test_pool_expire)
{
	put_expired("a", "a", "192.0.2.1");
	put_expired("b", "b", "192.0.2.2");
	put_expired("c", "c", "192.0.2.3");
	check_pool(3, 0);
	/* in the place of one that has expired, even with the same address */
	add("session=a ue-id=keyid:a upf-address=192.0.2.1 " KEY);
	check_pool(3, 0);
	ck_assert(!upf.sessions->expire(upf.sessions));
	check_pool(1, 2);
	check_sessions(1);
}
END_TEST

START_TEST(test_no_pool)
{
	/* nothing is managed: the client names what it likes */
	add("session=a ue-id=keyid:a upf-address=192.0.2.1 " KEY);
	add("session=b ue-id=keyid:b upf-address=192.0.2.1 " KEY);
	add("session=c ue-id=keyid:c " KEY);
	ck_assert_str_eq(upf_address("b"), "192.0.2.1");
	ck_assert_str_eq(upf_address("c"), "");
	change("session=c upf-address=2001:db8::1");
	ck_assert_str_eq(upf_address("c"), "2001:db8::1");
	check_pool(0, 0);
}
END_TEST

/**
 * Check how many inner addresses sessions have, and are in quarantine.
 */
static void check_addresses(u_int held, u_int quarantined)
{
	uint64_t h, q;

	h = upf.addresses->get_count(upf.addresses, &q);
	ck_assert_uint_eq(h, held);
	ck_assert_uint_eq(q, quarantined);
}

#define A "session=a ue-id=keyid:a " KEY
#define B "session=b ue-id=keyid:b " KEY

/* an inner address is of one session at a time */
START_TEST(test_ue_address)
{
	u_int tunnels;

	add(A " ue-addresses=[10.0.0.1,10.0.0.2]");
	refuse(B " ue-addresses=[10.0.0.3,10.0.0.2]", KUPF_CAUSE_ADDRESS_IN_USE);
	check_sessions(1);
	check_addresses(2, 0);
	add(B " ue-addresses=[10.0.0.3]");
	refuse_modify("session=b ue-addresses=[10.0.0.1]",
				  KUPF_CAUSE_ADDRESS_IN_USE);
	check_addresses(3, 0);
	change("session=a ue-addresses=[10.0.0.2,10.0.0.4]");
	change("session=b ue-addresses=[10.0.0.1]");
	check_addresses(3, 0);
	ck_assert(delete("a", &tunnels));
	change("session=b ue-addresses=[10.0.0.4]");
	check_addresses(1, 0);
	ck_assert(delete("b", &tunnels));
	check_addresses(0, 0);
}
END_TEST

/* it is kept from others as long as an IKE_SA can use it */
START_TEST(test_ue_address_quarantine)
{
	u_int tunnels;

	add(A " ue-addresses=[10.0.0.1]");
	add(B);
	upf.enforcer.used = TRUE;
	change("session=a ue-addresses=[10.0.0.2]");
	check_addresses(1, 1);
	refuse_modify("session=b ue-addresses=[10.0.0.1]",
				  KUPF_CAUSE_ADDRESS_IN_USE);
	ck_assert(delete("a", &tunnels));
	check_addresses(0, 2);
	refuse_modify("session=b ue-addresses=[10.0.0.2]",
				  KUPF_CAUSE_ADDRESS_IN_USE);
	/* the session itself is back */
	add(A " ue-addresses=[10.0.0.1]");
	ck_assert(delete("a", &tunnels));
	check_addresses(0, 2);
	upf.enforcer.used = FALSE;
	change("session=b ue-addresses=[10.0.0.2]");
	ck_assert(!upf.sessions->expire(upf.sessions));
	check_addresses(1, 0);
}
END_TEST

/* what has expired is not in the way, nor is what fails */
START_TEST(test_ue_address_free)
{
	add(A " ue-addresses=[10.0.0.1] lifetime=1");
	refuse("session=c ue-id=keyid:a ue-addresses=[10.0.0.3] " KEY,
		   KUPF_CAUSE_IDENTITY_IN_USE);
	refuse(B " ue-addresses=[10.0.0.3] upf-address=10.0.0.3",
		   KUPF_CAUSE_INVALID_FIELD);
	refuse_modify("session=a upf-address=10.0.0.1", KUPF_CAUSE_INVALID_FIELD);
	check_addresses(1, 0);
	sleep(3);
	add(B " ue-addresses=[10.0.0.1]");
	check_sessions(1);
	check_addresses(1, 0);
}
END_TEST

/* the pool of UPF addresses loses nothing to a session that is refused */
START_TEST(test_ue_address_pool)
{
	add(A " ue-addresses=[10.0.0.1]");
	refuse(B " ue-addresses=[10.0.0.1]", KUPF_CAUSE_ADDRESS_IN_USE);
	check_pool(1, 0);
	refuse(B " ue-addresses=[192.0.2.4]", KUPF_CAUSE_INVALID_FIELD);
	check_pool(1, 0);
	change("session=a ue-addresses=[2001:db8::1]");
	refuse(B " ue-addresses=[2001:db8::/64]", KUPF_CAUSE_ADDRESS_IN_USE);
	check_pool(1, 0);
}
END_TEST

Suite *kupf_procedures_suite(void);

Suite *kupf_procedures_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_procedures");

	tc = tcase_create("sessions");
	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_establish);
	tcase_add_test(tc, test_idempotent);
	tcase_add_test(tc, test_psk_identity);
	tcase_add_test(tc, test_akma);
	tcase_add_loop_test(tc, test_other_content, 0, countof(others));
	tcase_add_test(tc, test_missing);
	tcase_add_loop_test(tc, test_derive, 0, countof(derivations));
	tcase_add_test(tc, test_derive_named);
	tcase_add_test(tc, test_identity_in_use);
	tcase_add_test(tc, test_limit);
	tcase_add_test(tc, test_modify);
	tcase_add_test(tc, test_modify_derived);
	tcase_add_test(tc, test_not_accepted);
	tcase_add_test(tc, test_generation);
	tcase_add_test(tc, test_generation_replace);
	tcase_add_test(tc, test_close_tunnels);
	tcase_add_test(tc, test_modify_unknown);
	tcase_add_test(tc, test_delete);
	tcase_add_test(tc, test_expire);
	tcase_add_test(tc, test_rekey_request);
	tcase_add_test(tc, test_expired_establish);
	tcase_add_test(tc, test_expired_gone);
	tcase_add_test(tc, test_expired_identity);
	tcase_add_test(tc, test_no_pool);
	tcase_add_test(tc, test_ue_address);
	tcase_add_test(tc, test_ue_address_quarantine);
	tcase_add_test(tc, test_ue_address_free);
	suite_add_tcase(suite, tc);

	tc = tcase_create("addresses");
	tcase_add_checked_fixture(tc, setup_pool, teardown);
	tcase_add_test(tc, test_pool);
	tcase_add_test(tc, test_pool_failures);
	tcase_add_test(tc, test_pool_modify);
	tcase_add_test(tc, test_pool_expire);
	tcase_add_test(tc, test_ue_address_pool);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_procedures_suite());
}
