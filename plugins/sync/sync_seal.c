/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sync_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

/** First octets of a record: a mark and the version */
#define MARK 0x4b
#define VERSION_OF_RECORDS 1

/** Octets of the header without the nonce, of the nonce, of the tag */
#define HEADER_LEN 12
#define NONCE_LEN 12
#define TAG_LEN 16

/** Longest file of keys */
#define FILE_MAX 4096

/** What is authenticated beside the sealed octets */
#define CONTEXT_MAX (HEADER_LEN + SYNC_GROUP_MAX + 1 + SYNC_NAME_MAX)

static void write_number(uint8_t *to, uint32_t number)
{
	to[0] = number >> 24;
	to[1] = number >> 16;
	to[2] = number >> 8;
	to[3] = number;
}

static uint32_t read_number(const uint8_t *from)
{
	return (uint32_t)from[0] << 24 | from[1] << 16 | from[2] << 8 | from[3];
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
		   c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		   c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/**
 * Decode 0x and as many digits as a key has.
 */
static bool decode_key(const char *text, uint8_t *key)
{
	int high, low, i;

	if (strlen(text) != 2 + 2 * SYNC_KEY_SIZE || strncmp(text, "0x", 2))
	{
		return false;
	}
	for (i = 0; i < SYNC_KEY_SIZE; i++)
	{
		high = digit_of(text[2 + 2 * i]);
		low = digit_of(text[3 + 2 * i]);
		if (high < 0 || low < 0)
		{
			return false;
		}
		key[i] = high << 4 | low;
	}
	return true;
}

/**
 * Read a line of a file of keys.
 *
 * @return			what is wrong with it, NULL if nothing is
 */
static const char *read_line(sync_keys_t *self, char *line)
{
	char *word, *text, *position;
	uint64_t id;
	unsigned int i;

	line[strcspn(line, "#\r")] = '\0';
	word = strtok_r(line, " \t", &position);
	if (!word)
	{
		return NULL;
	}
	text = strtok_r(NULL, " \t", &position);
	if (!wire_number(wire_text(word), UINT32_MAX, &id) || !id)
	{
		return "expected a number from 1 to 4294967295, a blank and a key";
	}
	if (self->count == SYNC_KEYS_MAX)
	{
		return "expected two keys at most: the one that seals and the one "
			   "before it";
	}
	for (i = 0; i < self->count; i++)
	{
		if (self->keys[i].id == id)
		{
			return "its number is that of another key, too";
		}
	}
	if (!text || !decode_key(text, self->keys[self->count].key) ||
		strtok_r(NULL, " \t", &position))
	{
		return "expected a key behind its number, 0x and 64 hexadecimal digits";
	}
	self->keys[self->count++].id = id;
	return NULL;
}

/**
 * Read all of an open file.
 *
 * @return			what is wrong, NULL if nothing is
 */
static const char *read_file(int fd, char *text)
{
	struct stat status;
	size_t len = 0;
	ssize_t got;

	if (fstat(fd, &status))
	{
		return strerror(errno);
	}
	if (!S_ISREG(status.st_mode))
	{
		return "is no file";
	}
	if (status.st_uid != 0 && status.st_uid != geteuid())
	{
		return "belongs to another user";
	}
	if (status.st_mode & 077)
	{
		return "others than its owner may read or write it, expected mode 0600";
	}
	while ((got = read(fd, text + len, FILE_MAX - len)) > 0)
	{
		len += got;
	}
	text[len] = '\0';
	return got < 0 ? strerror(errno) : len == FILE_MAX ? "is too long" :
		   strlen(text) < len ? "is no text" : NULL;
}

/*
 * Described in header
 */
bool sync_keys_read(sync_keys_t *self, const char *path, char *error,
					size_t size)
{
	char text[FILE_MAX + 1], *line, *next;
	const char *wrong;
	unsigned int number = 0;
	int fd;

	memset(self, 0, sizeof(*self));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	wrong = fd < 0 ? strerror(errno) : read_file(fd, text);
	if (wrong)
	{
		snprintf(error, size, "%s", wrong);
	}
	for (line = wrong ? NULL : text; line && !wrong; line = next)
	{
		next = strchr(line, '\n');
		if (next)
		{
			*next++ = '\0';
		}
		number++;
		wrong = read_line(self, line);
		if (wrong)
		{
			snprintf(error, size, "line %u: %s", number, wrong);
		}
	}
	if (!wrong && !self->count)
	{
		wrong = "has no key";
		snprintf(error, size, "%s", wrong);
	}
	if (fd >= 0)
	{
		close(fd);
	}
	OPENSSL_cleanse(text, sizeof(text));
	if (wrong)
	{
		sync_keys_wipe(self);
	}
	return !wrong;
}

/*
 * Described in header
 */
void sync_keys_wipe(sync_keys_t *self)
{
	OPENSSL_cleanse(self, sizeof(*self));
}

/**
 * Get the key of a number.
 */
static const uint8_t *find_key(const sync_keys_t *keys, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < keys->count; i++)
	{
		if (keys->keys[i].id == id)
		{
			return keys->keys[i].key;
		}
	}
	return NULL;
}

/**
 * Put together what is authenticated beside the sealed octets.
 *
 * @return			its length, 0 if a name is too long
 */
static size_t make_context(const uint8_t *header, const char *group,
						   wire_octets_t name, uint8_t *context)
{
	size_t len = strlen(group);

	if (len > SYNC_GROUP_MAX || name.len > SYNC_NAME_MAX)
	{
		return 0;
	}
	memcpy(context, header, HEADER_LEN);
	memcpy(context + HEADER_LEN, group, len + 1);
	memcpy(context + HEADER_LEN + len + 1, name.ptr, name.len);
	return HEADER_LEN + len + 1 + name.len;
}

/*
 * Described in header
 */
bool sync_seal_header(wire_octets_t record, sync_header_t *header)
{
	if (record.len < SYNC_SEAL_EXTRA || record.len > SYNC_RECORD_MAX ||
		record.ptr[0] != MARK || record.ptr[1] != VERSION_OF_RECORDS ||
		(record.ptr[2] != SYNC_SESSION && record.ptr[2] != SYNC_TOMBSTONE) ||
		record.ptr[3])
	{
		return false;
	}
	header->kind = record.ptr[2];
	header->key = read_number(record.ptr + 4);
	header->generation = read_number(record.ptr + 8);
	return header->key && header->generation;
}

/*
 * Described in header
 */
bool sync_seal(const sync_keys_t *keys, const char *group, wire_octets_t name,
			   sync_header_t *header, wire_octets_t plain, uint8_t *record,
			   size_t *len)
{
	uint8_t context[CONTEXT_MAX];
	EVP_CIPHER_CTX *cipher;
	size_t context_len;
	int part;
	bool done;

	header->key = keys->keys[0].id;
	record[0] = MARK;
	record[1] = VERSION_OF_RECORDS;
	record[2] = header->kind;
	record[3] = 0;
	write_number(record + 4, header->key);
	write_number(record + 8, header->generation);
	context_len = make_context(record, group, name, context);
	if (!context_len || plain.len > SYNC_RECORD_MAX - SYNC_SEAL_EXTRA)
	{
		return false;
	}
	*len = plain.len + SYNC_SEAL_EXTRA;
	cipher = EVP_CIPHER_CTX_new();
	done = cipher && RAND_bytes(record + HEADER_LEN, NONCE_LEN) == 1 &&
		   EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL,
							  keys->keys[0].key, record + HEADER_LEN) == 1 &&
		   EVP_EncryptUpdate(cipher, NULL, &part, context, context_len) == 1 &&
		   EVP_EncryptUpdate(cipher, record + HEADER_LEN + NONCE_LEN, &part,
							 plain.ptr, plain.len) == 1 &&
		   EVP_EncryptFinal_ex(cipher, record + *len - TAG_LEN, &part) == 1 &&
		   EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_LEN,
							   record + *len - TAG_LEN) == 1;
	EVP_CIPHER_CTX_free(cipher);
	return done;
}

/*
 * Described in header
 */
sync_seal_status_t sync_open(const sync_keys_t *keys, const char *group,
							 wire_octets_t name, wire_octets_t record,
							 sync_header_t *header, uint8_t *plain,
							 size_t *len)
{
	uint8_t context[CONTEXT_MAX], tag[TAG_LEN];
	const uint8_t *key;
	EVP_CIPHER_CTX *cipher;
	size_t context_len;
	int part;
	bool done;

	if (!sync_seal_header(record, header))
	{
		return SYNC_MALFORMED;
	}
	key = find_key(keys, header->key);
	if (!key)
	{
		return SYNC_NO_KEY;
	}
	context_len = make_context(record.ptr, group, name, context);
	*len = record.len - SYNC_SEAL_EXTRA;
	memcpy(tag, record.ptr + record.len - TAG_LEN, TAG_LEN);
	cipher = EVP_CIPHER_CTX_new();
	done = context_len && cipher &&
		   EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key,
							  record.ptr + HEADER_LEN) == 1 &&
		   EVP_DecryptUpdate(cipher, NULL, &part, context, context_len) == 1 &&
		   EVP_DecryptUpdate(cipher, plain, &part,
							 record.ptr + HEADER_LEN + NONCE_LEN, *len) == 1 &&
		   EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_LEN,
							   tag) == 1 &&
		   EVP_DecryptFinal_ex(cipher, plain + *len, &part) == 1;
	EVP_CIPHER_CTX_free(cipher);
	if (!done)
	{
		OPENSSL_cleanse(plain, *len);
		return SYNC_FORGED;
	}
	return SYNC_OPENED;
}

