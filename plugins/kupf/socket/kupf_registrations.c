/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_registrations.h"
#include "kupf/protocol/kupf_list.h"

typedef struct private_kupf_registrations_t private_kupf_registrations_t;

/**
 * Private data.
 */
struct private_kupf_registrations_t {
	/** public interface */
	kupf_registrations_t public;
	/** tells about events */
	kupf_publisher_t *publisher;
	/** who is told */
	kupf_subscriber_t *subscriber;
	/** registered for list-session */
	bool listing;
};

/**
 * Find an event of the publisher by its exact name.
 */
static bool find_event(private_kupf_registrations_t *this, wire_octets_t name,
					   kupf_event_t *event)
{
	for (*event = KUPF_EVENT_TUNNEL_UP; *event < KUPF_EVENTS; (*event)++)
	{
		if (this->publisher->offers(this->publisher, *event) &&
			wire_equals(name, enum_to_name(kupf_event_names, *event)))
		{
			return TRUE;
		}
	}
	return FALSE;
}

METHOD(kupf_registrations_t, knows, bool,
	private_kupf_registrations_t *this, wire_octets_t name)
{
	kupf_event_t event;

	return (this->publisher->lists && wire_equals(name, KUPF_LIST_EVENT)) ||
		   find_event(this, name, &event);
}

METHOD(kupf_registrations_t, add, void,
	private_kupf_registrations_t *this, wire_octets_t name)
{
	kupf_event_t event;

	if (find_event(this, name, &event))
	{
		this->publisher->subscribe(this->publisher, event, this->subscriber);
	}
	else
	{
		this->listing = TRUE;
	}
}

METHOD(kupf_registrations_t, remove_, bool,
	private_kupf_registrations_t *this, wire_octets_t name)
{
	kupf_event_t event;
	bool found;

	if (wire_equals(name, KUPF_LIST_EVENT))
	{
		found = this->listing;
		this->listing = FALSE;
		return found;
	}
	return find_event(this, name, &event) &&
		   this->publisher->unsubscribe(this->publisher, event,
										this->subscriber);
}

METHOD(kupf_registrations_t, clear, void,
	private_kupf_registrations_t *this)
{
	kupf_event_t event;

	for (event = KUPF_EVENT_TUNNEL_UP; event < KUPF_EVENTS; event++)
	{
		this->publisher->unsubscribe(this->publisher, event, this->subscriber);
	}
	this->listing = FALSE;
}

METHOD(kupf_registrations_t, is_listing, bool,
	private_kupf_registrations_t *this)
{
	return this->listing;
}

METHOD(kupf_registrations_t, destroy, void,
	private_kupf_registrations_t *this)
{
	clear(this);
	free(this);
}

/*
 * Described in header
 */
kupf_registrations_t *kupf_registrations_create(kupf_publisher_t *publisher,
												kupf_subscriber_t *subscriber)
{
	private_kupf_registrations_t *this;

	INIT(this,
		.public = {
			.knows = _knows,
			.add = _add,
			.remove = _remove_,
			.clear = _clear,
			.is_listing = _is_listing,
			.destroy = _destroy,
		},
		.publisher = publisher,
		.subscriber = subscriber,
	);
	return &this->public;
}
