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
 * Put the input into a file.
 */
static int create_file(const uint8_t *data, size_t size)
{
	int fd;

	fd = memfd_create(PATH, MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
		lseek(fd, 0, SEEK_SET) != 0)
	{
		abort();
	}
	return fd;
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

	fd = create_file(data, size);
	store = kupf_store_create(8, 0);
	done = kupf_preconfigured_file_parse(PATH, fd, store, &error);
	if (done != (error.cause == KUPF_CAUSE_NONE) ||
		(!done && !strpfx(error.message, PATH ":")))
	{
		abort();
	}
	enumerator = store->create_enumerator(store);
	while (enumerator->enumerate(enumerator, &session))
	{
		check_session(session);
		count++;
	}
	enumerator->destroy(enumerator);
	if (count != store->get_count(store))
	{
		abort();
	}
	fuzz_check_error(error.message, data, size);
	store->destroy(store);
	close(fd);
	return 0;
}
