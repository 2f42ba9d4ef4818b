/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Identities in typed text, both ways, and against strongSwan's own parser.
 */

#include "kupf/store/kupf_identity.h"
#include "test_runner.h"

/** Text with an octet of zero in it */
#define NUL(text) { (u_char*)text, sizeof(text) - 1 }

/**
 * What a text means, and how it is printed.
 */
static struct {
	char *text;
	id_type_t type;
	/** octets as hexadecimal digits */
	char *data;
	/** canonical text, NULL if it is the same */
	char *printed;
} good[] = {
	{ "keyid:a", ID_KEY_ID, "61", NULL },
	{ "keyid:carol@x", ID_KEY_ID, "6361726f6c4078", NULL },
	{ "KeyID:a", ID_KEY_ID, "61", "keyid:a" },
	{ "keyid:*", ID_KEY_ID, "2a", NULL },
	{ "keyid:%any", ID_KEY_ID, "25616e79", NULL },
	{ "keyid:#00", ID_KEY_ID, "00", "@#00" },
	{ "keyid:#6162", ID_KEY_ID, "6162", "keyid:ab" },
	{ "@#00", ID_KEY_ID, "00", NULL },
	{ "@#DEADbeef", ID_KEY_ID, "deadbeef", "@#deadbeef" },
	{ "@#6162", ID_KEY_ID, "6162", "keyid:ab" },
	{ "@#2361", ID_KEY_ID, "2361", NULL },
	{ "@#6120", ID_KEY_ID, "6120", NULL },
	{ "@#000102030405060708090a0b0c0d0e0f", ID_KEY_ID,
	  "000102030405060708090a0b0c0d0e0f", NULL },
	{ "keyid:a b", ID_KEY_ID, "612062", "@#612062" },
	{ "keyid:@#00", ID_KEY_ID, "40233030", NULL },
	{ "keyid:192.0.2.1", ID_KEY_ID, "3139322e302e322e31", NULL },
	{ "email:u@x", ID_RFC822_ADDR, "754078", NULL },
	{ "rfc822:u@x", ID_RFC822_ADDR, "754078", "email:u@x" },
	{ "email:U@X", ID_RFC822_ADDR, "554058", NULL },
	{ "email:#00", ID_RFC822_ADDR, "00", NULL },
	{ "email:=", ID_RFC822_ADDR, "3d", NULL },
	{ "fqdn:x.example", ID_FQDN, "782e6578616d706c65", NULL },
	{ "dns:x", ID_FQDN, "78", "fqdn:x" },
	{ "fqdn:@x", ID_FQDN, "4078", NULL },
	{ "fqdn:#ff", ID_FQDN, "ff", NULL },
	{ "192.0.2.1", ID_IPV4_ADDR, "c0000201", NULL },
	{ "255.255.255.255", ID_IPV4_ADDR, "ffffffff", NULL },
	{ "2001:db8::1", ID_IPV6_ADDR, "20010db8000000000000000000000001", NULL },
	{ "2001:DB8:0::1", ID_IPV6_ADDR, "20010db8000000000000000000000001",
	  "2001:db8::1" },
	{ "::1", ID_IPV6_ADDR, "00000000000000000000000000000001", NULL },
	{ "::ffff:192.0.2.1", ID_IPV6_ADDR, "00000000000000000000ffffc0000201",
	  NULL },
};

/**
 * Whether strongSwan reads a text as that type and those octets.
 */
static void check_strongswan(char *text, id_type_t type, chunk_t data)
{
	identification_t *id;

	id = identification_create_from_string(text);
	ck_assert_msg(id->get_type(id) == type &&
				  chunk_equals(id->get_encoding(id), data),
				  "strongSwan reads '%s' as something else", text);
	id->destroy(id);
}

START_TEST(test_good)
{
	uint8_t data[KUPF_IDENTITY_MAX], again[KUPF_IDENTITY_MAX];
	char hex[2 * KUPF_IDENTITY_MAX + 1], text[KUPF_IDENTITY_TEXT];
	id_type_t type;
	size_t len = 0;

	ck_assert_msg(kupf_identity_parse(chunk_from_str(good[_i].text), &type,
									  data, &len), "'%s'", good[_i].text);
	ck_assert_int_eq(type, good[_i].type);
	chunk_to_hex(chunk_create(data, len), hex, FALSE);
	ck_assert_str_eq(hex, good[_i].data);
	check_strongswan(good[_i].text, type, chunk_create(data, len));

	ck_assert_ptr_eq(kupf_identity_print(type, chunk_create(data, len), text),
					 text);
	ck_assert_str_eq(text, good[_i].printed ?: good[_i].text);
	check_strongswan(text, type, chunk_create(data, len));
	/* the printed form is read as the same again */
	memset(again, 0, sizeof(again));
	ck_assert(kupf_identity_parse(chunk_from_str(text), &type, again, &len));
	ck_assert_int_eq(type, good[_i].type);
	chunk_to_hex(chunk_create(again, len), hex, FALSE);
	ck_assert_str_eq(hex, good[_i].data);
}
END_TEST

static chunk_t bad[] = {
	/* nothing, no type, guesses of strongSwan's */
	NUL(""), NUL(" "), NUL("a"), NUL("carol"), NUL("carol@x"), NUL("@x"),
	NUL("@@x"), NUL("C=CH, CN=x"), NUL("asn1dn:#3000"), NUL("{11}:a"),
	NUL("{11}:#61"), NUL("uri:x"), NUL("xmppaddr:x"), NUL("ipv4:192.0.2.1"),
	NUL("#61"), NUL("userfqdn:u@x"), NUL("asn1gn:x"),
	/* wildcards */
	NUL("%any"), NUL("%any6"), NUL("*"), NUL("0.0.0.0"), NUL("::"),
	NUL("0::0"), NUL("email:*"), NUL("email:*@x"), NUL("fqdn:*.x"),
	NUL("dns:x*"), NUL("rfc822:u@*"), NUL("email:#2a"), NUL("fqdn:#2a4078"),
	/* empty */
	NUL("keyid:"), NUL("email:"), NUL("rfc822:"), NUL("fqdn:"), NUL("dns:"),
	NUL("@#"), NUL("keyid:#"), NUL("email:#"),
	/* hexadecimal digits: odd, wrong, separated */
	NUL("@#0"), NUL("@#000"), NUL("@#0g"), NUL("@#g0"), NUL("@#00:01"),
	NUL("@#00 01"), NUL("@#0x00"), NUL("keyid:#zz"), NUL("fqdn:#1"),
	NUL("@# 00"), NUL("@#00 "),
	/* addresses */
	NUL("192.0.2"), NUL("192.0.2.256"), NUL("192.0.2.1/32"),
	NUL("192.0.2.1-192.0.2.2"), NUL("192.0.2.01x"), NUL("2001:db8::/64"),
	NUL("2001:db8::g"), NUL("fe80::1%eth0"), NUL(" 192.0.2.1"),
	NUL("192.0.2.1 "), NUL("1"),
	/* octets that are no text */
	NUL("keyid:a\0b"), NUL("keyid:\0"), NUL("email:a\nb"), NUL("fqdn:a\x7f"),
	NUL("email:\xc3\xa9"), NUL("192.0.2.1\0"), NUL("192.0.2.1\0x"),
	NUL("\0keyid:a"), NUL("@\0#00"),
	/* nearly a prefix */
	NUL("keyid"), NUL("key:a"), NUL(" keyid:a"), NUL("keyid :a"), NUL("@"),
	NUL(":"), NUL("mail:a"),
};

START_TEST(test_bad)
{
	uint8_t data[KUPF_IDENTITY_MAX];
	id_type_t type;
	chunk_t copy;
	size_t len;

	/* with nothing behind its end */
	copy = chunk_clone(bad[_i]);
	ck_assert_msg(!kupf_identity_parse(copy, &type, data, &len), "'%.*s'",
				  (int)copy.len, copy.ptr);
	chunk_free(&copy);
}
END_TEST

static char *prefixes[] = {
	"keyid:", "email:", "rfc822:", "fqdn:", "dns:",
};

START_TEST(test_length)
{
	uint8_t data[KUPF_IDENTITY_MAX];
	char text[2 * KUPF_IDENTITY_MAX + 32], printed[KUPF_IDENTITY_TEXT];
	u_int i, pos;
	id_type_t type;
	size_t len;

	for (i = 1; i <= KUPF_IDENTITY_MAX + 1; i++)
	{
		pos = sprintf(text, "%s", prefixes[_i]);
		memset(text + pos, 'x', i);
		ck_assert_int_eq(kupf_identity_parse(chunk_create(text, pos + i), &type,
											 data, &len),
						 i <= KUPF_IDENTITY_MAX);
		pos = sprintf(text, "%s#", prefixes[_i]);
		memset(text + pos, '8', 2 * i);
		ck_assert_int_eq(kupf_identity_parse(chunk_create(text, pos + 2 * i),
											 &type, data, &len),
						 i <= KUPF_IDENTITY_MAX);
		if (i <= KUPF_IDENTITY_MAX)
		{
			ck_assert_uint_eq(len, i);
			kupf_identity_print(type, chunk_create(data, len), printed);
			ck_assert_uint_le(strlen(printed), KUPF_IDENTITY_TEXT - 1);
			check_strongswan(printed, type, chunk_create(data, len));
		}
	}
}
END_TEST

/**
 * In log lines an identity is as kupfctl has it.
 */
START_TEST(test_name)
{
	static const struct {
		id_type_t type;
		const char *data, *name;
	} names[] = {
		{ ID_KEY_ID, "alice", "keyid:alice" },
		{ ID_KEY_ID, "\xc0\xff\xee", "@#c0ffee" },
		{ ID_RFC822_ADDR, "a@b.org", "email:a@b.org" },
		{ ID_FQDN, "upf.example.org", "fqdn:upf.example.org" },
		{ ID_IPV4_ADDR, "\xc0\x01\x02\x01", "192.1.2.1" },
		{ ID_FQDN, "a\nnin3a: refused", "fqdn:#610a6e696e33613a2072656675736564" },
		{ ID_ANY, "", "{0}:#" },
	};
	char text[KUPF_IDENTITY_TEXT];
	identification_t *id;
	u_int i;

	for (i = 0; i < countof(names); i++)
	{
		id = identification_create_from_encoding(names[i].type,
									chunk_from_str((char*)names[i].data));
		ck_assert_str_eq(kupf_identity_name(id, text), names[i].name);
		id->destroy(id);
	}
	ck_assert_str_eq(kupf_identity_name(NULL, text), "{0}:#");
}
END_TEST

/**
 * Whatever a peer sends as an identity can be printed, and for the types that
 * the socket knows is read back as the same.
 */
START_TEST(test_print)
{
	static uint8_t octets[KUPF_IDENTITY_MAX + 45];
	uint8_t data[KUPF_IDENTITY_MAX];
	char text[KUPF_IDENTITY_TEXT];
	id_type_t types[] = { ID_KEY_ID, ID_RFC822_ADDR, ID_FQDN }, type;
	size_t len, again;
	chunk_t id;
	u_int i;

	for (len = 1; len <= KUPF_IDENTITY_MAX; len++)
	{
		for (i = 0; i < len; i++)
		{
			octets[i] = (i * 7 + len * 13) ^ (len % 3 ? 0 : i);
			octets[i] = octets[i] == '*' ? '+' : octets[i];
		}
		for (i = 0; i < countof(types); i++)
		{
			id = chunk_create(octets, len);
			kupf_identity_print(types[i], id, text);
			check_strongswan(text, types[i], id);
			ck_assert(kupf_identity_parse(chunk_from_str(text), &type, data,
										  &again));
			ck_assert(type == types[i]);
			ck_assert(chunk_equals(id, chunk_create(data, again)));
		}
		/* no address, and no type that the socket knows */
		id = chunk_create(octets, len);
		kupf_identity_print(ID_DER_ASN1_DN, id, text);
		check_strongswan(text, ID_DER_ASN1_DN, id);
		kupf_identity_print(255, id, text);
		check_strongswan(text, 255, id);
		if (len != 4)
		{
			kupf_identity_print(ID_IPV4_ADDR, id, text);
			check_strongswan(text, ID_IPV4_ADDR, id);
		}
	}
	/* nothing, and more than fits */
	kupf_identity_print(ID_KEY_ID, chunk_empty, text);
	ck_assert_str_eq(text, "@#");
	kupf_identity_print(ID_FQDN, chunk_empty, text);
	ck_assert_str_eq(text, "fqdn:#");
	kupf_identity_print(ID_ANY, chunk_empty, text);
	ck_assert_str_eq(text, "{0}:#");
	memset(octets, 0xaa, sizeof(octets));
	kupf_identity_print(ID_DER_ASN1_GN, chunk_from_thing(octets), text);
	ck_assert_uint_lt(strlen(text), KUPF_IDENTITY_TEXT);
	memset(octets, 'a', sizeof(octets));
	kupf_identity_print(ID_RFC822_ADDR, chunk_from_thing(octets), text);
	ck_assert_uint_lt(strlen(text), KUPF_IDENTITY_TEXT);
}
END_TEST

static Suite *kupf_identity_suite()
{
	Suite *suite = suite_create("kupf_identity");
	TCase *tc = test_case(suite, "text", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_good, 0, countof(good));
	tcase_add_loop_test(tc, test_bad, 0, countof(bad));
	tcase_add_loop_test(tc, test_length, 0, countof(prefixes));
	tcase_add_test(tc, test_print);
	tcase_add_test(tc, test_name);

	return suite;
}

int main(void)
{
	return test_run(kupf_identity_suite());
}
