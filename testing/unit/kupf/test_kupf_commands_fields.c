/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Each field of a session, all the way: it is kept, told, compared, taken over by
 * a modification, and left by one of something else.
 */

#include "test_kupf_commands.h"
#include "kupf/protocol/kupf_fields.h"

/** Fields that a session keeps, but for the generation, which comes by itself */
#define KEPT (KUPF_FIELDS_SESSION & ~KUPF_FIELDS_DERIVE & ~KUPF_FIELD_GENERATION)

/**
 * Two values of a field.
 */
typedef struct {
	const char *name;
	/** the field, and how it is told, NULL if it is not told so */
	const char *first, *told_first;
	const char *second, *told_second;
	/** what else it needs */
	const char *with;
} sample_t;

static const sample_t samples[] = {
	{ "ue-id", "ue-id=keyid:first", "keyid:first", "ue-id=keyid:second",
	  "keyid:second", "" },
	{ "key", "key=0x" KEY_HEX "01", NULL, "key=0x" KEY_HEX "02", NULL, "" },
	{ "pdu-session-id", "pdu-session-id=14", "14", "pdu-session-id=15", "15",
	  "" },
	{ "upf-address", "upf-address=192.0.2.77", "192.0.2.77",
	  "upf-address=192.0.2.78", "192.0.2.78", "" },
	{ "ue-addresses", "ue-addresses=[10.77.0.1]", "10.77.0.1",
	  "ue-addresses=[10.78.0.1]", "10.78.0.1", "" },
	{ "dns", "dns=[192.0.2.53]", "192.0.2.53", "dns=[192.0.2.54]",
	  "192.0.2.54", "" },
	{ "p-cscf", "p-cscf=[192.0.2.5]", "192.0.2.5", "p-cscf=[2001:db8::5]",
	  "2001:db8::5", "" },
	{ "dnn", "dnn=first.net", "first.net", "dnn=second.net", "second.net", "" },
	{ "snssai", "snssai=1-00000a", "1-00000a", "snssai=2-00000b", "2-00000b",
	  "" },
	{ "lifetime", "lifetime=1000", NULL, "lifetime=2000", NULL, "" },
	{ "services", "services=[mpquic]", "mpquic", "services=[msgin5g]",
	  "msgin5g", "" },
	{ "psk-identity", "psk-identity=first-psk", "first-psk",
	  "psk-identity=second-psk", "second-psk", " services=[tls]" },
};

/**
 * Whether list-sessions tells a value, not as a part of another one: with its
 * length in front.
 */
static bool is_told(const char *text)
{
	size_t len = strlen(text) + sizeof(uint16_t);
	char value[64] = {};
	wire_packet_type_t type;
	vici_message_t *message;
	chunk_t encoding;
	test_call_t call;
	bool told = FALSE;

	ck_assert_uint_lt(len, sizeof(value));
	value[1] = strlen(text);
	strcpy(value + sizeof(uint16_t), text);
	test_call_begin(&upf, &call, &upf, "list-sessions", "");
	while (test_call_step(&upf, &call))
	{
		/* to its end */
	}
	while ((message = test_call_next(&call, &type)))
	{
		encoding = message->get_encoding(message);
		told |= memmem(encoding.ptr, encoding.len, value, len) != NULL;
		message->destroy(message);
	}
	test_call_end(&call);
	return told;
}

/**
 * That one value is told, and the other one is not.
 */
static void assert_told(const char *name, const char *one, const char *other)
{
	if (one)
	{
		ck_assert_msg(is_told(one), "%s: '%s' is not told", name, one);
		ck_assert_msg(!is_told(other), "%s: '%s' is told", name, other);
	}
}

/**
 * Find the values of a field.
 */
static const sample_t *find_sample(const char *name)
{
	u_int i;

	for (i = 0; i < countof(samples); i++)
	{
		if (streq(samples[i].name, name))
		{
			return &samples[i];
		}
	}
	ck_abort_msg("there are no values of field '%s'", name);
	return NULL;
}

/**
 * Carry out a command with some text and more.
 */
static void run_with(const char *expected, const char *name, const char *text,
					 const char *more)
{
	char script[512];

	snprintf(script, sizeof(script), "%s %s", text, more);
	run(expected, name, script);
}

START_TEST(test_kept)
{
	const kupf_wire_field_t *field;
	kupf_fields_t bits = KEPT;
	const sample_t *sample;
	char base[256], second[256];
	int i;

	for (i = 0; i < _i; i++)
	{
		bits &= ~kupf_fields_first(bits)->bit;
	}
	field = kupf_fields_first(bits);
	ck_assert_msg(field, "no name of fields 0x%llx", (unsigned long long)bits);
	sample = find_sample(field->name);
	snprintf(base, sizeof(base), "session=a%s%s%s",
			 field->bit == KUPF_FIELD_UE_ID ? "" : " ue-id=keyid:ue",
			 field->bit == KUPF_FIELD_KEY ? "" : " key=" KEY, sample->with);
	snprintf(second, sizeof(second), "%s %s", base, sample->second);

	run_with("success=yes generation=1", "establish-session", base,
			 sample->first);
	run_with("success=yes generation=1", "establish-session", base,
			 sample->first);
	assert_told(field->name, sample->told_first, sample->told_second);
	/* with the other one it is not the same */
	run("success=no cause=session-exists", "establish-session", second);
	run_with("success=yes generation=2", "modify-session", "session=a",
			 sample->second);
	run("success=yes generation=2", "establish-session", second);
	assert_told(field->name, sample->told_second, sample->told_first);
	/* when something else is modified it stays */
	if (field->bit == KUPF_FIELD_PDU_SESSION_ID)
	{
		run("success=yes generation=3", "modify-session",
			"session=a dnn=another.net");
		run_with("success=yes generation=3", "establish-session", second,
				 "dnn=another.net");
	}
	else
	{
		run("success=yes generation=3", "modify-session",
			"session=a pdu-session-id=9");
		run_with("success=yes generation=3", "establish-session", second,
				 "pdu-session-id=9");
	}
	assert_told(field->name, sample->told_second, sample->told_first);
}
END_TEST

/* a member is told as it is asked for */
START_TEST(test_names)
{
	const kupf_wire_field_t *field;

	field = kupf_fields_first(KUPF_FIELD_OF(_i));
	ck_assert_ptr_nonnull(field);
	ck_assert_str_eq(kupf_members[_i].name, field->name);
	ck_assert_int_eq(kupf_members[_i].kind == KUPF_KIND_ADDRESSES, field->list);
}
END_TEST

/*
 * Described in header
 */
void kupf_commands_fields_cases(Suite *suite)
{
	TCase *tc = test_case(suite, "fields", 0, setup, teardown);

	tcase_add_loop_test(tc, test_kept, 0, __builtin_popcountll(KEPT));
	tcase_add_loop_test(tc, test_names, 0, KUPF_MEMBERS);
}
