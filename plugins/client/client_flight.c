/* SPDX-License-Identifier: MIT */

#include "client_flight.h"

#include <stdlib.h>

/*
 * Described in header
 */
void client_flight_push(client_flight_t *self, const client_request_t *request)
{
	self->requests[(self->first + self->count++) % CLIENT_FLIGHT_MAX] =
																	*request;
}

/*
 * Described in header
 */
const client_request_t *client_flight_first(const client_flight_t *self)
{
	return self->count ? &self->requests[self->first] : NULL;
}

/*
 * Described in header
 */
client_request_t client_flight_pop(client_flight_t *self)
{
	client_request_t request = self->requests[self->first];

	self->first = (self->first + 1) % CLIENT_FLIGHT_MAX;
	self->count--;
	return request;
}

/*
 * Described in header
 */
void client_request_clear(client_request_t *self)
{
	if (self->message)
	{
		explicit_bzero(self->message, self->len);
		free(self->message);
		self->message = NULL;
	}
}
