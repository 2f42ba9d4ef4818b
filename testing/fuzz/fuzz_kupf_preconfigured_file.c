/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Fuzzes the file of pre-configured keys.
 *
 * No error may repeat what may be of a key.
 */

#include "fuzz.h"
#include "kupf/protocol/kupf_preconfigured_file.h"

#include <sys/mman.h>
#include <unistd.h>

const char *fuzz_target = "kupf_preconfigured_file";

/** What the path is in errors */
#define PATH "KEYS"

/**
 * Abort if a session is not as it must be.
 */
static void check_session(kupf_session_t *session)
{
	kupf_session_data_t data;

	kupf_session_get_data(session, &data);
	if (!data.preconfigured || !data.name[0] || !data.id.len ||
		data.key.len < KUPF_KEY_MIN || data.key.len > KUPF_KEY_MAX ||
		!data.services || data.lifetime || data.generation != 1 ||
		data.upf_address_pooled)
	{
		abort();
	}
}

/**
 * Put the input into a file, which is always the same one.
 */
static int fill_file(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0)
	{
		fd = memfd_create(PATH, MFD_CLOEXEC);
	}
	if (fd < 0 || ftruncate(fd, 0) != 0 ||
		pwrite(fd, data, size, 0) != (ssize_t)size ||
		lseek(fd, 0, SEEK_SET) != 0)
	{
		abort();
	}
	return fd;
}

/**
 * Get a store with nothing in it, which is always the same one.
 */
static kupf_store_t *empty_store(void)
{
	static kupf_store_t *store;
	enumerator_t *enumerator;
	kupf_session_t *session;

	if (!store)
	{
		store = kupf_store_create(8, 0);
	}
	while (store->get_count(store))
	{
		enumerator = store->create_enumerator(store);
		if (!enumerator->enumerate(enumerator, &session))
		{
			abort();
		}
		session = kupf_session_ref(session);
		enumerator->destroy(enumerator);
		store->remove(store, session);
		kupf_session_unref(session);
	}
	return store;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enumerator_t *enumerator;
	kupf_session_t *session;
	kupf_error_t error = {};
	kupf_store_t *store;
	u_int count = 0;
	bool done;
	int fd;

	fd = fill_file(data, size);
	store = empty_store();
	done = kupf_preconfigured_file_parse(PATH, fd, store, &error);
	if (done != (error.cause == KUPF_CAUSE_NONE) ||
		(!done && !strpfx(error.message, PATH ":")))
	{
		abort();
	}
	/* there are many shards to look at: not if nothing is there */
	if (store->get_count(store))
	{
		enumerator = store->create_enumerator(store);
		while (enumerator->enumerate(enumerator, &session))
		{
			check_session(session);
			count++;
		}
		enumerator->destroy(enumerator);
	}
	if (count != store->get_count(store))
	{
		abort();
	}
	fuzz_check_error(error.message, data, size);
	return 0;
}
