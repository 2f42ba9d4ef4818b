/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What SMFs and the operator do: sessions that come, change and go, and files
 * that are read.
 */

#include "test_concurrency.h"

#include <stdio.h>

/** The first sessions have a lifetime and are left alone, so that it ends */
#define EXPIRING 50

static void request_init(kupf_request_t *request, u_int session)
{
	memset(request, 0, sizeof(*request));
	request->fields = KUPF_FIELD_SESSION;
	snprintf(request->session, sizeof(request->session), "pdu-%u", session);
}

void request_id(kupf_request_t *request, u_int id)
{
	request->fields |= KUPF_FIELD_UE_ID;
	request->id_type = ID_KEY_ID;
	request->id_len = snprintf((char*)request->id, sizeof(request->id),
							   "ue-%u", id);
}

/**
 * A key begins with the name of its session.
 */
static void request_key(kupf_request_t *request, u_int version)
{
	char key[KUPF_KEY_MIN + KUPF_SESSION_NAME_MAX];

	snprintf(key, sizeof(key), "%-31s%u", request->session, version);
	request->fields |= KUPF_FIELD_KEY;
	request->key_len = KUPF_KEY_MIN;
	memcpy(request->key, key, KUPF_KEY_MIN);
}

static void request_lifetime(kupf_request_t *request, uint32_t lifetime)
{
	request->fields |= KUPF_FIELD_LIFETIME;
	request->data.lifetime = lifetime;
}

/**
 * Check an answer, which was as the request wanted it or says why not.
 */
static void take_answer(kupf_request_t *request, kupf_session_t *session,
						kupf_error_t *error)
{
	if (session)
	{
		expect(error->cause == KUPF_CAUSE_NONE);
		expect(streq(kupf_session_get_name(session), request->session));
		kupf_session_unref(session);
		return;
	}
	switch (error->cause)
	{
		case KUPF_CAUSE_SESSION_EXISTS:
		case KUPF_CAUSE_NO_SUCH_SESSION:
		case KUPF_CAUSE_IDENTITY_IN_USE:
		case KUPF_CAUSE_ADDRESS_IN_USE:
		case KUPF_CAUSE_NO_ADDRESS:
		case KUPF_CAUSE_BUSY:
			break;
		default:
			expect(error->cause == KUPF_CAUSE_NONE);
			expect(session);
			break;
	}
}

/**
 * Name an inner address, which another session often has, or none.
 */
static void request_ue_address(kupf_request_t *request)
{
	char address[KUPF_ADDRESS_TEXT];

	request->data.ue_address_count = pick(2);
	if (request->data.ue_address_count)
	{
		snprintf(address, sizeof(address), "10.0.0.%u", 1 + pick(200));
		expect(kupf_address_parse(chunk_from_str(address),
								  request->data.ue_addresses));
	}
	request->fields |= KUPF_FIELD_UE_ADDRESSES;
}

void step_establish()
{
	kupf_request_t request;
	kupf_error_t error = {};
	u_int i = pick(SESSIONS);

	request_init(&request, i);
	request_id(&request, i);
	request_key(&request, pick(2));
	if (!pick(4))
	{
		request_ue_address(&request);
	}
	if (i < EXPIRING || !pick(2))
	{
		request_lifetime(&request, 1);
	}
	take_answer(&request, sessions->establish(sessions, &request, &error),
				&error);
}

void step_modify()
{
	kupf_request_t request;
	kupf_error_t error = {};
	char address[KUPF_ADDRESS_TEXT];
	u_int i = pick(SESSIONS);

	request_init(&request, i);
	switch (i < EXPIRING ? pick(2) : pick(5))
	{
		case 4:
			request_ue_address(&request);
			break;
		case 0:
			request_key(&request, pick(4));
			break;
		case 1:
			request_id(&request, pick(IDENTITIES));
			break;
		case 2:
			request_lifetime(&request, pick(2));
			break;
		default:
			snprintf(address, sizeof(address), "192.0.2.%u", 1 + pick(254));
			expect(kupf_address_parse(chunk_from_str(address),
									  &request.data.upf_address));
			request.fields |= KUPF_FIELD_UPF_ADDRESS;
			break;
	}
	if (pick(4))
	{
		request.fields |= KUPF_FIELD_GRACE;
		request.grace = pick(2);
	}
	take_answer(&request, sessions->modify(sessions, &request, &error), &error);
}

void delete_session(u_int i)
{
	kupf_error_t error = {};
	kupf_request_t request;
	u_int count;

	request_init(&request, i);
	expect(sessions->delete(sessions, request.session, &count, &error) ==
		   (error.cause == KUPF_CAUSE_NONE));
	expect(error.cause == KUPF_CAUSE_NONE ||
		   error.cause == KUPF_CAUSE_NO_SUCH_SESSION);
}

void step_delete()
{
	if (!pick(8))
	{
		delete_session(EXPIRING + pick(SESSIONS - EXPIRING));
	}
}

/*
 * The operator
 */

/**
 * Add a session to the file.
 */
static void write_line(FILE *file, u_int session, u_int id, u_int version)
{
	kupf_request_t request;
	char key[2 * KUPF_KEY_MIN + 1];

	request_init(&request, session);
	request_id(&request, id);
	request_key(&request, version);
	chunk_to_hex(chunk_create(request.key, request.key_len), key, FALSE);
	fprintf(file, "%s ue-id=keyid:%.*s key=0x%s%s\n", request.session,
			(int)request.id_len, (char*)request.id, key,
			pick(8) ? "" : " services=mpquic");
}

void step_reload()
{
	kupf_error_t error = {};
	u_int session, id, i;
	bool broken_file;
	FILE *file;

	if (pick(16))
	{
		return;
	}
	file = fopen(test_path("keys"), "w");
	expect(file);
	/* few beginnings: most lines were there before */
	session = 100 * pick(2);
	id = 20 * pick(2);
	for (i = 0; i < LINES; i++)
	{
		write_line(file, (session + 11 * i) % SESSIONS,
				   (id + 7 * i) % IDENTITIES, !pick(4));
	}
	broken_file = !pick(8);
	fputs(broken_file ? "broken" : "", file);
	fclose(file);
	expect(preconfigured->load(preconfigured, &error) == !broken_file);
	expect(error.cause == (broken_file ? KUPF_CAUSE_INVALID_FILE :
										 KUPF_CAUSE_NONE));
	count_one(&loaded);
}

void unload()
{
	kupf_error_t error = {};

	preconfigured->set_file(preconfigured, NULL, 0);
	expect(preconfigured->load(preconfigured, &error));
}
