/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "kupf_slab.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, size) \
	((void)(memory), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(memory, size) \
	((void)(memory), (void)(size))
#endif

/** Sizes are multiples of this */
#define STEP 16

/** Number of sizes */
#define SIZES (KUPF_SLAB_MAX / STEP)

typedef struct slot_t slot_t;
typedef struct block_t block_t;
typedef struct slab_t slab_t;

/**
 * A free slot; a held one is an object.
 */
struct slot_t {
	/** next free slot of the block */
	slot_t *next;
};

/**
 * Pages full of slots of one size.  It is aligned to its own size, which leads
 * from a slot to its block.
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

/** First octet behind the head of a block */
#define FIRST 64

/**
 * All slots of one size.
 */
struct slab_t {
	/** blocks with free slots */
	block_t *blocks;
	/** lock for all of it, a leaf */
	pthread_mutex_t mutex;
} __attribute__((aligned(64)));

/** By size: 1 to STEP octets, and so on */
static slab_t slabs[SIZES] = {
	[0 ... SIZES - 1] = { .mutex = PTHREAD_MUTEX_INITIALIZER, },
};

/** Number of blocks */
static size_t blocks;

/**
 * Slots in a block.
 */
static inline uint32_t block_slots(size_t slot)
{
	return (KUPF_SLAB_BLOCK - FIRST) / slot;
}

/**
 * Map pages, aligned to their size.
 */
static block_t *block_create()
{
	uint8_t *pages, *aligned;
	size_t before;

	pages = mmap(NULL, 2 * KUPF_SLAB_BLOCK, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
	{
		return NULL;
	}
	aligned = (uint8_t*)(((uintptr_t)pages + KUPF_SLAB_BLOCK - 1) &
						 ~((uintptr_t)KUPF_SLAB_BLOCK - 1));
	before = aligned - pages;
	if (before)
	{
		munmap(pages, before);
	}
	munmap(aligned + KUPF_SLAB_BLOCK, KUPF_SLAB_BLOCK - before);
	ASAN_POISON_MEMORY_REGION(aligned + FIRST, KUPF_SLAB_BLOCK - FIRST);
	__atomic_add_fetch(&blocks, 1, __ATOMIC_RELAXED);
	return (block_t*)aligned;
}

/**
 * Give the pages of a block back.
 */
static void block_destroy(block_t *block)
{
	/* others may get that address from the system */
	ASAN_UNPOISON_MEMORY_REGION(block, KUPF_SLAB_BLOCK);
	munmap(block, KUPF_SLAB_BLOCK);
	__atomic_sub_fetch(&blocks, 1, __ATOMIC_RELAXED);
}

/**
 * Put a block into the list of those with free slots.
 */
static void block_link(slab_t *slab, block_t *block)
{
	block->prev = NULL;
	block->next = slab->blocks;
	if (block->next)
	{
		block->next->prev = block;
	}
	slab->blocks = block;
}

/**
 * Take a block from the list of those with free slots.
 */
static void block_unlink(slab_t *slab, block_t *block)
{
	*(block->prev ? &block->prev->next : &slab->blocks) = block->next;
	if (block->next)
	{
		block->next->prev = block->prev;
	}
}

/**
 * Take a slot of a block that has a free one.
 */
static void *block_take(slab_t *slab, block_t *block, size_t slot)
{
	slot_t *taken = block->free;

	if (taken)
	{
		ASAN_UNPOISON_MEMORY_REGION(taken, slot);
		block->free = taken->next;
	}
	else
	{
		taken = (slot_t*)((uint8_t*)block + FIRST + slot * block->fresh++);
		ASAN_UNPOISON_MEMORY_REGION(taken, slot);
	}
	if (++block->used == block_slots(slot))
	{
		block_unlink(slab, block);
	}
	return taken;
}

/*
 * Described in header
 */
void *kupf_slab_alloc(size_t size)
{
	void *object = NULL;
	block_t *block;
	slab_t *slab;
	u_int index;

	if (size > KUPF_SLAB_MAX)
	{
		return malloc(size);
	}
	index = (size - 1) / STEP;
	slab = &slabs[index];
	pthread_mutex_lock(&slab->mutex);
	block = slab->blocks;
	if (!block && (block = block_create()))
	{
		block_link(slab, block);
	}
	if (block)
	{
		object = block_take(slab, block, (index + 1) * STEP);
	}
	pthread_mutex_unlock(&slab->mutex);
	return object;
}

/*
 * Described in header
 */
void kupf_slab_free(void *object, size_t size)
{
	u_int index = (size - 1) / STEP;
	size_t slot_size = (index + 1) * STEP;
	slot_t *slot = object;
	block_t *block;
	slab_t *slab;

	if (size > KUPF_SLAB_MAX || !object)
	{
		free(object);
		return;
	}
	slab = &slabs[index];
	block = (block_t*)((uintptr_t)object & ~((uintptr_t)KUPF_SLAB_BLOCK - 1));

	pthread_mutex_lock(&slab->mutex);
	if (block->used-- == block_slots(slot_size))
	{
		block_link(slab, block);
	}
	slot->next = block->free;
	block->free = slot;
	ASAN_POISON_MEMORY_REGION(slot, slot_size);
	/* one empty block is kept, lest one session map and unmap for ever */
	if (block->used == 0 && (block->prev || block->next))
	{
		block_unlink(slab, block);
	}
	else
	{
		block = NULL;
	}
	pthread_mutex_unlock(&slab->mutex);
	if (block)
	{
		block_destroy(block);
	}
}

/*
 * Described in header
 */
size_t kupf_slab_get_size()
{
	return __atomic_load_n(&blocks, __ATOMIC_RELAXED) * KUPF_SLAB_BLOCK;
}
