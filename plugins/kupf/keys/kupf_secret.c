/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_secret.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <pthread.h>

/** Size and alignment of a block of slots */
#define BLOCK_SIZE (1 << 18)

/** Largest buffer that is locked, and octets of all that are: the rest of
 * RLIMIT_MEMLOCK is for keys */
#define BUFFER_LOCKED_MAX (32 * 1024)
#define BUFFERS_LOCKED_MAX (1024 * 1024)

typedef struct buffer_t buffer_t;
typedef struct block_t block_t;
typedef struct slot_t slot_t;
typedef struct arena_t arena_t;

/**
 * A free slot; a held one is the bytes of a key.
 */
struct slot_t {
	/** next free slot of the block */
	slot_t *next;
};

/**
 * Pages full of slots.  It is aligned to its size, which leads from a slot to
 * its block.
 */
struct block_t {
	/** neighbours among the blocks with free slots */
	block_t *prev, *next;
	/** slots given back */
	slot_t *free;
	/** slots in use */
	uint32_t used;
	/** slots that were never used start here */
	uint32_t fresh;
};

/**
 * All slots of one size.
 */
struct arena_t {
	/** octets of a slot */
	const size_t slot;
	/** blocks with free slots */
	block_t *blocks;
	/** lock for all of it, a leaf */
	pthread_mutex_t mutex;
};

/**
 * Head of a buffer.
 */
struct buffer_t {
	/** octets of it that are locked and count as such */
	size_t locked;
	/** what the caller gets */
	uint8_t octets[] __attribute__((aligned(KUPF_SECRET_HEAD)));
};

/** Octets of buffers that are locked */
static size_t buffers_locked;

/**
 * Keys of 32 octets, which nearly all are, and longer ones.
 */
static arena_t arenas[] = {
	{ .slot = KUPF_KEY_MIN, .mutex = PTHREAD_MUTEX_INITIALIZER, },
	{ .slot = KUPF_KEY_MAX, .mutex = PTHREAD_MUTEX_INITIALIZER, },
};

/** First octet behind the header of a block, a multiple of the slot sizes */
#define BLOCK_FIRST 64

/**
 * Slots in a block.
 */
static inline uint32_t block_slots(const arena_t *arena)
{
	return (BLOCK_SIZE - BLOCK_FIRST) / arena->slot;
}

/**
 * Ask the kernel to keep pages out of core dumps.
 */
static void hide_pages(void *pages, size_t size)
{
	static refcount_t warned = 0;

	if (madvise(pages, size, MADV_DONTDUMP) != 0 && ref_get(&warned) == 1)
	{
		DBG1(DBG_CFG, "kupf: keys may be part of a core dump: %s",
			 strerror(errno));
	}
}

/** Times that pages could not be locked in memory */
static refcount_t unlocked = 0;

/**
 * Ask the kernel to keep pages out of core dumps and swap.  Neither is worth
 * refusing service for, both are worth a line in the log.
 */
static void protect(void *pages, size_t size)
{
	hide_pages(pages, size);
	if (mlock(pages, size) != 0 && ref_get(&unlocked) == 1)
	{
		DBG1(DBG_CFG, "kupf: keys may be swapped out, RLIMIT_MEMLOCK does not "
			 "allow to lock them: %s", strerror(errno));
	}
}

/**
 * Map pages, aligned to BLOCK_SIZE.
 */
static block_t *block_create()
{
	uint8_t *pages, *aligned;
	size_t before;

	pages = mmap(NULL, 2 * BLOCK_SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
	{
		return NULL;
	}
	aligned = (uint8_t*)(((uintptr_t)pages + BLOCK_SIZE - 1) &
						 ~((uintptr_t)BLOCK_SIZE - 1));
	before = aligned - pages;
	if (before)
	{
		munmap(pages, before);
	}
	munmap(aligned + BLOCK_SIZE, BLOCK_SIZE - before);
	protect(aligned, BLOCK_SIZE);
	return (block_t*)aligned;
}

/**
 * Put a block into the list of those with free slots.
 */
static void block_link(arena_t *arena, block_t *block)
{
	block->prev = NULL;
	block->next = arena->blocks;
	if (block->next)
	{
		block->next->prev = block;
	}
	arena->blocks = block;
}

/**
 * Take a block from the list of those with free slots.
 */
static void block_unlink(arena_t *arena, block_t *block)
{
	if (block->prev)
	{
		block->prev->next = block->next;
	}
	else
	{
		arena->blocks = block->next;
	}
	if (block->next)
	{
		block->next->prev = block->prev;
	}
}

/**
 * Get the arena for keys of some length.
 */
static arena_t *arena_for(size_t len)
{
	return &arenas[len > KUPF_KEY_MIN];
}

/*
 * Described in header
 */
bool kupf_secret_acceptable(chunk_t key)
{
	uint64_t any = 0, octets;
	size_t i;

	if (key.len < KUPF_KEY_MIN || key.len > KUPF_KEY_MAX)
	{
		return FALSE;
	}
	/* eight at a time, and the last eight once more */
	for (i = 0; i < key.len; i += sizeof(octets))
	{
		memcpy(&octets, key.ptr + min(i, key.len - sizeof(octets)),
			   sizeof(octets));
		any |= octets;
	}
	memwipe(&octets, sizeof(octets));
	return any != 0;
}

/*
 * Described in header
 */
bool kupf_secret_is_swappable()
{
	return ref_cur(&unlocked) > 0;
}

/*
 * Described in header
 */
uint8_t *kupf_secret_create(chunk_t key)
{
	arena_t *arena;
	block_t *block;
	uint8_t *secret = NULL;

	if (!kupf_secret_acceptable(key))
	{
		return NULL;
	}
	arena = arena_for(key.len);

	pthread_mutex_lock(&arena->mutex);
	block = arena->blocks;
	if (!block)
	{
		block = block_create();
		if (block)
		{
			block_link(arena, block);
		}
	}
	if (block)
	{
		if (block->free)
		{
			secret = (uint8_t*)block->free;
			block->free = block->free->next;
		}
		else
		{
			secret = (uint8_t*)block + BLOCK_FIRST +
					 arena->slot * block->fresh++;
		}
		if (++block->used == block_slots(arena))
		{
			block_unlink(arena, block);
		}
		memcpy(secret, key.ptr, key.len);
	}
	pthread_mutex_unlock(&arena->mutex);
	return secret;
}

/*
 * Described in header
 */
void kupf_secret_destroy(uint8_t *secret, size_t len)
{
	arena_t *arena;
	block_t *block;
	slot_t *slot;

	if (!secret)
	{
		return;
	}
	memwipe(secret, len);
	arena = arena_for(len);
	block = (block_t*)((uintptr_t)secret & ~((uintptr_t)BLOCK_SIZE - 1));
	slot = (slot_t*)secret;

	pthread_mutex_lock(&arena->mutex);
	if (block->used-- == block_slots(arena))
	{
		block_link(arena, block);
	}
	slot->next = block->free;
	block->free = slot;
	/* one empty block is kept, lest one session map and unmap for ever */
	if (block->used == 0 && (block->prev || block->next))
	{
		block_unlink(arena, block);
	}
	else
	{
		block = NULL;
	}
	pthread_mutex_unlock(&arena->mutex);
	if (block)
	{
		munmap(block, BLOCK_SIZE);
	}
}

/**
 * Round up to whole pages.
 */
static size_t pages_of(size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (size + page - 1) & ~(page - 1);
}

/**
 * Lock a buffer, if it is small and those that are locked are not too many.
 */
static void lock_buffer(buffer_t *buffer, size_t size)
{
	if (size > BUFFER_LOCKED_MAX)
	{
		return;
	}
	if (__atomic_add_fetch(&buffers_locked, size, __ATOMIC_RELAXED) <=
							BUFFERS_LOCKED_MAX && mlock(buffer, size) == 0)
	{
		buffer->locked = size;
		return;
	}
	__atomic_sub_fetch(&buffers_locked, size, __ATOMIC_RELAXED);
}

/*
 * Described in header
 */
void *kupf_secret_alloc(size_t size)
{
	buffer_t *buffer;
	size_t pages = pages_of(sizeof(*buffer) + size);

	buffer = mmap(NULL, pages, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buffer == MAP_FAILED)
	{
		return NULL;
	}
	hide_pages(buffer, pages);
	lock_buffer(buffer, pages);
	return buffer->octets;
}

/*
 * Described in header
 */
void kupf_secret_free(void *octets, size_t size)
{
	buffer_t *buffer;

	if (octets)
	{
		buffer = (buffer_t*)((uint8_t*)octets - offsetof(buffer_t, octets));
		memwipe(octets, size);
		__atomic_sub_fetch(&buffers_locked, buffer->locked, __ATOMIC_RELAXED);
		munmap(buffer, pages_of(sizeof(*buffer) + size));
	}
}
