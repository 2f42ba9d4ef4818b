/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_pool_memory.h"
#include "kupf_pool_remembered.h"

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
	/** whether there is nothing in it */
	bool empty;
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
	/** what was in the file */
	kupf_pool_remembered_t *remembered;
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
 */
static bool open_file(kupf_pool_memory_t *this)
{
	struct stat st;

	this->fd = open_path(this->path, 0);
	if (this->fd < 0 || fstat(this->fd, &st) < 0)
	{
		return failure(this, strerror(errno));
	}
	this->empty = !st.st_size;
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

	if (!kupf_pool_ranges_place(old, number, &place))
	{
		return FALSE;
	}
	kupf_pool_place_address(&place, &address);
	return !kupf_pool_ranges_find(this->ranges, &address, &place) ||
		   kupf_pool_remembered_add(this->remembered, slot & ~RUN, &place) ||
		   failure(this, "out of memory");
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
	kupf_pool_remembered_sort(this->remembered);
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
 * Write all that is remembered still.
 *
 * @param at		position in the file
 * @param first		that of the first slot
 */
static bool write_remembered(kupf_pool_memory_t *this, FILE *file, off_t at,
							 off_t first)
{
	kupf_pool_had_t *all;
	uint64_t slot;
	off_t next;
	size_t count, i;
	bool ok;

	all = kupf_pool_remembered_get_all(this->remembered, &count);
	ok = all != NULL;
	for (i = 0; ok && i < count; i++)
	{
		next = first + all[i].number * sizeof(slot);
		slot = all[i].hash | (uint8_t)(this->run - 1);
		/* seeking has what is in the buffer written */
		ok = (next == at || fseeko(file, next, SEEK_SET) == 0) &&
			 fwrite(&slot, sizeof(slot), 1, file) == 1;
		at = next + sizeof(slot);
	}
	free(all);
	return ok;
}

/**
 * Write a whole file, with what is remembered.
 *
 * @param fd		an empty file
 */
static bool write_whole(kupf_pool_memory_t *this, int fd)
{
	header_t header = {
		.magic = MAGIC,
		.run = this->run,
		.counts = this->counts,
		.length = strlen(this->spec),
	};
	FILE *file;
	int copy;
	bool ok;

	copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	file = copy < 0 ? NULL : fdopen(copy, "w");
	if (!file)
	{
		return FALSE;
	}
	memcpy(header.key, this->key, sizeof(header.key));
	ok = fwrite(&header, sizeof(header), 1, file) == 1 &&
		 fwrite(this->spec, 1, header.length, file) == header.length &&
		 write_remembered(this, file, sizeof(header) + header.length,
						  first_slot(header.length));
	return fclose(file) == 0 && ok;
}

/**
 * Put a new file in the place of the one that there is, which is lost only if
 * the new one is whole.
 */
static bool replace_file(kupf_pool_memory_t *this)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s" NEW, this->path) >= (int)sizeof(path))
	{
		errno = ENAMETOOLONG;
		return FALSE;
	}
	unlink(path);
	fd = open_path(path, O_EXCL);
	if (fd < 0)
	{
		return FALSE;
	}
	if (write_whole(this, fd) && rename(path, this->path) == 0)
	{
		close(this->fd);
		this->fd = fd;
		return TRUE;
	}
	unlink(path);
	close(fd);
	return FALSE;
}

/**
 * Begin the file: where there is none yet, or once after its setting has
 * changed.
 */
static bool begin_anew(kupf_pool_memory_t *this)
{
	bool ok;

	errno = ENOSPC;
	/* a charon that is not root may have lost the right to create one */
	ok = this->empty ? write_whole(this, this->fd) : replace_file(this);
	return ok || failure(this, strerror(errno));
}

/*
 * Described in header
 */
size_t kupf_pool_memory_get_count(const kupf_pool_memory_t *this)
{
	return kupf_pool_remembered_get_count(this->remembered);
}

/*
 * Described in header
 */
bool kupf_pool_memory_find(kupf_pool_memory_t *this, const char *name,
						   kupf_pool_place_t *place)
{
	return kupf_pool_remembered_find(this->remembered, hash_name(this, name),
									 place);
}

/*
 * Described in header
 */
bool kupf_pool_memory_any(kupf_pool_memory_t *this, kupf_pool_place_t *place)
{
	return kupf_pool_remembered_any(this->remembered, place);
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
	kupf_pool_remembered_destroy(this->remembered);
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
		.run = 1,
		.spec = strdup(spec ?: ""),
		.path = strdup(path),
		.remembered = kupf_pool_remembered_create(ranges),
	);
	if (!open_file(this) ||
		getrandom(this->key, sizeof(this->key), 0) != sizeof(this->key) ||
		(!this->empty && !read_file(this)))
	{
		kupf_pool_memory_destroy(this);
		return NULL;
	}
	return this;
}
