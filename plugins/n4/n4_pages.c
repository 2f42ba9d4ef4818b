/* SPDX-License-Identifier: MIT */

#include "n4_pages.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/** Octets of memory that are asked for at a time */
#define SLAB (64 * 1024)

typedef union cell_t cell_t;
typedef struct slab_t slab_t;

/**
 * Room for contents.
 */
union cell_t {
	/** contents */
	n4_content_t content;
	/** the next free one */
	cell_t *next;
};

/**
 * Memory.
 */
struct slab_t {
	/** the next one */
	slab_t *next;
	/** room */
	cell_t cells[];
};

/** Contents in a slab */
#define CELLS ((SLAB - sizeof(slab_t)) / sizeof(cell_t))

/**
 * Private data.
 */
struct n4_pages_t {
	/** memory */
	slab_t *slabs;
	/** room that is free; it is wiped */
	cell_t *free;
	/** some memory could not be locked */
	bool unlocked;
};

/*
 * Described in header
 */
n4_pages_t *n4_pages_create(void)
{
	return calloc(1, sizeof(n4_pages_t));
}

/*
 * Described in header
 */
void n4_pages_destroy(n4_pages_t *self)
{
	slab_t *slab;

	while (self && self->slabs)
	{
		slab = self->slabs;
		self->slabs = slab->next;
		explicit_bzero(slab, SLAB);
		munmap(slab, SLAB);
	}
	free(self);
}

/*
 * Described in header
 */
bool n4_pages_are_locked(const n4_pages_t *self)
{
	return !self->unlocked;
}

/**
 * Get more memory.
 */
static bool grow(n4_pages_t *self)
{
	bool locked, hidden;
	slab_t *slab;
	size_t i;

	slab = mmap(NULL, SLAB, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (slab == MAP_FAILED)
	{
		return false;
	}
	/* each as far as the system allows */
	locked = mlock(slab, SLAB) == 0;
	hidden = madvise(slab, SLAB, MADV_DONTDUMP) == 0;
	if (!locked || !hidden)
	{
		self->unlocked = true;
	}
	slab->next = self->slabs;
	self->slabs = slab;
	for (i = 0; i < CELLS; i++)
	{
		slab->cells[i].next = self->free;
		self->free = &slab->cells[i];
	}
	return true;
}

/*
 * Described in header
 */
n4_content_t *n4_pages_take(n4_pages_t *pages)
{
	cell_t *cell;

	if (!pages->free && !grow(pages))
	{
		return NULL;
	}
	cell = pages->free;
	pages->free = cell->next;
	cell->next = NULL;
	return &cell->content;
}

/*
 * Described in header
 */
void n4_pages_give(n4_pages_t *pages, n4_content_t *content)
{
	cell_t *cell = (cell_t*)content;

	if (cell)
	{
		explicit_bzero(cell, sizeof(*cell));
		cell->next = pages->free;
		pages->free = cell;
	}
}
