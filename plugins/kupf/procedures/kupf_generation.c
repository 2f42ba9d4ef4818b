/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_generation.h"
#include "kupf/store/kupf_session_compare.h"

/*
 * Described in header
 */
kupf_generation_t kupf_generation_compare_content(kupf_session_t *session,
										const kupf_session_data_t *data,
										const kupf_request_t *request,
										kupf_error_t *error)
{
	uint32_t generation = kupf_session_get_generation(session);
	kupf_session_data_t own, same = *data;

	if (!(request->fields & KUPF_FIELD_GENERATION) ||
		request->data.generation > generation)
	{
		return KUPF_GENERATION_NEXT;
	}
	if (request->data.generation == generation)
	{
		/* the life of this generation has begun already: who repeats it when
		 * a part of it is over gives what is left */
		kupf_session_get_data(session, &own);
		same.lifetime = own.lifetime;
		if (kupf_session_matches(session, &same))
		{
			return KUPF_GENERATION_SAME;
		}
		kupf_error(error, KUPF_CAUSE_STALE_GENERATION, "field 'generation': "
				   "%u is that of the session, with other content", generation);
		return KUPF_GENERATION_STALE;
	}
	kupf_error(error, KUPF_CAUSE_STALE_GENERATION, "field 'generation': the "
			   "session has %u, expected that or more", generation);
	return KUPF_GENERATION_STALE;
}

/**
 * Whether a session is what a request that establishes one has; with replace, as
 * far as it says.
 *
 * @param data		content that the request has for a new one
 */
static bool is_same(kupf_session_t *session, const kupf_session_data_t *data,
					kupf_request_t *request)
{
	kupf_session_data_t merged;

	if (kupf_session_matches(session, data))
	{
		return TRUE;
	}
	if (!request->replace)
	{
		return FALSE;
	}
	kupf_session_get_data(session, &merged);
	kupf_request_apply(&merged, request);
	return kupf_session_matches(session, &merged);
}

/*
 * Described in header
 */
kupf_generation_t kupf_generation_compare(kupf_session_t *session,
										const kupf_session_data_t *data,
										kupf_request_t *request,
										kupf_error_t *error)
{
	kupf_session_data_t merged;

	if (!(request->fields & KUPF_FIELD_GENERATION))
	{
		return is_same(session, data, request) ? KUPF_GENERATION_SAME
											   : KUPF_GENERATION_NEXT;
	}
	if (!request->replace)
	{
		return kupf_generation_compare_content(session, data, request, error);
	}
	kupf_session_get_data(session, &merged);
	kupf_request_apply(&merged, request);
	return kupf_generation_compare_content(session, &merged, request, error);
}
