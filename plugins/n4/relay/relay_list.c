/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "relay_list.h"
#include "relay_key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/** Room for a subscriber, and for a DNN */
#define SUPI_SIZE 64
#define DNN_SIZE 101

/** Room for a line: its words, "0x" twice, blanks */
#define LINE_SIZE 512

typedef struct entry_t entry_t;

/**
 * A line of the file.
 */
struct entry_t {
	/** subscriber */
	char supi[SUPI_SIZE];
	/** DNN, empty for any */
	char dnn[DNN_SIZE];
	/** key, with its identifier */
	kupf_n4_key_t key;
};

/**
 * Private data.
 */
struct relay_list_t {
	/** lines, and how many */
	entry_t *entries;
	size_t count;
	/** octets of memory that is mapped for them */
	size_t size;
};

/**
 * Value of a hexadecimal digit, -1 if it is none.
 */
static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
		   c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		   c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/**
 * Read hexadecimal digits.
 *
 * @return			octets, 0 if they are none or too many
 */
static size_t read_hex(const char *text, uint8_t *to, size_t max)
{
	size_t len, i;

	text += strncmp(text, "0x", 2) ? 0 : 2;
	len = strlen(text) / 2;
	if (strlen(text) % 2 || len > max)
	{
		return 0;
	}
	for (i = 0; i < len; i++)
	{
		if (digit(text[2 * i]) < 0 || digit(text[2 * i + 1]) < 0)
		{
			return 0;
		}
		to[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
	}
	return len;
}

/**
 * Read a line that is not empty.
 *
 * @return			what is wrong, NULL if all is right
 */
static const char *read_line(char *line, entry_t *entry)
{
	char *words[5] = {}, *rest = line;
	size_t count = 0;

	while (count < 5 && (words[count] = strtok_r(rest, " \t\n", &rest)))
	{
		count++;
	}
	if (count != 4)
	{
		return "expected subscriber, DNN or *, key identifier and key";
	}
	if ((strncmp(words[0], "imsi-", 5) && strncmp(words[0], "nai-", 4)) ||
		strlen(words[0]) >= sizeof(entry->supi))
	{
		return "expected a subscriber, imsi-DIGITS or nai-USER@REALM";
	}
	if (strlen(words[1]) >= sizeof(entry->dnn))
	{
		return "the DNN is longer than 100 characters";
	}
	entry->key.id_len = read_hex(words[2], entry->key.id,
								 sizeof(entry->key.id));
	if (!entry->key.id_len)
	{
		return "expected a key identifier, up to 128 hexadecimal digits";
	}
	if (read_hex(words[3], entry->key.key, sizeof(entry->key.key)) !=
		sizeof(entry->key.key))
	{
		return "expected a key, 64 hexadecimal digits";
	}
	strcpy(entry->supi, words[0]);
	strcpy(entry->dnn, strcmp(words[1], "*") ? words[1] : "");
	return NULL;
}

/**
 * Get memory for so many lines.
 */
static bool allocate(relay_list_t *self, size_t lines)
{
	self->size = (lines + 1) * sizeof(entry_t);
	self->entries = mmap(NULL, self->size, PROT_READ | PROT_WRITE,
						 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (self->entries == MAP_FAILED)
	{
		self->entries = NULL;
		return false;
	}
	/* each as far as the system allows */
	mlock(self->entries, self->size);
	madvise(self->entries, self->size, MADV_DONTDUMP);
	return true;
}

/**
 * Count the lines of a file.
 */
static size_t count_lines(FILE *file)
{
	size_t lines = 0;
	int c;

	while ((c = fgetc(file)) != EOF)
	{
		lines += c == '\n';
	}
	rewind(file);
	return lines + 1;
}

/**
 * Read all lines.
 */
static const char *read_all(relay_list_t *self, FILE *file, unsigned int *line)
{
	char text[LINE_SIZE], *start;
	const char *wrong = NULL;
	size_t lines;

	lines = count_lines(file);
	if (lines > RELAY_LIST_MAX)
	{
		return "has more than 10000 lines";
	}
	if (!allocate(self, lines))
	{
		return "there is no memory";
	}
	while (!wrong && self->count < lines && fgets(text, sizeof(text), file))
	{
		(*line)++;
		start = text + strspn(text, " \t\n");
		if (!strchr(text, '\n') && !feof(file))
		{
			wrong = "is too long";
		}
		else if (*start && *start != '#')
		{
			wrong = read_line(start, &self->entries[self->count++]);
		}
	}
	explicit_bzero(text, sizeof(text));
	if (!wrong)
	{
		*line = 0;
	}
	return wrong;
}

/*
 * Described in header
 */
relay_list_t *relay_list_create(const char *path, unsigned int *line,
								const char **wrong)
{
	relay_list_t *self = calloc(1, sizeof(*self));
	char buffer[BUFSIZ];
	FILE *file = NULL;
	int fd = -1;

	*line = 0;
	*wrong = self ? relay_key_open(path, &fd) : "there is no memory";
	if (!*wrong)
	{
		file = fdopen(fd, "r");
		*wrong = file ? NULL : strerror(errno);
	}
	if (!*wrong)
	{
		/* a buffer of ours is wiped */
		setvbuf(file, buffer, _IOFBF, sizeof(buffer));
		*wrong = read_all(self, file, line);
	}
	if (file)
	{
		fclose(file);
	}
	else if (fd >= 0)
	{
		close(fd);
	}
	explicit_bzero(buffer, sizeof(buffer));
	if (*wrong)
	{
		relay_list_destroy(self);
		return NULL;
	}
	return self;
}

/*
 * Described in header
 */
void relay_list_destroy(relay_list_t *self)
{
	if (self)
	{
		if (self->entries)
		{
			explicit_bzero(self->entries, self->size);
			munmap(self->entries, self->size);
		}
		free(self);
	}
}

/*
 * Described in header
 */
bool relay_list_find(const relay_list_t *self, const kupf_n4_need_t *need,
					 kupf_n4_key_t *key)
{
	const entry_t *entry;
	size_t i;

	for (i = 0; i < self->count; i++)
	{
		entry = &self->entries[i];
		if (!strcmp(entry->supi, need->supi) &&
			(!entry->dnn[0] || !strcasecmp(entry->dnn, need->dnn)))
		{
			*key = entry->key;
			return true;
		}
	}
	return false;
}
