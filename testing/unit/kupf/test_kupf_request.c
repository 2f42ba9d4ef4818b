/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Requests: each field with good and bad values, and what is wrong with the
 * fields of a message as a whole.
 */

#include "test_kupf_request.h"
#include "test_support.h"

#define B64_32 "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
#define B64_64 "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh" \
			   "YWFhYWFhYWFhYWFhYWFhYQ=="

/** Those that a session may be established or modified with */
#define MOST (KUPF_FIELD_SESSION | KUPF_FIELDS_SESSION | KUPF_FIELD_GRACE)

bool parse(kupf_request_t *request, kupf_error_t *error, kupf_fields_t allowed,
		   kupf_fields_t required, const char *script)
{
	wire_reader_t elements;
	chunk_t encoding;
	bool ok;

	memset(request, 0, sizeof(*request));
	memset(error, 0, sizeof(*error));
	encoding = test_encode("%s", script);
	ck_assert(wire_reader_init(&elements, test_octets(encoding)));
	ok = kupf_parser_message(request, &elements, allowed, required, error);
	chunk_free(&encoding);
	ck_assert_int_eq(ok, error->cause == KUPF_CAUSE_NONE);
	return ok;
}

/**
 * A value that is accepted.
 */
static struct {
	/** message */
	char *script;
	/** its field */
	kupf_field_t field;
	/** what the request has then, as show() prints it */
	char *shown;
} good[] = {
	{ "session=a", KUPF_FIELD_SESSION, "a" },
	{ "session=" TEXT64, KUPF_FIELD_SESSION, TEXT64 },
	{ "session=!%25~%7b", KUPF_FIELD_SESSION, "!%~{" },
	{ "ue-id=keyid:a", KUPF_FIELD_UE_ID, "11:61" },
	{ "ue-id=@#00Ff", KUPF_FIELD_UE_ID, "11:00ff" },
	{ "ue-id=email:u@x", KUPF_FIELD_UE_ID, "3:754078" },
	{ "ue-id=fqdn:x", KUPF_FIELD_UE_ID, "2:78" },
	{ "ue-id=192.0.2.1", KUPF_FIELD_UE_ID, "1:c0000201" },
	{ "ue-id=2001:db8::1", KUPF_FIELD_UE_ID,
	  "5:20010db8000000000000000000000001" },
	{ "key=0x" HEX32, KUPF_FIELD_KEY, HEX32 },
	{ "key=0x" HEX64, KUPF_FIELD_KEY, HEX64 },
	{ "key=0x" HEX32 "fF", KUPF_FIELD_KEY, HEX32 "ff" },
	{ "key=" RAW32, KUPF_FIELD_KEY,
	  "4142434445464748494a4b4c4d4e4f505152535455565758595a323334353637" },
	{ "key=0s" B64_32, KUPF_FIELD_KEY,
	  "6161616161616161616161616161616161616161616161616161616161616161" },
	{ "key=0s" B64_33, KUPF_FIELD_KEY,
	  "616161616161616161616161616161616161616161616161616161616161616161" },
	{ "key=0s" B64_64, KUPF_FIELD_KEY,
	  "6161616161616161616161616161616161616161616161616161616161616161"
	  "6161616161616161616161616161616161616161616161616161616161616161" },
	/* raw octets of any value; "0x" followed by what is no digit is raw */
	{ "key=%00%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f"
	  "%10%11%12%13%14%15%16%17%18%19%1a%1b%1c%1d%1e%ff", KUPF_FIELD_KEY,
	  HEX31 "ff" },
	{ "key=0xGHEFGHIJKLMNOPQRSTUVWXYZ234567", KUPF_FIELD_KEY,
	  "3078474845464748494a4b4c4d4e4f505152535455565758595a323334353637" },
	{ "kamf=0x" HEX32, KUPF_FIELD_KAMF, HEX32 },
	{ "kamf=" RAW32, KUPF_FIELD_KAMF,
	  "4142434445464748494a4b4c4d4e4f505152535455565758595a323334353637" },
	{ "ktngf=0x" HEX32, KUPF_FIELD_KTNGF, HEX32 },
	{ "derivation=kupf", KUPF_FIELD_DERIVATION, "kupf" },
	{ "derivation=ts33501-a22", KUPF_FIELD_DERIVATION, "ts33501-a22" },
	{ "nas-count=0", KUPF_FIELD_NAS_COUNT, "0" },
	{ "nas-count=4294967295", KUPF_FIELD_NAS_COUNT, "4294967295" },
	{ "distinguisher=0xF1", KUPF_FIELD_DISTINGUISHER, "f1" },
	{ "distinguisher=0xff", KUPF_FIELD_DISTINGUISHER, "ff" },
	/* one that starts as text does */
	{ "kamf=0BCDEFGHIJKLMNOPQRSTUVWXYZ234567", KUPF_FIELD_KAMF,
	  "3042434445464748494a4b4c4d4e4f505152535455565758595a323334353637" },
	{ "ktngf=0xGHEFGHIJKLMNOPQRSTUVWXYZ234567", KUPF_FIELD_KTNGF,
	  "3078474845464748494a4b4c4d4e4f505152535455565758595a323334353637" },
	{ "kamf=0s" B64_32, KUPF_FIELD_KAMF,
	  "6161616161616161616161616161616161616161616161616161616161616161" },
	{ "rand=ABCDEFGHIJKLMNOP", KUPF_FIELD_RAND,
	  "4142434445464748494a4b4c4d4e4f50" },
	{ "rand=0x000102030405060708090a0b0c0d0e0f", KUPF_FIELD_RAND,
	  "000102030405060708090a0b0c0d0e0f" },
	{ "rand=000102030405060708090a0b0c0d0e0f", KUPF_FIELD_RAND,
	  "000102030405060708090a0b0c0d0e0f" },
	{ "rand=" HEX64, KUPF_FIELD_RAND, HEX64 },
	{ "rand=0x" HEX64, KUPF_FIELD_RAND, HEX64 },
	{ "rand=0x" ZERO16, KUPF_FIELD_RAND, ZERO16 },
	{ "fc=0x6E", KUPF_FIELD_FC, "6e" },
	{ "fc=0xff01", KUPF_FIELD_FC, "ff01" },
	{ "pdu-session-id=1", KUPF_FIELD_PDU_SESSION_ID, "1" },
	{ "pdu-session-id=15", KUPF_FIELD_PDU_SESSION_ID, "15" },
	{ "upf-address=192.0.2.1", KUPF_FIELD_UPF_ADDRESS, "192.0.2.1" },
	{ "upf-address=2001:DB8::1", KUPF_FIELD_UPF_ADDRESS, "2001:db8::1" },
	{ "ue-addresses=[]", KUPF_FIELD_UE_ADDRESSES, "" },
	{ "ue-addresses=[10.0.0.1]", KUPF_FIELD_UE_ADDRESSES, "10.0.0.1 " },
	{ "ue-addresses=[10.0.0.1,2001:db8::1]", KUPF_FIELD_UE_ADDRESSES,
	  "10.0.0.1 2001:db8::1 " },
	{ "ue-addresses=[10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,"
	  "10.0.0.7,10.0.0.8]", KUPF_FIELD_UE_ADDRESSES,
	  "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 "
	  "10.0.0.8 " },
	{ "ue-addresses=[255.255.255.254,1.0.0.0,223.255.255.255,126.0.0.1,"
	  "128.0.0.1,::2,fe80::1]", KUPF_FIELD_UE_ADDRESSES,
	  "255.255.255.254 1.0.0.0 223.255.255.255 126.0.0.1 128.0.0.1 ::2 "
	  "fe80::1 " },
	{ "ue-addresses=[10.0.0.1,2001:db8::/64,2001:DB8:0:1::1]",
	  KUPF_FIELD_UE_ADDRESSES, "10.0.0.1 2001:db8::/64 2001:db8:0:1::1 " },
	{ "dns=[]", KUPF_FIELD_DNS, "" },
	{ "dns=[10.0.0.1,2001:db8::1,10.0.0.2,10.0.0.3]", KUPF_FIELD_DNS,
	  "10.0.0.1 2001:db8::1 10.0.0.2 10.0.0.3 " },
	{ "p-cscf=[]", KUPF_FIELD_P_CSCF, "" },
	{ "p-cscf=[2001:db8::1,10.0.0.1,2001:db8::2,2001:db8::3]",
	  KUPF_FIELD_P_CSCF, "2001:db8::1 10.0.0.1 2001:db8::2 2001:db8::3 " },
	{ "dnn=i", KUPF_FIELD_DNN, "i" },
	{ "dnn=IMS.mnc001-x.4", KUPF_FIELD_DNN, "IMS.mnc001-x.4" },
	{ "dnn=" A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", KUPF_FIELD_DNN,
	  A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	{ "snssai=1", KUPF_FIELD_SNSSAI, "1" },
	{ "snssai=007", KUPF_FIELD_SNSSAI, "7" },
	{ "snssai=255-00FfaA", KUPF_FIELD_SNSSAI, "255-00ffaa" },
	{ "lifetime=0", KUPF_FIELD_LIFETIME, "0" },
	{ "lifetime=3600", KUPF_FIELD_LIFETIME, "3600" },
	{ "lifetime=0315360000", KUPF_FIELD_LIFETIME, "315360000" },
	{ "services=[ike]", KUPF_FIELD_SERVICES, "1" },
	{ "services=[mpquic]", KUPF_FIELD_SERVICES, "2" },
	{ "services=[msgin5g]", KUPF_FIELD_SERVICES, "4" },
	{ "services=[tls]", KUPF_FIELD_SERVICES, "8" },
	{ "psk-identity=3GPP-AKMA0a@b", KUPF_FIELD_PSK_IDENTITY,
	  "334750502d414b4d4130614062" },
	{ "psk-identity=0x00Ff", KUPF_FIELD_PSK_IDENTITY, "00ff" },
	{ "psk-identity=0", KUPF_FIELD_PSK_IDENTITY, "30" },
	{ "base-key=0x" HEX32, KUPF_FIELD_BASE, HEX32 },
	{ "derivation=akma-af", KUPF_FIELD_DERIVATION, "akma-af" },
	{ "supi=00101", KUPF_FIELD_SUPI, "3030313031" },
	{ "supi=001012345678901", KUPF_FIELD_SUPI,
	  "303031303132333435363738393031" },
	{ "supi=u@x", KUPF_FIELD_SUPI, "754078" },
	{ "af-id=a.b%01%00%00%00%07", KUPF_FIELD_AF_ID, "612e620100000007" },
	{ "af-id=0x612e620100000007", KUPF_FIELD_AF_ID, "612e620100000007" },
	{ "snn=5G:a", KUPF_FIELD_SNN, "35473a61" },
	{ "snn=0x00f110", KUPF_FIELD_SNN, "00f110" },
	{ "sqn-ak=0x000102030405", KUPF_FIELD_SQN_AK, "000102030405" },
	{ "sqn-ak=0x%00%01%02%03", KUPF_FIELD_SQN_AK, "307800010203" },
	{ "services=[ike,mpquic]", KUPF_FIELD_SERVICES, "3" },
	{ "grace=0", KUPF_FIELD_GRACE, "0" },
	{ "generation=1", KUPF_FIELD_GENERATION, "1" },
	{ "generation=4294967295", KUPF_FIELD_GENERATION, "4294967295" },
	{ "unique-id=1", KUPF_FIELD_UNIQUE_ID, "1" },
	{ "grace=315360000", KUPF_FIELD_GRACE, "315360000" },
	{ "state=up", KUPF_FIELD_STATE, "up" },
	{ "state=provisioned", KUPF_FIELD_STATE, "provisioned" },
	{ "replace=yes", KUPF_FIELD_REPLACE, "yes" },
	{ "replace=no", KUPF_FIELD_REPLACE, "no" },
	{ "limit=1", KUPF_FIELD_LIMIT, "1" },
	{ "limit=4294967295", KUPF_FIELD_LIMIT, "4294967295" },
	{ "after=" TEXT64, KUPF_FIELD_AFTER, TEXT64 },
	{ "after=preconfigured", KUPF_FIELD_AFTER, "preconfigured" },
	{ "after=" TEXT64 "%20preconfigured", KUPF_FIELD_AFTER, TEXT64 ", below" },
};

/**
 * Print a member of a session, addresses with a blank behind each.
 */
static void show_member(kupf_request_t *request, kupf_field_t field, char *text)
{
	kupf_member_t member = 0;
	const kupf_address_t *address;
	chunk_t octets;

	while (KUPF_FIELD_OF(member) != field)
	{
		ck_assert_uint_lt(++member, KUPF_MEMBERS);
	}
	octets = kupf_members_get(&request->data, member);
	address = (kupf_address_t*)octets.ptr;
	switch (kupf_members[member].kind)
	{
		case KUPF_KIND_NUMBER:
			sprintf(text, "%u", *octets.ptr);
			break;
		case KUPF_KIND_ADDRESS:
			kupf_address_print(address, text);
			break;
		case KUPF_KIND_ADDRESSES:
			for (; octets.len; octets = chunk_skip(octets, sizeof(*address)))
			{
				kupf_address_print(address++, text);
				strcat(text, " ");
				text += strlen(text);
			}
			break;
		case KUPF_KIND_TEXT:
			strcpy(text, (char*)octets.ptr);
			break;
		default:
			chunk_to_hex(octets, text, FALSE);
			break;
	}
}

/**
 * Print octets as digits.
 */
static char *show_octets(kupf_octets_t *octets)
{
	static char text[2 * sizeof(octets->octets) + 1];

	chunk_to_hex(chunk_create(octets->octets, octets->len), text, FALSE);
	return text;
}

/**
 * Print a field of a request.
 */
static char *show(kupf_request_t *request, kupf_field_t field)
{
	static char text[1024];

	text[0] = '\0';
	switch (field)
	{
		case KUPF_FIELD_SESSION:
			strcpy(text, request->session);
			break;
		case KUPF_FIELD_UE_ID:
			snprintf(text, sizeof(text), "%u:", request->id_type);
			chunk_to_hex(chunk_create(request->id, request->id_len),
						 text + strlen(text), FALSE);
			break;
		case KUPF_FIELD_KEY:
			chunk_to_hex(chunk_create(request->key, request->key_len), text,
						 FALSE);
			break;
		case KUPF_FIELD_KAMF:
		case KUPF_FIELD_KTNGF:
		case KUPF_FIELD_BASE:
			chunk_to_hex(chunk_from_thing(request->base), text, FALSE);
			break;
		case KUPF_FIELD_RAND:
			chunk_to_hex(chunk_create(request->rand, request->rand_len), text,
						 FALSE);
			break;
		case KUPF_FIELD_FC:
			snprintf(text, sizeof(text), "%x", request->fc);
			break;
		case KUPF_FIELD_DERIVATION:
			strcpy(text, request->derivation->name);
			break;
		case KUPF_FIELD_NAS_COUNT:
			snprintf(text, sizeof(text), "%u", request->nas_count);
			break;
		case KUPF_FIELD_DISTINGUISHER:
			snprintf(text, sizeof(text), "%x", request->distinguisher);
			break;
		case KUPF_FIELD_LIFETIME:
			snprintf(text, sizeof(text), "%u", request->data.lifetime);
			break;
		case KUPF_FIELD_SERVICES:
			snprintf(text, sizeof(text), "%u", request->data.services);
			break;
		case KUPF_FIELD_SUPI:
			return show_octets(&request->supi);
		case KUPF_FIELD_AF_ID:
			return show_octets(&request->af_id);
		case KUPF_FIELD_SNN:
			return show_octets(&request->snn);
		case KUPF_FIELD_SQN_AK:
			return show_octets(&request->sqn_ak);
		case KUPF_FIELD_GRACE:
			snprintf(text, sizeof(text), "%u", request->grace);
			break;
		case KUPF_FIELD_GENERATION:
			snprintf(text, sizeof(text), "%u", request->data.generation);
			break;
		case KUPF_FIELD_UNIQUE_ID:
			snprintf(text, sizeof(text), "%u", request->unique_id);
			break;
		case KUPF_FIELD_STATE:
			strcpy(text, request->up ? "up" : "provisioned");
			break;
		case KUPF_FIELD_REPLACE:
			strcpy(text, request->replace ? "yes" : "no");
			break;
		case KUPF_FIELD_LIMIT:
			snprintf(text, sizeof(text), "%u", request->limit);
			break;
		case KUPF_FIELD_AFTER:
			snprintf(text, sizeof(text), "%s%s", request->after,
					 request->after_preconfigured ? ", below" : "");
			break;
		default:
			show_member(request, field, text);
			break;
	}
	return text;
}

START_TEST(test_good)
{
	kupf_request_t request;
	kupf_error_t error;

	ck_assert_msg(parse(&request, &error, ALL, 0, good[_i].script),
				  "%s: %s", good[_i].script, error.message);
	ck_assert_uint_eq(request.fields, good[_i].field);
	ck_assert_str_eq(show(&request, good[_i].field), good[_i].shown);
	kupf_request_wipe(&request);
}
END_TEST

bool shares(const char *text, const char *other, size_t n)
{
	char part[32];

	for (; strlen(other) >= n; other++)
	{
		snprintf(part, sizeof(part), "%.*s", (int)n, other);
		if (strstr(text, part))
		{
			return TRUE;
		}
	}
	return FALSE;
}

START_TEST(test_required)
{
	kupf_request_t request;
	kupf_error_t error;

	ck_assert(parse(&request, &error, ALL, 0, ""));
	ck_assert(!parse(&request, &error, ALL, KUPF_FIELD_SESSION, ""));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_MISSING_FIELD);
	ck_assert_ptr_nonnull(strstr(error.message, "'session'"));
	ck_assert(!parse(&request, &error, ALL,
					 KUPF_FIELD_SESSION | KUPF_FIELD_KEY, "session=a"));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_MISSING_FIELD);
	ck_assert_ptr_nonnull(strstr(error.message, "'key'"));
	ck_assert(parse(&request, &error, ALL,
					KUPF_FIELD_SESSION | KUPF_FIELD_KEY,
					"key=0x" HEX32 " session=a"));
	/* what is there but wrong is not missing */
	ck_assert(!parse(&request, &error, ALL, KUPF_FIELD_SESSION, "session="));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_INVALID_FIELD);
}
END_TEST

START_TEST(test_not_allowed)
{
	kupf_request_t request;
	kupf_error_t error;

	ck_assert(!parse(&request, &error, KUPF_FIELD_SESSION, 0, "grace=1"));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_UNKNOWN_FIELD);
	ck_assert_str_eq(error.message, "field 'grace' is not known here");
	ck_assert(!parse(&request, &error, 0, 0, "session=a"));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_UNKNOWN_FIELD);
	ck_assert(!parse(&request, &error, 0, 0, "session={ }"));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_UNKNOWN_FIELD);
	ck_assert(parse(&request, &error, 0, 0, ""));
}
END_TEST

START_TEST(test_all)
{
	kupf_request_t request;
	kupf_error_t error;

	/* members besides these are in test_kupf_commands_fields.c */
	ck_assert(parse(&request, &error, ALL, MOST & ~KUPF_FIELDS_MEMBERS,
		"services=[ike] lifetime=60 ue-addresses=[10.0.0.1] dns=[10.0.0.2] "
		"p-cscf=[10.0.0.3] dnn=a snssai=1 grace=5 psk-identity=x "
		"generation=7 "
		"base-key=0x" HEX32 " supi=u@x af-id=a%01%00%00%00%07 snn=a "
		"sqn-ak=0x000102030405 "
		"upf-address=192.0.2.1 pdu-session-id=5 fc=0x6e rand=0x" HEX32 " "
		"derivation=kupf nas-count=1 distinguisher=0xf1 ktngf=0x" HEX32 " "
		"kamf=0x" HEX32 " key=0x" HEX64 " ue-id=keyid:a session=s"));
	ck_assert_uint_eq(request.fields & ~KUPF_FIELDS_MEMBERS,
					  MOST & ~KUPF_FIELDS_MEMBERS);
	ck_assert_uint_eq(request.fields & KUPF_FIELDS_MEMBERS,
					  KUPF_FIELD_OF(KUPF_MEMBER_P_CSCF + 1) - KUPF_FIELD_OF(0));
	ck_assert_str_eq(request.session, "s");
	ck_assert_uint_eq(request.key_len, 64);
	ck_assert_uint_eq(request.data.lifetime, 60);
}
END_TEST

START_TEST(test_section)
{
	kupf_request_t request = {};
	kupf_error_t error = {};
	wire_reader_t elements;
	wire_element_t element;
	chunk_t encoding;

	/* each section is consumed to its end, good or bad */
	encoding = test_encode("a={ lifetime=1 } b={ x=1 y={ z=[1] } lifetime=2 } "
						   "c={ lifetime=3 }");
	ck_assert(wire_reader_init(&elements, test_octets(encoding)));
	ck_assert(wire_reader_next(&elements, &element));
	ck_assert(kupf_parser_message(&request, &elements, ALL, 0, &error));
	ck_assert_uint_eq(request.data.lifetime, 1);

	ck_assert(wire_reader_next(&elements, &element));
	ck_assert(wire_equals(element.name, "b"));
	memset(&request, 0, sizeof(request));
	ck_assert(!kupf_parser_message(&request, &elements, ALL, 0, &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_UNKNOWN_FIELD);
	ck_assert_ptr_nonnull(strstr(error.message, "field 1, "));

	ck_assert(wire_reader_next(&elements, &element));
	ck_assert(wire_equals(element.name, "c"));
	memset(&request, 0, sizeof(request));
	memset(&error, 0, sizeof(error));
	ck_assert(kupf_parser_message(&request, &elements, ALL, 0, &error));
	ck_assert_uint_eq(request.data.lifetime, 3);
	ck_assert(!wire_reader_next(&elements, &element));
	chunk_free(&encoding);
}
END_TEST

START_TEST(test_set_session)
{
	kupf_request_t request = {};
	kupf_error_t error = {};

	ck_assert(kupf_parser_name(&request, wire_text(TEXT64), &error));
	ck_assert_str_eq(request.session, TEXT64);
	ck_assert_uint_eq(request.fields, KUPF_FIELD_SESSION);
	ck_assert(!kupf_parser_name(&request, wire_text(TEXT64 "x"), &error));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_INVALID_FIELD);
	memset(&error, 0, sizeof(error));
	ck_assert(!kupf_parser_name(&request, wire_text(""), &error));
	ck_assert(!kupf_parser_name(&request, wire_text("a b"), &error));
}
END_TEST

START_TEST(test_wipe)
{
	kupf_request_t request;
	kupf_error_t error;
	u_int i;

	ck_assert(parse(&request, &error, ALL, 0,
					"key=0x" HEX64 " kamf=0x" HEX32));
	kupf_request_wipe(&request);
	for (i = 0; i < sizeof(request.key); i++)
	{
		ck_assert_uint_eq(request.key[i], 0);
	}
	for (i = 0; i < sizeof(request.base); i++)
	{
		ck_assert_uint_eq(request.base[i], 0);
	}
}
END_TEST

START_TEST(test_error)
{
	kupf_error_t error = {};
	char text[1024];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert(!kupf_error(&error, KUPF_CAUSE_BUSY, "%s", text));
	ck_assert_uint_eq(strlen(error.message), sizeof(error.message) - 1);
	/* the first one stays */
	ck_assert(!kupf_error(&error, KUPF_CAUSE_NO_ADDRESS, "other"));
	ck_assert_int_eq(error.cause, KUPF_CAUSE_BUSY);
	ck_assert_int_eq(error.message[0], 'x');
}
END_TEST

/** Message with everything that a request may have */
#define RICH "session=s1 ue-id=keyid:a key=" RAW32 " lifetime=60 " \
	"ue-addresses=[10.0.0.1,2001:db8::1] services=[ike] x={ y={ z=1 } }"

/**
 * What a client may send is dealt with, whatever it is.
 */
static void survive(chunk_t encoding)
{
	kupf_request_t request = {};
	kupf_error_t error = {};
	wire_reader_t elements;

	if (wire_reader_init(&elements, test_octets(encoding)) &&
		!kupf_parser_message(&request, &elements, ALL, KUPF_FIELD_SESSION,
							 &error))
	{
		ck_assert(error.cause != KUPF_CAUSE_NONE && error.message[0]);
		ck_assert(!shares(error.message, RAW32, 6));
	}
	kupf_request_wipe(&request);
}

START_TEST(test_mutations)
{
	chunk_t encoding, copy;
	size_t i;
	int value;

	encoding = test_encode(RICH);
	for (i = 0; i < encoding.len; i++)
	{
		copy = chunk_clone(encoding);
		for (value = 0; value < 256; value++)
		{
			copy.ptr[i] = value;
			survive(copy);
		}
		chunk_free(&copy);
		copy = chunk_clone(chunk_create(encoding.ptr, i));
		survive(copy);
		chunk_free(&copy);
	}
	chunk_free(&encoding);
}
END_TEST

static Suite *kupf_request_suite()
{
	Suite *suite = suite_create("kupf_request");
	TCase *tc = test_case(suite, "values", 0, NULL, NULL);

	tcase_add_loop_test(tc, test_good, 0, countof(good));

	tc = test_case(suite, "messages", 60, NULL, NULL);
	tcase_add_test(tc, test_required);
	tcase_add_test(tc, test_not_allowed);
	tcase_add_test(tc, test_all);
	tcase_add_test(tc, test_section);
	tcase_add_test(tc, test_set_session);
	tcase_add_test(tc, test_wipe);
	tcase_add_test(tc, test_error);
	tcase_add_test(tc, test_mutations);

	kupf_request_bad_cases(suite);
	return suite;
}

int main(void)
{
	return test_run(kupf_request_suite());
}
