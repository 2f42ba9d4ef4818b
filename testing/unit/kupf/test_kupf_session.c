/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A session: what it is made of comes back, and what makes two of them the
 * same, or a UE set its tunnel up anew.
 */

#include "kupf/store/kupf_space.h"
#include "test_runner.h"
#include "test_support.h"

/** Longest name */
#define NAME_64 \
	"aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"

static kupf_address_t address(const char *text)
{
	kupf_address_t parsed;

	ck_assert(kupf_address_parse(chunk_from_str((char*)text), &parsed));
	return parsed;
}

/**
 * Contents with something in every member.
 */
static void full(kupf_session_data_t *data)
{
	test_session_data(data, "s", ID_RFC822_ADDR, "u@x");
	data->pdu_session_id = 5;
	data->services = KUPF_SERVICE_IKE;
	data->upf_address = address("192.0.2.1");
	data->ue_addresses[0] = address("10.0.0.1");
	data->ue_addresses[1] = address("2001:db8::1");
	data->dns[0] = address("192.0.2.53");
	data->dns_count = 1;
	data->p_cscf[0] = address("2001:db8::2");
	data->p_cscf_count = 1;
	data->dnn = "internet";
	data->snssai = "1-000002";
	data->psk_identity = chunk_from_str("3GPP");
	data->ue_address_count = 2;
	data->lifetime = 1000;
	data->generation = 3;
}

START_TEST(test_data)
{
	uint8_t octets[KUPF_PSK_IDENTITY_MAX];
	chunk_t longest = chunk_from_thing(octets);
	static uint8_t id[255];
	kupf_session_data_t data, back;
	kupf_session_t *session;
	const kupf_address_t *addresses;
	id_type_t type;
	u_int count, i;
	time_t now = time_monotonic(NULL);

	memset(id, 0xff, sizeof(id));
	memset(octets, 0xFE, sizeof(octets));
	full(&data);
	data.name = NAME_64;
	data.id = chunk_from_thing(id);
	data.id_type = ID_DER_ASN1_GN_URI;
	data.upf_address_pooled = TRUE;
	for (i = 0; i < KUPF_UE_ADDRESSES_MAX; i++)
	{
		data.ue_addresses[i] = address("2001:db8::1");
		data.ue_addresses[i].bytes[15] = i;
	}
	data.ue_address_count = KUPF_UE_ADDRESSES_MAX;
	for (i = 0; i < KUPF_SERVERS_MAX; i++)
	{
		data.dns[i] = data.p_cscf[i] = address("2001:db8:1::1");
		data.dns[i].bytes[15] = i;
		data.p_cscf[i].bytes[15] = 0x80 + i;
	}
	data.dns_count = data.p_cscf_count = KUPF_SERVERS_MAX;
	data.dnn = NAME_64;
	data.snssai = "255-ffffff";
	data.psk_identity = longest;
	data.services = KUPF_SERVICE_MPQUIC | KUPF_SERVICE_IKE;
	session = kupf_session_create(&data);
	ck_assert_ptr_nonnull(session);

	kupf_session_get_data(session, &back);
	ck_assert_str_eq(back.name, NAME_64);
	ck_assert_ptr_ne(back.name, data.name);
	ck_assert_int_eq(back.id_type, ID_DER_ASN1_GN_URI);
	ck_assert(chunk_equals(back.id, data.id) && back.id.ptr != id);
	ck_assert(chunk_equals(back.key, data.key) && back.key.ptr != data.key.ptr);
	ck_assert_uint_eq(back.pdu_session_id, 5);
	ck_assert_uint_eq(back.services, 3);
	ck_assert(kupf_address_equals(&back.upf_address, &data.upf_address));
	ck_assert(back.upf_address_pooled);
	ck_assert_uint_eq(back.ue_address_count, KUPF_UE_ADDRESSES_MAX);
	ck_assert(memeq(back.ue_addresses, data.ue_addresses,
					sizeof(data.ue_addresses)));
	ck_assert_uint_eq(back.dns_count, KUPF_SERVERS_MAX);
	ck_assert(memeq(back.dns, data.dns, sizeof(data.dns)));
	ck_assert_uint_eq(back.p_cscf_count, KUPF_SERVERS_MAX);
	ck_assert(memeq(back.p_cscf, data.p_cscf, sizeof(data.p_cscf)));
	ck_assert_str_eq(back.dnn, NAME_64);
	ck_assert_str_eq(back.snssai, "255-ffffff");
	ck_assert(chunk_equals(back.psk_identity, longest));
	ck_assert_uint_eq(back.lifetime, 1000);
	ck_assert_uint_ge(back.expiry, now + 1000);
	ck_assert_uint_le(back.expiry, now + 1002);
	ck_assert_uint_eq(back.generation, 3);
	/* a modification says when it was established, it began now */
	ck_assert_uint_eq(back.created, kupf_session_get_modified(session));
	ck_assert_uint_ge(back.created, now);
	ck_assert_uint_le(back.created, now + 2);

	ck_assert_str_eq(kupf_session_get_name(session), NAME_64);
	ck_assert(chunk_equals(kupf_session_get_id(session, &type), data.id));
	ck_assert_int_eq(type, data.id_type);
	ck_assert(chunk_equals(kupf_session_get_key(session), data.key));
	ck_assert_uint_eq(kupf_session_get_generation(session), 3);
	ck_assert_uint_eq(kupf_session_get_services(session), 3);
	ck_assert(kupf_address_equals(kupf_session_get_upf_address(session),
								  &data.upf_address));
	addresses = kupf_session_get_ue_addresses(session, &count);
	ck_assert_uint_eq(count, KUPF_UE_ADDRESSES_MAX);
	ck_assert(kupf_address_equals(&addresses[7], &data.ue_addresses[7]));
	addresses = kupf_session_get_dns(session, &count);
	ck_assert_uint_eq(count, KUPF_SERVERS_MAX);
	ck_assert(kupf_address_equals(&addresses[3], &data.dns[3]));
	addresses = kupf_session_get_p_cscf(session, &count);
	ck_assert_uint_eq(count, KUPF_SERVERS_MAX);
	ck_assert(kupf_address_equals(&addresses[3], &data.p_cscf[3]));
	kupf_session_unref(session);

	back.created = 1;
	back.name = NAME_64;
	back.id = data.id;
	back.key = data.key;
	back.dnn = data.dnn;
	back.snssai = data.snssai;
	back.psk_identity = data.psk_identity;
	session = kupf_session_create(&back);
	ck_assert_uint_eq(kupf_session_get_created(session), 1);
	ck_assert_uint_ge(kupf_session_get_modified(session), now);
	kupf_session_unref(session);
}
END_TEST

START_TEST(test_ref)
{
	kupf_session_t *session = test_session("s", ID_KEY_ID, "a", 0);
	chunk_t key;

	ck_assert_ptr_eq(kupf_session_ref(session), session);
	kupf_session_unref(session);
	ck_assert_str_eq(kupf_session_get_name(session), "s");
	/* the last one wipes the key; another one keeps its memory mapped */
	key = kupf_session_get_key(session);
	ck_assert_int_eq(key.ptr[20], 'K');
	{
		kupf_session_t *other = test_session("t", ID_KEY_ID, "b", 0);

		kupf_session_unref(session);
		ck_assert_int_eq(key.ptr[20], 0);
		kupf_session_unref(other);
	}
	kupf_session_unref(NULL);
}
END_TEST

START_TEST(test_expiry)
{
	kupf_session_data_t data;
	kupf_session_t *session;
	time_t now = time_monotonic(NULL);

	full(&data);
	data.lifetime = 0;
	session = kupf_session_create(&data);
	ck_assert_uint_eq(kupf_session_get_expiry(session), 0);
	ck_assert(!kupf_session_expired(session, now + 1000000000));
	kupf_session_unref(session);
	/* not a moment less than that: now is some part of a second later */
	data.lifetime = 1;
	session = kupf_session_create(&data);
	ck_assert_uint_gt(kupf_session_get_expiry(session), now + 1);
	kupf_session_unref(session);
	/* one that is fixed already stays */
	data.lifetime = 10;
	data.expiry = now + 5;
	session = kupf_session_create(&data);
	ck_assert_uint_eq(kupf_session_get_expiry(session), now + 5);
	ck_assert(!kupf_session_expired(session, now + 4));
	ck_assert(kupf_session_expired(session, now + 5));
	ck_assert(kupf_session_expired(session, now + 6));
	kupf_session_unref(session);
}
END_TEST

/** Changes to the contents: what they mean */
static struct {
	char *what;
	/** the session is of other content */
	bool differs;
	/** a tunnel has to be set up anew */
	bool rekey;
} changes[] = {
	{ "nothing", FALSE, FALSE },
	{ "name", TRUE, FALSE },
	{ "id type", TRUE, TRUE },
	{ "id", TRUE, TRUE },
	{ "id longer", TRUE, TRUE },
	{ "id case", TRUE, TRUE },
	{ "key", TRUE, TRUE },
	{ "key longer", TRUE, TRUE },
	{ "pdu session id", TRUE, FALSE },
	{ "services", TRUE, FALSE },
	{ "not for ike", TRUE, TRUE },
	{ "upf address", TRUE, TRUE },
	{ "no upf address", FALSE, TRUE },
	{ "upf address pooled", FALSE, FALSE },
	{ "ue address", TRUE, TRUE },
	{ "ue address order", TRUE, TRUE },
	{ "ue address count", TRUE, TRUE },
	{ "no ue address", TRUE, TRUE },
	{ "dns", TRUE, FALSE },
	{ "dns count", TRUE, FALSE },
	{ "p-cscf", TRUE, FALSE },
	{ "p-cscf count", TRUE, FALSE },
	{ "dnn", TRUE, FALSE },
	{ "dnn case", FALSE, FALSE },
	{ "no dnn", TRUE, FALSE },
	{ "snssai", TRUE, FALSE },
	{ "no snssai", TRUE, FALSE },
	{ "psk identity", TRUE, FALSE },
	{ "no psk identity", TRUE, FALSE },
	{ "lifetime", TRUE, FALSE },
	{ "expiry", FALSE, FALSE },
	{ "generation", FALSE, FALSE },
	{ "created", FALSE, FALSE },
};

static void change(kupf_session_data_t *data, char *what)
{
	kupf_address_t swapped = data->ue_addresses[0];

	if (streq(what, "name"))
	{
		data->name = "S";
	}
	else if (streq(what, "id type"))
	{
		data->id_type = ID_FQDN;
	}
	else if (streq(what, "id"))
	{
		data->id = chunk_from_str("u@y");
	}
	else if (streq(what, "id longer"))
	{
		data->id = chunk_from_str("u@xx");
	}
	else if (streq(what, "id case"))
	{
		data->id = chunk_from_str("U@x");
	}
	else if (streq(what, "key"))
	{
		data->key = chunk_from_str("KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKJ");
	}
	else if (streq(what, "key longer"))
	{
		data->key = chunk_from_str("KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK");
	}
	else if (streq(what, "pdu session id"))
	{
		data->pdu_session_id = 6;
	}
	else if (streq(what, "services"))
	{
		data->services |= KUPF_SERVICE_MPQUIC;
	}
	else if (streq(what, "not for ike"))
	{
		data->services = KUPF_SERVICE_MPQUIC;
	}
	else if (streq(what, "upf address"))
	{
		data->upf_address = address("192.0.2.2");
	}
	else if (streq(what, "no upf address"))
	{
		memset(&data->upf_address, 0, sizeof(data->upf_address));
	}
	else if (streq(what, "upf address pooled"))
	{
		data->upf_address_pooled = TRUE;
	}
	else if (streq(what, "ue address"))
	{
		data->ue_addresses[1] = address("2001:db8::2");
	}
	else if (streq(what, "ue address order"))
	{
		data->ue_addresses[0] = data->ue_addresses[1];
		data->ue_addresses[1] = swapped;
	}
	else if (streq(what, "dns"))
	{
		data->dns[0] = address("192.0.2.54");
	}
	else if (streq(what, "dns count"))
	{	/* and it is no P-CSCF */
		data->dns_count = 0;
		data->p_cscf[1] = data->p_cscf[0];
		data->p_cscf[0] = address("192.0.2.53");
		data->p_cscf_count = 2;
	}
	else if (streq(what, "p-cscf"))
	{
		data->p_cscf[0] = address("2001:db8::3");
	}
	else if (streq(what, "p-cscf count"))
	{
		data->p_cscf_count = 0;
	}
	else if (streq(what, "dnn"))
	{
		data->dnn = "internet.mnc1";
	}
	else if (streq(what, "dnn case"))
	{
		data->dnn = "INTERNET";
	}
	else if (streq(what, "no dnn"))
	{
		data->dnn = NULL;
	}
	else if (streq(what, "snssai"))
	{
		data->snssai = "1-000001";
	}
	else if (streq(what, "no snssai"))
	{
		data->snssai = NULL;
	}
	else if (streq(what, "psk identity"))
	{
		data->psk_identity = chunk_from_str("3gpp");
	}
	else if (streq(what, "no psk identity"))
	{
		data->psk_identity = chunk_empty;
	}
	else if (streq(what, "ue address count"))
	{
		data->ue_address_count = 1;
	}
	else if (streq(what, "no ue address"))
	{
		data->ue_address_count = 0;
	}
	else if (streq(what, "lifetime"))
	{
		data->lifetime = 1001;
	}
	else if (streq(what, "expiry"))
	{
		data->expiry = 12345;
	}
	else if (streq(what, "generation"))
	{
		data->generation = 4;
	}
	else if (streq(what, "created"))
	{
		data->created = 1;
	}
	else
	{
		ck_assert_str_eq(what, "nothing");
	}
}

START_TEST(test_changes)
{
	kupf_session_t *old, *new;
	kupf_session_data_t data;

	full(&data);
	old = kupf_session_create(&data);
	change(&data, changes[_i].what);
	new = kupf_session_create(&data);
	ck_assert_msg(kupf_session_matches(old, &data) == !changes[_i].differs,
				  "%s", changes[_i].what);
	ck_assert_msg(kupf_session_needs_rekey(old, new) == changes[_i].rekey,
				  "%s", changes[_i].what);
	kupf_session_unref(old);
	kupf_session_unref(new);
}
END_TEST

/* a DNN that has a space of its own is worth a new tunnel */
START_TEST(test_dnn_space)
{
	static const struct {
		const char *dnn;
		bool rekey;
	} other[] = {
		{ "internet", FALSE },
		{ "INTERNET", FALSE },
		{ "ims", TRUE },
		{ NULL, TRUE },
	};
	kupf_session_t *old, *new;
	kupf_session_data_t data;
	u_int i;

	full(&data);
	old = kupf_session_create(&data);
	for (i = 0; i < countof(other); i++)
	{
		data.dnn = other[i].dnn;
		new = kupf_session_create(&data);
		ck_assert(!kupf_session_needs_rekey(old, new));
		kupf_space_set(KUPF_SPACE_DNN);
		ck_assert_int_eq(kupf_session_needs_rekey(old, new), other[i].rekey);
		ck_assert_int_eq(kupf_session_needs_rekey(new, old), other[i].rekey);
		kupf_space_set(KUPF_SPACE_SHARED);
		ck_assert(!kupf_session_needs_rekey(old, new));
		kupf_space_set(KUPF_SPACE_ONE);
		kupf_session_unref(new);
	}
	kupf_session_unref(old);
}
END_TEST

START_TEST(test_space_setting)
{
	static const struct {
		const char *text;
		kupf_space_t space;
	} right[] = {
		{ NULL, KUPF_SPACE_ONE },
		{ "no", KUPF_SPACE_ONE },
		{ "0", KUPF_SPACE_ONE },
		{ "false", KUPF_SPACE_ONE },
		{ "dnn", KUPF_SPACE_DNN },
		{ "yes", KUPF_SPACE_SHARED },
		{ "1", KUPF_SPACE_SHARED },
		{ "true", KUPF_SPACE_SHARED },
	};
	static const char *wrong[] = { "", "never", "DNN", "dnn ", "dnns", "yes,dnn" };
	u_int i;

	for (i = 0; i < countof(right); i++)
	{
		ck_assert(kupf_space_is_setting(right[i].text));
		ck_assert_int_eq(kupf_space_parse(right[i].text), right[i].space);
	}
	for (i = 0; i < countof(wrong); i++)
	{
		ck_assert_msg(!kupf_space_is_setting(wrong[i]), "%s", wrong[i]);
	}
}
END_TEST

START_TEST(test_precedes)
{
	kupf_session_t *first, *second;
	kupf_session_data_t data;

	full(&data);
	first = kupf_session_create(&data);
	ck_assert(!kupf_session_precedes(first, first));
	kupf_session_get_data(first, &data);
	data.generation++;
	second = kupf_session_create(&data);
	ck_assert(kupf_session_precedes(first, second));
	ck_assert(!kupf_session_precedes(second, first));
	kupf_session_unref(second);
	/* another one, deleted in between, of a later generation; however soon */
	data.lineage = 0;
	second = kupf_session_create(&data);
	ck_assert(!kupf_session_precedes(first, second));
	kupf_session_unref(second);
	/* one that was hidden */
	data.lineage = kupf_session_get_lineage(first);
	data.preconfigured = TRUE;
	second = kupf_session_create(&data);
	ck_assert(!kupf_session_precedes(first, second));
	ck_assert(!kupf_session_precedes(second, first));
	kupf_session_unref(second);
	kupf_session_unref(first);
}
END_TEST

Suite *kupf_session_suite(void);

Suite *kupf_session_suite(void)
{
	Suite *suite;
	TCase *tc;

	suite = suite_create("kupf_session");

	tc = tcase_create("sessions");
	tcase_add_test(tc, test_data);
	tcase_add_test(tc, test_ref);
	tcase_add_test(tc, test_expiry);
	tcase_add_loop_test(tc, test_changes, 0, countof(changes));
	tcase_add_test(tc, test_dnn_space);
	tcase_add_test(tc, test_space_setting);
	tcase_add_test(tc, test_precedes);
	suite_add_tcase(suite, tc);

	return suite;
}

int main(void)
{
	return test_run(kupf_session_suite());
}
