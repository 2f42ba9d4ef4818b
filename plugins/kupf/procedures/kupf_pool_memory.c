/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_pool_memory.h"

#include <library.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/** What a file begins with; another layout gets another number */
#define MAGIC "KUPFADR1"

/** Longest text of a setting that is read from a file */
#define SPEC_MAX (1 << 20)

/** Slots that are read at once */
#define SLOTS 4096

typedef struct header_t header_t;
typedef struct remembered_t remembered_t;

/**
 * What a file begins with, in the order of the host.  The text of the setting
 * follows, and then, at a multiple of 8, the slots.
 */
struct header_t {
	/** MAGIC without its end */
	char magic[8];
	/** key of the hashes */
	u_char key[16];
	/** octets of the setting */
	uint64_t length;
};

/**
 * A session that had an address.
 */
struct remembered_t {
	/** hash of its name */
	uint64_t hash;
	/** number of the address */
	uint64_t number;
};

/**
 * Memory of a pool.
 */
struct kupf_pool_memory_t {
	/** addresses of the pool */
	kupf_pool_ranges_t *ranges;
	/** what they were made of */
	char *spec;
	/** path of the file */
	char *path;
	/** the file */
	int fd;
	/** whether the file is one for these addresses, or has to be begun anew */
	bool current;
	/** whether it has failed, which was logged */
	bool failed;
	/** key of the hashes */
	u_char key[16];
	/** what was in the file, by hash */
	remembered_t *remembered;
	/** number of these, and of those that kupf_pool_memory_any() has passed */
	size_t count, passed;
};

/**
 * Get the position of the first slot.
 */
static off_t first_slot(size_t length)
{
	return round_up(sizeof(header_t) + length, sizeof(uint64_t));
}

/**
 * Hash a name; 0 is that of no name.
 */
static uint64_t hash_name(kupf_pool_memory_t *this, const char *name)
{
	return chunk_mac(chunk_from_str((char*)name), this->key) ?: 1;
}

/**
 * Say why a file cannot be used, once.
 */
static bool failure(kupf_pool_memory_t *this, const char *why)
{
	if (!this->failed)
	{
		DBG1(DBG_CFG, "kupf: after a restart sessions may get other addresses "
			 "than before: '%s': %s", this->path, why);
		this->failed = TRUE;
	}
	return FALSE;
}

/**
 * Open the file; it must be one that nobody else can change.
 */
static bool open_file(kupf_pool_memory_t *this)
{
	struct stat st;

	this->fd = open(this->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
					O_NONBLOCK, S_IRUSR | S_IWUSR);
	if (this->fd < 0 || fstat(this->fd, &st) < 0)
	{
		return failure(this, strerror(errno));
	}
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & (S_IWGRP | S_IWOTH)))
	{
		return failure(this, "expected a file that only charon's user can "
					   "write");
	}
	return TRUE;
}

/**
 * Remember an address of the file, if it is one of the pool's.
 *
 * @param old		addresses that the file is about
 */
static bool remember(kupf_pool_memory_t *this, const kupf_pool_ranges_t *old,
					 uint64_t number, uint64_t hash)
{
	kupf_pool_place_t place;
	kupf_address_t address;
	remembered_t *grown;

	if (!kupf_pool_ranges_place(old, number, &place))
	{
		return FALSE;
	}
	kupf_pool_place_address(&place, &address);
	if (!kupf_pool_ranges_find(this->ranges, &address, &place))
	{
		return TRUE;
	}
	if (!(this->count & (this->count - 1)))
	{	/* it has room for the next power of 2 */
		grown = realloc(this->remembered, sizeof(*grown) *
						max(this->count * 2, 1));
		if (!grown)
		{
			return failure(this, "out of memory");
		}
		this->remembered = grown;
	}
	this->remembered[this->count++] = (remembered_t){
		.hash = hash,
		.number = kupf_pool_place_number(&place),
	};
	kupf_pool_place_remember(&place);
	return TRUE;
}

/**
 * Read slots, but not where the file has none.
 *
 * @param old		addresses that the file is about
 * @param start		position of the first slot
 */
static void read_slots(kupf_pool_memory_t *this, const kupf_pool_ranges_t *old,
					   off_t start)
{
	uint64_t slots[SLOTS];
	off_t at = start, data;
	ssize_t got, i;
	bool more = TRUE;

	while (more)
	{
		data = lseek(this->fd, at, SEEK_DATA);
		if (data > at)
		{
			at = data - (data - start) % sizeof(uint64_t);
		}
		got = pread(this->fd, slots, sizeof(slots), at) /
			  (ssize_t)sizeof(uint64_t);
		more = got > 0;
		for (i = 0; more && i < got; i++)
		{
			more = !slots[i] || remember(this, old, i + (at - start) /
										 sizeof(uint64_t), slots[i]);
		}
		at += got * sizeof(uint64_t);
	}
}

/**
 * Compare by hash.
 */
static int compare(const void *a, const void *b)
{
	const remembered_t *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/**
 * Read the file.
 *
 * @return			FALSE if it is not one that kupf_pool_memory_set() can
 *					change slot by slot
 */
static bool read_file(kupf_pool_memory_t *this)
{
	kupf_pool_ranges_t *old;
	header_t header;
	bool same;
	char *spec;

	if (pread(this->fd, &header, sizeof(header), 0) != sizeof(header) ||
		!memeq(header.magic, MAGIC, sizeof(header.magic)) ||
		header.length > SPEC_MAX)
	{
		return FALSE;
	}
	spec = calloc(header.length + 1, 1);
	old = NULL;
	if (pread(this->fd, spec, header.length, sizeof(header)) ==
			(ssize_t)header.length)
	{
		old = kupf_pool_ranges_create(spec);
	}
	same = old && streq(spec, this->spec);
	free(spec);
	if (!old)
	{
		return FALSE;
	}
	memcpy(this->key, header.key, sizeof(this->key));
	read_slots(this, old, first_slot(header.length));
	kupf_pool_ranges_destroy(old);
	if (this->count)
	{
		qsort(this->remembered, this->count, sizeof(*this->remembered),
			  compare);
	}
	return same;
}

/**
 * Write at a position of the file.
 */
static bool write_at(kupf_pool_memory_t *this, const void *data, size_t length,
					 off_t at)
{
	ssize_t done;

	errno = ENOSPC;
	done = pwrite(this->fd, data, length, at);
	return done == (ssize_t)length || failure(this, strerror(errno));
}

/**
 * Write the slot of an address.
 */
static bool write_slot(kupf_pool_memory_t *this, uint64_t number, uint64_t hash)
{
	return write_at(this, &hash, sizeof(hash), first_slot(strlen(this->spec)) +
					number * sizeof(hash));
}

/**
 * Begin the file anew, with what is remembered: once, after its setting has
 * changed.
 */
static bool begin_anew(kupf_pool_memory_t *this)
{
	header_t header = {
		.magic = MAGIC,
		.length = strlen(this->spec),
	};
	kupf_pool_place_t place;
	remembered_t *entry;
	size_t i;

	memcpy(header.key, this->key, sizeof(header.key));
	if (ftruncate(this->fd, 0) < 0)
	{
		return failure(this, strerror(errno));
	}
	for (i = 0; i < this->count; i++)
	{
		entry = &this->remembered[i];
		if (kupf_pool_ranges_place(this->ranges, entry->number, &place) &&
			kupf_pool_place_is_remembered(&place) &&
			!write_slot(this, entry->number, entry->hash))
		{
			return FALSE;
		}
	}
	/* what makes it a file of ours comes last */
	return write_at(this, this->spec, header.length, sizeof(header)) &&
		   write_at(this, &header, sizeof(header), 0);
}

/*
 * Described in header
 */
size_t kupf_pool_memory_get_count(const kupf_pool_memory_t *this)
{
	return this->count;
}

/*
 * Described in header
 */
bool kupf_pool_memory_find(kupf_pool_memory_t *this, const char *name,
						   kupf_pool_place_t *place)
{
	uint64_t hash = hash_name(this, name);
	size_t low = 0, high = this->count, middle;

	while (low < high)
	{
		middle = low + (high - low) / 2;
		if (this->remembered[middle].hash < hash)
		{
			low = middle + 1;
		}
		else
		{
			high = middle;
		}
	}
	return low < this->count && this->remembered[low].hash == hash &&
		   kupf_pool_ranges_place(this->ranges, this->remembered[low].number,
								  place) &&
		   kupf_pool_place_is_remembered(place);
}

/*
 * Described in header
 */
bool kupf_pool_memory_any(kupf_pool_memory_t *this, kupf_pool_place_t *place)
{
	while (this->passed < this->count)
	{
		if (kupf_pool_ranges_place(this->ranges,
							this->remembered[this->passed++].number, place) &&
			kupf_pool_place_is_remembered(place))
		{
			return TRUE;
		}
	}
	return FALSE;
}

/*
 * Described in header
 */
void kupf_pool_memory_set(kupf_pool_memory_t *this,
						  const kupf_pool_place_t *place, const char *name)
{
	if (!this->current && !this->failed)
	{
		this->current = begin_anew(this);
	}
	if (this->current)
	{
		write_slot(this, kupf_pool_place_number(place),
				   name ? hash_name(this, name) : 0);
	}
}

/*
 * Described in header
 */
void kupf_pool_memory_destroy(kupf_pool_memory_t *this)
{
	if (this->fd >= 0)
	{
		close(this->fd);
	}
	free(this->remembered);
	free(this->path);
	free(this->spec);
	free(this);
}

/*
 * Described in header
 */
kupf_pool_memory_t *kupf_pool_memory_create(const char *path, const char *spec,
											kupf_pool_ranges_t *ranges)
{
	kupf_pool_memory_t *this;

	INIT(this,
		.ranges = ranges,
		.spec = strdup(spec ?: ""),
		.path = strdup(path),
	);
	if (!open_file(this) ||
		getrandom(this->key, sizeof(this->key), 0) != sizeof(this->key))
	{
		kupf_pool_memory_destroy(this);
		return NULL;
	}
	this->current = read_file(this);
	return this;
}
