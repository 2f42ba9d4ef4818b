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

/** What a new file is called until it is whole, behind the path */
#define NEW ".new"

/** Octet of a slot that has the run of charon in which it was written */
#define RUN 0xffULL

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
	/** number of the last run of charon in which anything was written, and of
	 * the last one that counts */
	uint8_t run, counts;
	/** 0 */
	uint8_t unused[6];
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
	/** number of this run of charon, and of the last one that counts */
	uint8_t run, counts;
	/** whether the number of this run is in the file */
	bool begun;
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
 * Hash a name; 0 is that of no name, and the octet of the run is 0.
 */
static uint64_t hash_name(kupf_pool_memory_t *this, const char *name)
{
	return (chunk_mac(chunk_from_str((char*)name), this->key) & ~RUN) ?:
		   RUN + 1;
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
 * Open a file, or create it.
 *
 * @param flags		more flags of open(2)
 */
static int open_path(const char *path, int flags)
{
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
				flags, S_IRUSR | S_IWUSR);
}

/**
 * Open the file; it must be one that nobody else can change.
 *
 * @param empty		[out] whether there is nothing in it
 */
static bool open_file(kupf_pool_memory_t *this, bool *empty)
{
	struct stat st;

	this->fd = open_path(this->path, 0);
	if (this->fd < 0 || fstat(this->fd, &st) < 0)
	{
		return failure(this, strerror(errno));
	}
	*empty = !st.st_size;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1 ||
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
 * @param slot		what the file has for it
 */
static bool remember(kupf_pool_memory_t *this, const kupf_pool_ranges_t *old,
					 uint64_t number, uint64_t slot)
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
		.hash = slot & ~RUN,
		.number = kupf_pool_place_number(&place),
	};
	kupf_pool_place_remember(&place);
	return TRUE;
}

/**
 * Whether a slot is of a session that had its address when charon ended: in the
 * last run that counts, or in one since.
 */
static bool is_recent(kupf_pool_memory_t *this, uint64_t slot)
{
	return slot && (uint8_t)(this->run - (slot & RUN)) <=
				   (uint8_t)(this->run - this->counts);
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
	ssize_t got = 0, i;
	bool more = TRUE;

	while (more)
	{
		data = lseek(this->fd, at, SEEK_DATA);
		if (data > at)
		{
			at = data - (data - start) % sizeof(uint64_t);
		}
		got = pread(this->fd, slots, sizeof(slots), at);
		got = got < 0 ? got : got / (ssize_t)sizeof(uint64_t);
		more = got > 0;
		for (i = 0; more && i < got; i++)
		{
			more = !is_recent(this, slots[i]) ||
				   remember(this, old, i + (at - start) / sizeof(uint64_t),
							slots[i]);
		}
		at += got * sizeof(uint64_t);
	}
	if (got < 0)
	{
		failure(this, "it cannot be read");
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
 * Compare by number.
 */
static int compare_number(const void *a, const void *b)
{
	const remembered_t *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/**
 * Read the addresses that a file is about.
 *
 * @param same		[out] whether they are those of the pool
 * @return			addresses, NULL if they cannot be read
 */
static kupf_pool_ranges_t *read_ranges(kupf_pool_memory_t *this,
									   const header_t *header, bool *same)
{
	kupf_pool_ranges_t *ranges = NULL;
	char *spec;

	spec = calloc(header->length + 1, 1);
	if (spec && pread(this->fd, spec, header->length, sizeof(*header)) ==
					(ssize_t)header->length)
	{
		ranges = kupf_pool_ranges_create(spec);
		*same = header->length == strlen(this->spec) && streq(spec, this->spec);
	}
	free(spec);
	return ranges;
}

/**
 * Read the file.
 *
 * @return			FALSE if it is not ours
 */
static bool read_file(kupf_pool_memory_t *this)
{
	kupf_pool_ranges_t *old;
	header_t header;

	if (pread(this->fd, &header, sizeof(header), 0) != sizeof(header) ||
		!memeq(header.magic, MAGIC, sizeof(header.magic)))
	{
		return failure(this, "expected an empty file, or one of plugin kupf");
	}
	old = header.length <= SPEC_MAX ? read_ranges(this, &header,
												  &this->current) : NULL;
	if (!old)
	{	/* it is begun anew */
		return TRUE;
	}
	memcpy(this->key, header.key, sizeof(this->key));
	this->run = header.run + 1;
	this->counts = header.counts;
	read_slots(this, old, first_slot(header.length));
	kupf_pool_ranges_destroy(old);
	if (this->count)
	{
		qsort(this->remembered, this->count, sizeof(*this->remembered),
			  compare);
	}
	return TRUE;
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
 * Write the numbers of runs.
 */
static void write_runs(kupf_pool_memory_t *this)
{
	uint8_t runs[] = { this->run, this->counts };

	write_at(this, runs, sizeof(runs), offsetof(header_t, run));
	this->begun = TRUE;
}

/**
 * Get those that are remembered still, by number.
 *
 * @param count		[out] number of them
 * @return			allocated, NULL if there are none
 */
static remembered_t *sort_remembered(kupf_pool_memory_t *this, size_t *count)
{
	kupf_pool_place_t place;
	remembered_t *sorted;
	size_t i;

	*count = 0;
	sorted = malloc(this->count * sizeof(*sorted));
	for (i = 0; sorted && i < this->count; i++)
	{
		if (kupf_pool_ranges_place(this->ranges, this->remembered[i].number,
								   &place) &&
			kupf_pool_place_is_remembered(&place))
		{
			sorted[(*count)++] = this->remembered[i];
		}
	}
	if (*count)
	{
		qsort(sorted, *count, sizeof(*sorted), compare_number);
	}
	return sorted;
}

/**
 * Write a whole file, with what is remembered.
 */
static bool write_whole(kupf_pool_memory_t *this, FILE *file)
{
	header_t header = {
		.magic = MAGIC,
		.run = this->run,
		.counts = this->counts,
		.length = strlen(this->spec),
	};
	remembered_t *sorted;
	uint64_t slot;
	off_t at, next;
	size_t count, i;
	bool ok;

	memcpy(header.key, this->key, sizeof(header.key));
	ok = fwrite(&header, sizeof(header), 1, file) == 1 &&
		 fwrite(this->spec, 1, header.length, file) == header.length;
	next = sizeof(header) + header.length;
	sorted = sort_remembered(this, &count);
	for (i = 0; ok && i < count; i++)
	{
		at = first_slot(header.length) + sorted[i].number * sizeof(slot);
		slot = sorted[i].hash | (uint8_t)(this->run - 1);
		/* seeking has what is in the buffer written */
		ok = (at == next || fseeko(file, at, SEEK_SET) == 0) &&
			 fwrite(&slot, sizeof(slot), 1, file) == 1;
		next = at + sizeof(slot);
	}
	free(sorted);
	return fflush(file) == 0 && ok;
}

/**
 * Put a new file in the place of the one that there is: once, after its setting
 * has changed.
 */
static bool begin_anew(kupf_pool_memory_t *this)
{
	char path[PATH_MAX];
	FILE *file = NULL;
	bool ok = FALSE;
	int fd;

	if (snprintf(path, sizeof(path), "%s" NEW, this->path) >= (int)sizeof(path))
	{
		return failure(this, "its name is too long");
	}
	unlink(path);
	fd = open_path(path, O_EXCL);
	if (fd >= 0)
	{
		file = fdopen(dup(fd), "w");
	}
	if (file)
	{
		ok = write_whole(this, file) && rename(path, this->path) == 0;
	}
	if (!ok)
	{
		failure(this, strerror(errno));
		unlink(path);
	}
	if (file)
	{
		fclose(file);
	}
	if (ok)
	{
		close(this->fd);
		this->fd = fd;
	}
	else if (fd >= 0)
	{
		close(fd);
	}
	return ok;
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
	uint64_t slot = name ? hash_name(this, name) | this->run : 0;

	if (!this->current && !this->failed)
	{
		this->current = begin_anew(this);
	}
	if (this->current)
	{
		if (!this->begun)
		{
			write_runs(this);
		}
		write_at(this, &slot, sizeof(slot), first_slot(strlen(this->spec)) +
				 kupf_pool_place_number(place) * sizeof(slot));
	}
}

/*
 * Described in header
 */
void kupf_pool_memory_settle(kupf_pool_memory_t *this)
{
	if (this->counts != this->run)
	{
		this->counts = this->run;
		if (this->current)
		{
			write_runs(this);
		}
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
	bool empty;

	INIT(this,
		.ranges = ranges,
		.run = 1,
		.spec = strdup(spec ?: ""),
		.path = strdup(path),
	);
	if (!open_file(this, &empty) ||
		getrandom(this->key, sizeof(this->key), 0) != sizeof(this->key) ||
		(!empty && !read_file(this)))
	{
		kupf_pool_memory_destroy(this);
		return NULL;
	}
	return this;
}
